#include "store/postgres/schema.h"

#include <fmt/format.h>

#include <array>

#include "store/postgres/locks.h"

namespace tickwitness::store::postgres {
namespace {

// Wide columns first: no gaps between them. The parts of trades have keys of their own, because a
// key of the whole would have to contain the time; docs/decisions/0013-trades-in-daily-parts.md.
constexpr std::string_view kVersion1 = R"sql(
CREATE TABLE tickwitness.schema_version(version integer NOT NULL);
INSERT INTO tickwitness.schema_version VALUES(1);

CREATE TABLE tickwitness.venues(
  id smallint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  name text NOT NULL UNIQUE
);
CREATE TABLE tickwitness.symbols(
  id integer GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  name text NOT NULL UNIQUE
);

CREATE TABLE tickwitness.trades(
  id bigint NOT NULL,
  exchange_time bigint NOT NULL,
  received bigint NOT NULL,
  symbol integer NOT NULL,
  venue smallint NOT NULL,
  late boolean NOT NULL,
  taker_side text NOT NULL,
  order_type text,
  origin text NOT NULL,
  price numeric NOT NULL,
  quantity numeric NOT NULL
) PARTITION BY RANGE (exchange_time);
CREATE INDEX trades_by_time ON tickwitness.trades USING brin (exchange_time);

CREATE TABLE tickwitness.trade_days(
  venue smallint NOT NULL,
  symbol integer NOT NULL,
  day integer NOT NULL,
  first_id bigint NOT NULL,
  last_id bigint NOT NULL,
  PRIMARY KEY(venue, symbol, day)
) WITH (fillfactor = 50);

CREATE TABLE tickwitness.candles(
  begin bigint NOT NULL,
  trades bigint NOT NULL,
  symbol integer NOT NULL,
  interval_minutes integer NOT NULL,
  venue smallint NOT NULL,
  open numeric NOT NULL,
  high numeric NOT NULL,
  low numeric NOT NULL,
  close numeric NOT NULL,
  volume numeric NOT NULL,
  vwap numeric,
  PRIMARY KEY(venue, symbol, interval_minutes, begin)
);

CREATE TABLE tickwitness.quotes(
  time bigint NOT NULL,
  symbol integer NOT NULL,
  venue smallint NOT NULL,
  bid numeric,
  bid_quantity numeric,
  ask numeric,
  ask_quantity numeric,
  PRIMARY KEY(venue, symbol, time)
);

CREATE TABLE tickwitness.sink_cursor(
  id integer PRIMARY KEY CHECK(id = 1),
  spool bigint NOT NULL,
  lsn bigint NOT NULL
) WITH (fillfactor = 50);
INSERT INTO tickwitness.sink_cursor VALUES(1, 0, 0);
)sql";

// A cursor for each spool: several engines may fill one database.
constexpr std::string_view kCursorOfEachSpool = R"sql(
DELETE FROM tickwitness.sink_cursor WHERE spool = 0;
ALTER TABLE tickwitness.sink_cursor DROP COLUMN id;
ALTER TABLE tickwitness.sink_cursor ADD PRIMARY KEY(spool);
)sql";

// The gap ledger of each engine, which is what its spool tells it by. Words instead of numbers:
// there are few entries, and people read them.
constexpr std::string_view kGaps = R"sql(
CREATE TABLE tickwitness.gaps(
  spool bigint NOT NULL,
  id bigint NOT NULL,
  venue text NOT NULL,
  symbol text NOT NULL,
  channel text NOT NULL,
  connection text NOT NULL,
  first_id bigint NOT NULL,
  last_id bigint NOT NULL,
  missing bigint NOT NULL,
  lost bigint NOT NULL,
  cause text NOT NULL,
  state text NOT NULL,
  opened bigint NOT NULL,
  closed bigint,
  reason text NOT NULL,
  PRIMARY KEY(spool, id)
);
)sql";

constexpr std::array kMigrations{kVersion1, kCursorOfEachSpool, kGaps};

// An administrator may have made the schema for a user who may not make any.
constexpr const char* kMakeSchema = R"sql(
DO $$ BEGIN
  IF NOT EXISTS(SELECT FROM pg_namespace WHERE nspname = 'tickwitness') THEN
    CREATE SCHEMA tickwitness;
  END IF;
END $$)sql";

// Begins a transaction in which nobody else changes the tables; the version that they have then.
SinkResult<int> begin_to_change(Connection& connection) {
  const auto begin =
      fmt::format("BEGIN; SELECT pg_advisory_xact_lock({})", std::to_underlying(Lock::schema));
  if (auto ok = connection.execute(begin); !ok) return std::unexpected(ok.error());
  return schema_version(connection);
}

SinkResult<void> take_step(Connection& connection, Migrations migrations, std::size_t step) {
  if (step == 0) {
    if (auto ok = connection.execute(kMakeSchema); !ok) return ok;
  }
  if (auto ok = connection.execute(std::string(migrations[step])); !ok) return ok;
  return connection.execute(
      fmt::format("UPDATE tickwitness.schema_version SET version = {}", step + 1));
}

SinkResult<void> migrate(Connection& connection, Migrations migrations, std::size_t step) {
  const auto version = begin_to_change(connection);
  if (!version) return std::unexpected(version.error());
  // Somebody else may have been faster.
  if (static_cast<std::size_t>(*version) == step) {
    if (auto ok = take_step(connection, migrations, step); !ok) return ok;
  }
  return connection.execute("COMMIT");
}

}  // namespace

Migrations all_migrations() {
  return kMigrations;
}

SinkResult<std::vector<std::string>> our_tables(Connection& connection) {
  // Of a table that has parts the whole alone.
  const auto names = connection.run(
      "SELECT c.relname FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace "
      "WHERE n.nspname = 'tickwitness' AND c.relkind IN ('r', 'p') AND NOT c.relispartition");
  if (!names) return std::unexpected(names.error());
  std::vector<std::string> ours;
  for (const auto table : kTables) {
    for (int row = 0; row < names->rows(); ++row) {
      if (names->text(row, 0) == table) ours.emplace_back(table);
    }
  }
  return ours;
}

SinkResult<int> schema_version(Connection& connection) {
  // Not to_regclass(): within a transaction it may remember what was before the lock was had.
  const auto there = connection.run(
      "SELECT EXISTS(SELECT FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace "
      "WHERE n.nspname = 'tickwitness' AND c.relname = 'schema_version')");
  if (!there) return std::unexpected(there.error());
  if (there->rows() != 1 || there->text(0, 0) != "t") return 0;
  const auto version = connection.run("SELECT version FROM tickwitness.schema_version");
  if (!version) return std::unexpected(version.error());
  if (version->rows() != 1) {
    return connection.fail("tickwitness.schema_version has not one row: restore a backup", false);
  }
  return static_cast<int>(version->integer(0, 0));
}

SinkResult<void> only_read(Connection& connection) {
  const auto version = schema_version(connection);
  if (!version) return std::unexpected(version.error());
  const int known = static_cast<int>(all_migrations().size());
  if (*version == known) return {};
  return connection.fail(
      *version == 0
          ? "no engine has stored anything here"
          : fmt::format("has schema version {}, this tickwitness reads {}: start the engine on it "
                        "once if it is older, install the later tickwitness if it is newer",
                        *version, known),
      false);
}

SinkResult<void> make_tables(Connection& connection, int version) {
  const auto there = begin_to_change(connection);
  if (!there) return std::unexpected(there.error());
  if (*there != 0) {
    return connection.fail("has tables of tickwitness already: name another database", false);
  }
  for (std::size_t step = 0; step < static_cast<std::size_t>(version); ++step) {
    if (auto ok = take_step(connection, all_migrations(), step); !ok) return ok;
  }
  return {};
}

SinkResult<void> bring_up_to_date(Connection& connection, Migrations migrations, const Save& save) {
  const int known = static_cast<int>(migrations.size());
  for (bool first = true;; first = false) {
    const auto version = schema_version(connection);
    if (!version) return std::unexpected(version.error());
    if (*version == known) return {};
    if (*version > known || *version < 0) {
      return connection.fail(
          fmt::format("has schema version {}, of a later tickwitness; this one knows {}: install "
                      "the later one, or restore a backup of version {}",
                      *version, known, known),
          false);
    }
    if (first && save && *version > 0) {
      if (auto ok = save(*version); !ok) return ok;
    }
    const auto step = static_cast<std::size_t>(*version);
    if (auto ok = migrate(connection, migrations, step); !ok) return ok;
  }
}

}  // namespace tickwitness::store::postgres
