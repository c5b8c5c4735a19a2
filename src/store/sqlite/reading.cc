#include "store/sqlite/reading.h"

#include <fmt/format.h>

#include "store/sqlite/schema.h"

namespace tickwitness::store::sqlite {
namespace {

// 0: it has none.
SinkResult<std::int64_t> number(Connection& connection, std::string_view sql,
                                std::string_view name) {
  auto find = connection.prepare(sql);
  if (!find) return std::unexpected(find.error());
  find->bind(1, name);
  const int code = find->step();
  if (code == SQLITE_ROW) return find->integer(0);
  if (code != SQLITE_DONE) return connection.fail("cannot be read");
  return 0;
}

}  // namespace

SinkResult<MarketNumbers> find_market(Connection& connection, market::Venue venue,
                                      const market::Symbol& symbol) {
  const auto of_venue =
      number(connection, "SELECT id FROM venues WHERE name = ?", to_string(venue));
  if (!of_venue) return std::unexpected(of_venue.error());
  const auto of_symbol = number(connection, "SELECT id FROM symbols WHERE name = ?", symbol.str());
  if (!of_symbol) return std::unexpected(of_symbol.error());
  return MarketNumbers{.venue = *of_venue, .symbol = *of_symbol};
}

SinkResult<Connection> open_to_read(const std::string& path) {
  // To read a write-ahead log its index must be written.
  return Connection::open(path, SQLITE_OPEN_READWRITE, kBusyTimeout);
}

SinkResult<void> only_read(Connection& connection) {
  const auto version = schema_version(connection);
  if (!version) return std::unexpected(version.error());
  if (*version != static_cast<int>(all_migrations().size())) {
    return sink_fail(
        fmt::format("{}: has schema version {}, this tickwitness reads {}: start the engine on it "
                    "once if it is older, install the later tickwitness if it is newer",
                    connection.path(), *version, all_migrations().size()),
        false);
  }
  return connection.run("PRAGMA query_only=ON");
}

}  // namespace tickwitness::store::sqlite
