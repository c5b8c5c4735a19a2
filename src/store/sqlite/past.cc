#include "store/sqlite/past.h"

#include <algorithm>

#include "store/batch/read_rows.h"
#include "store/sqlite/reading.h"

namespace tickwitness::store::sqlite {
namespace {

// Each pair of names is looked up: to ask the table for the markets in it would read all of it.
constexpr std::string_view kMarkets =
    "SELECT v.name, s.name, "
    "(SELECT min(exchange_time) FROM trades WHERE venue = v.id AND symbol = s.id), "
    "(SELECT max(exchange_time) FROM trades WHERE venue = v.id AND symbol = s.id) "
    "FROM venues v CROSS JOIN symbols s";

}  // namespace

SinkResult<std::optional<Past>> read_past(const std::string& path) {
  auto connection = open_to_read(path);
  if (!connection) return std::unexpected(connection.error());
  const auto pages = connection->integer("PRAGMA page_count");
  const auto page = connection->integer("PRAGMA page_size");
  auto rows = connection->prepare(kMarkets);
  if (!pages || !page || !rows) return connection->fail("cannot be read");
  Past past{.bytes = static_cast<std::uint64_t>(*pages) * static_cast<std::uint64_t>(*page)};
  int code = rows->step();
  for (; code == SQLITE_ROW; code = rows->step()) {
    const auto venue = market::venue_named(rows->text(0));
    const auto symbol = market::Symbol::parse(rows->text(1));
    if (!venue || !symbol || rows->is_null(2)) continue;
    const bool none = past.markets.empty();
    past.first = none ? wall_of(rows->integer(2)) : std::min(past.first, wall_of(rows->integer(2)));
    past.last = none ? wall_of(rows->integer(3)) : std::max(past.last, wall_of(rows->integer(3)));
    past.markets.emplace_back(*venue, *symbol);
  }
  if (code != SQLITE_DONE) return connection->fail("cannot be read");
  if (past.markets.empty()) return std::optional<Past>();
  return std::optional(std::move(past));
}

}  // namespace tickwitness::store::sqlite
