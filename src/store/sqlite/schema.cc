#include "store/sqlite/schema.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "runtime/posix_disk.h"
#include "store/sqlite/snapshot.h"

namespace tickwitness::store::sqlite {
namespace {

constexpr std::string_view kVersion1 = R"sql(
CREATE TABLE schema_version(version INTEGER NOT NULL);
INSERT INTO schema_version VALUES(1);

CREATE TABLE venues(id INTEGER PRIMARY KEY, name TEXT NOT NULL UNIQUE);
CREATE TABLE symbols(id INTEGER PRIMARY KEY, name TEXT NOT NULL UNIQUE);

CREATE TABLE trades(
  venue INTEGER NOT NULL,
  symbol INTEGER NOT NULL,
  id INTEGER NOT NULL,
  taker_side TEXT NOT NULL,
  order_type TEXT,
  price TEXT NOT NULL,
  quantity TEXT NOT NULL,
  exchange_time INTEGER NOT NULL,
  received INTEGER NOT NULL,
  origin TEXT NOT NULL,
  late INTEGER NOT NULL,
  PRIMARY KEY(venue, symbol, id)
) WITHOUT ROWID;
CREATE INDEX trades_by_time ON trades(venue, symbol, exchange_time);

CREATE TABLE candles(
  venue INTEGER NOT NULL,
  symbol INTEGER NOT NULL,
  interval_minutes INTEGER NOT NULL,
  begin INTEGER NOT NULL,
  open TEXT NOT NULL,
  high TEXT NOT NULL,
  low TEXT NOT NULL,
  close TEXT NOT NULL,
  volume TEXT NOT NULL,
  vwap TEXT,
  trades INTEGER NOT NULL,
  PRIMARY KEY(venue, symbol, interval_minutes, begin)
) WITHOUT ROWID;

CREATE TABLE quotes(
  venue INTEGER NOT NULL,
  symbol INTEGER NOT NULL,
  time INTEGER NOT NULL,
  bid TEXT,
  bid_quantity TEXT,
  ask TEXT,
  ask_quantity TEXT,
  PRIMARY KEY(venue, symbol, time)
) WITHOUT ROWID;

CREATE TABLE sink_cursor(
  id INTEGER PRIMARY KEY CHECK(id = 1),
  spool INTEGER NOT NULL,
  lsn INTEGER NOT NULL
);
)sql";

// A cursor for each spool: several engines may fill one file.
constexpr std::string_view kCursorOfEachSpool = R"sql(
ALTER TABLE sink_cursor RENAME TO only_cursor;
CREATE TABLE sink_cursor(spool INTEGER PRIMARY KEY, lsn INTEGER NOT NULL);
INSERT INTO sink_cursor SELECT spool, lsn FROM only_cursor WHERE spool <> 0;
DROP TABLE only_cursor;
)sql";

// The gap ledger of each engine, which is what its spool tells it by. Words instead of numbers:
// there are few entries, and people read them.
constexpr std::string_view kGaps = R"sql(
CREATE TABLE gaps(
  spool INTEGER NOT NULL,
  id INTEGER NOT NULL,
  venue TEXT NOT NULL,
  symbol TEXT NOT NULL,
  channel TEXT NOT NULL,
  connection TEXT NOT NULL,
  first_id INTEGER NOT NULL,
  last_id INTEGER NOT NULL,
  missing INTEGER NOT NULL,
  lost INTEGER NOT NULL,
  cause TEXT NOT NULL,
  state TEXT NOT NULL,
  opened INTEGER NOT NULL,
  closed INTEGER,
  reason TEXT NOT NULL,
  PRIMARY KEY(spool, id)
) WITHOUT ROWID;
)sql";

constexpr std::array kMigrations{kVersion1, kCursorOfEachSpool, kGaps};

std::unexpected<SinkError> of_later_version(const Connection& connection, int version, int known) {
  return sink_fail(fmt::format("{}: has schema version {}, of a later tickwitness; this one knows "
                               "{}: install the later one, or restore a backup of version {}",
                               connection.path(), version, known, known),
                   false);
}

// The name is beside the database and its own.
SinkResult<std::string> free_name(const runtime::PosixDisk& disk, const std::string& wanted) {
  const auto taken = disk.list();
  if (!taken) return sink_fail(taken.error().message, false);
  std::string name = wanted;
  for (int i = 2; std::ranges::find(*taken, name) != taken->end(); ++i) {
    name = fmt::format("{}-{}", wanted, i);
  }
  return name;
}

// Under another name until it is whole: what carries the name can be restored.
SinkResult<std::string> back_up(Connection& connection, int version) {
  const std::string& path = connection.path();
  const auto slash = path.rfind('/');
  const std::string directory = slash == std::string::npos ? "." : path.substr(0, slash + 1);
  const std::string file = slash == std::string::npos ? path : path.substr(slash + 1);
  auto disk = runtime::PosixDisk::at(directory);
  if (!disk) return sink_fail(disk.error().message, false);
  const auto name = free_name(*disk, fmt::format("{}.backup-schema-{}", file, version));
  if (!name) return name;
  const std::string unfinished = file + ".backup.new";
  if (auto copied = copy_database(connection, directory + "/" + unfinished, nullptr); !copied) {
    return std::unexpected(copied.error());
  }
  if (auto renamed = disk->rename(unfinished, *name); !renamed) {
    return sink_fail(renamed.error().message, true);
  }
  if (auto synced = disk->sync_names(); !synced) return sink_fail(synced.error().message, true);
  return slash == std::string::npos ? *name : directory + *name;
}

SinkResult<void> migrate(Connection& connection, Migrations migrations) {
  if (auto ok = connection.run("BEGIN IMMEDIATE"); !ok) return ok;
  const auto version = schema_version(connection);
  if (!version) return std::unexpected(version.error());
  const int known = static_cast<int>(migrations.size());
  if (*version > known) return of_later_version(connection, *version, known);
  for (auto step = static_cast<std::size_t>(*version); step < migrations.size(); ++step) {
    if (auto ok = connection.run(std::string(migrations[step])); !ok) return ok;
  }
  const auto set = fmt::format("UPDATE schema_version SET version = {}", known);
  if (auto ok = connection.run(set); !ok) return ok;
  return connection.run("COMMIT");
}

}  // namespace

Migrations all_migrations() {
  return kMigrations;
}

SinkResult<int> schema_version(Connection& connection) {
  const auto tables = connection.integer("SELECT count(*) FROM sqlite_master");
  if (!tables) return std::unexpected(tables.error());
  if (*tables == 0) return 0;
  const auto ours = connection.integer(
      "SELECT count(*) FROM sqlite_master WHERE type = 'table' AND name = 'schema_version'");
  if (!ours) return std::unexpected(ours.error());
  if (*ours == 0) {
    return sink_fail(
        fmt::format("{}: is a database of another program; name another file", connection.path()),
        false);
  }
  const auto version = connection.integer("SELECT version FROM schema_version");
  if (!version) return std::unexpected(version.error());
  return static_cast<int>(*version);
}

SinkResult<std::optional<std::string>> bring_up_to_date(Connection& connection,
                                                        Migrations migrations) {
  const auto version = schema_version(connection);
  if (!version) return std::unexpected(version.error());
  const int known = static_cast<int>(migrations.size());
  if (*version > known) return of_later_version(connection, *version, known);
  if (*version == known) return std::nullopt;
  std::optional<std::string> backup;
  if (*version > 0) {
    auto made = back_up(connection, *version);
    if (!made) return std::unexpected(made.error());
    backup = std::move(*made);
  }
  if (auto ok = migrate(connection, migrations); !ok) return std::unexpected(ok.error());
  return backup;
}

}  // namespace tickwitness::store::sqlite
