// Rows as ticks.
#pragma once

#include <optional>
#include <string_view>

#include "pipeline/tick.h"
#include "store/sqlite/connection.h"

namespace tickwitness::store::sqlite {

// The columns that each of the functions below takes of the current row, from the first on.
inline constexpr std::string_view kTradeColumns =
    "id, taker_side, order_type, price, quantity, exchange_time, received, origin, late";
inline constexpr std::string_view kCandleColumns =
    "interval_minutes, begin, open, high, low, close, volume, vwap, trades";
inline constexpr std::string_view kQuoteColumns = "time, bid, bid_quantity, ask, ask_quantity";

// Nothing: something else than this program wrote there. Of the time of receipt only the wall clock
// was kept, of a candle none.
std::optional<pipeline::Tick> read_trade(const Statement& row, market::Venue venue,
                                         const market::Symbol& symbol);
std::optional<pipeline::Tick> read_candle(const Statement& row, market::Venue venue,
                                          const market::Symbol& symbol);
std::optional<pipeline::Tick> read_quote(const Statement& row, market::Venue venue,
                                         const market::Symbol& symbol);

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
