#include "store/postgres/snapshot.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <bit>

#include "store/postgres/schema.h"

namespace tickwitness::store::postgres {
namespace {

constexpr std::size_t kPiece = std::size_t{256} << 10;

// Of our tables and the parts of trades, which alone are parts.
std::string bytes_sql(const std::vector<std::string>& tables) {
  return fmt::format(
      "SELECT coalesce(sum(pg_table_size(c.oid)), 0)::bigint FROM pg_class c "
      "JOIN pg_namespace n ON n.oid = c.relnamespace WHERE n.nspname = 'tickwitness' "
      "AND c.relkind = 'r' AND (c.relispartition OR c.relname IN ('{}'))",
      fmt::join(tables, "', '"));
}

}  // namespace

SinkResult<Snapshot> Snapshot::take(const PostgresSettings& settings) {
  auto connection = Connection::open_patiently(settings);
  if (!connection) return std::unexpected(connection.error());
  Snapshot snapshot(std::move(*connection));
  if (auto ok = snapshot.begin(); !ok) return std::unexpected(ok.error());
  return snapshot;
}

SinkResult<void> Snapshot::begin() {
  const auto there = schema_version(connection_);
  if (!there) return std::unexpected(there.error());
  if (*there == 0) return connection_.fail("no engine has stored anything here", false);
  auto tables = our_tables(connection_);
  if (!tables) return std::unexpected(tables.error());
  tables_ = std::move(*tables);
  // Locked before the transaction looks, they keep their columns until it ends.
  const auto locked =
      connection_.run(fmt::format("BEGIN ISOLATION LEVEL REPEATABLE READ, READ ONLY; "
                                  "LOCK TABLE tickwitness.{} IN ACCESS SHARE MODE",
                                  fmt::join(tables_, ", tickwitness.")));
  if (!locked) return std::unexpected(locked.error());
  const auto still = our_tables(connection_);
  if (!still) return std::unexpected(still.error());
  if (*still != tables_)
    return connection_.fail("its tables were changed meanwhile: try again", true);
  const auto version = schema_version(connection_);
  if (!version) return std::unexpected(version.error());
  if (*version > static_cast<int>(all_migrations().size())) {
    return connection_.fail(
        fmt::format("has schema version {}, of a later tickwitness; use that one", *version),
        false);
  }
  const auto bytes = connection_.run(bytes_sql(tables_));
  if (!bytes) return std::unexpected(bytes.error());
  bytes_ = static_cast<std::uint64_t>(bytes->integer(0, 0));
  return {};
}

SinkResult<Cursor> Snapshot::cursor(std::uint64_t spool) {
  const auto row =
      connection_.run(fmt::format("SELECT lsn FROM tickwitness.sink_cursor WHERE spool = {}",
                                  std::bit_cast<std::int64_t>(spool)));
  if (!row) return std::unexpected(row.error());
  if (row->rows() == 0) return Cursor{};
  return Cursor{.spool = spool, .lsn = std::bit_cast<std::uint64_t>(row->integer(0, 0))};
}

SinkResult<void> Snapshot::read(const std::string& table,
                                const std::function<bool(std::string_view piece)>& take) {
  const auto copy =
      fmt::format("COPY (SELECT * FROM tickwitness.{}) TO STDOUT WITH (FORMAT csv, HEADER)", table);
  connection_.begin(copy);
  if (const auto begun = connection_.next(); !begun) return std::unexpected(begun.error());
  std::string piece;
  for (;;) {
    const auto row = connection_.row();
    if (!row) return std::unexpected(row.error());
    if (*row) piece += **row;
    const bool full = piece.size() >= kPiece || !*row;
    if (full && !take(piece)) return {};
    if (full) piece.clear();
    if (*row) continue;
    const auto ended = connection_.next();
    if (!ended) return std::unexpected(ended.error());
    return {};
  }
}

}  // namespace tickwitness::store::postgres
