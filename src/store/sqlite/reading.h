// What those who read a file need of it first.
#pragma once

#include <cstdint>
#include <string>

#include "market/symbol.h"
#include "market/venue.h"
#include "store/sqlite/connection.h"

namespace tickwitness::store::sqlite {

// The small numbers that stand for a venue's and a symbol's name; 0: it has no row.
struct MarketNumbers {
  std::int64_t venue = 0, symbol = 0;
};
SinkResult<MarketNumbers> find_market(Connection& connection, market::Venue venue,
                                      const market::Symbol& symbol);

// Opens a file for reading beside whoever writes to it. Fails where there is none.
SinkResult<Connection> open_to_read(const std::string& path);
// Fails where it has another version of the schema.
SinkResult<void> only_read(Connection& connection);

}  // namespace tickwitness::store::sqlite
