// The text of what the simulated Kraken's REST interface tells of a pair. Appended to `out`.
#pragma once

#include <span>
#include <string>

#include "sim/exchange/order_book.h"
#include "sim/exchange/settings.h"
#include "sim/exchange/tape.h"

namespace tickwitness::sim {

// [price, quantity, time, side, type, "", id]
void write_trade_row(std::string& out, const Fill& fill, const PairSettings& pair);

// {"asks":[[price, quantity, second], …],"bids":…}, the best first. `time`: of all levels.
void write_depth(std::string& out, const PairSettings& pair, std::span<const Level> asks,
                 std::span<const Level> bids, base::WallTime time);

// Of the last 24 hours, where Kraken also tells today's.
void write_ticker_row(std::string& out, const PairSettings& pair, const BestQuote& quote,
                      const Fill& last, const DayFigures& day);

void write_asset_pair(std::string& out, const PairSettings& pair, const RestNames& names);

}  // namespace tickwitness::sim
