// The text that the simulated Binance's streams carry, and its answers. Appended to `out`; shapes
// after Binance's documentation and recordings (docs/simulated-exchange.md). `symbol` is "BTCUSDT".
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "sim/exchange/binance_request.h"
#include "sim/exchange/depth_journal.h"
#include "sim/exchange/klines.h"
#include "sim/exchange/settings.h"

namespace tickwitness::sim {

// The fills of one order at one price.
struct Aggregate {
  std::uint64_t id = 0, first_id = 0, last_id = 0;
  Fill sum;  // price, side and time of all, their quantities together
};
// Replaces `out`; ids go on from `first_id`.
void aggregate(std::span<const Fill> fills, std::uint64_t first_id, std::vector<Aggregate>& out);

void write_trade_event(std::string& out, std::string_view symbol, const PairSettings& pair,
                       const Fill& fill);
void write_aggregate_event(std::string& out, std::string_view symbol, const PairSettings& pair,
                           const Aggregate& trade);
void write_book_ticker(std::string& out, std::string_view symbol, const PairSettings& pair,
                       const BestQuote& quote, std::uint64_t update_id);
void write_kline_event(std::string& out, std::string_view symbol, const PairSettings& pair,
                       std::string_view interval, const Kline& kline, bool closed,
                       base::WallTime now);
void write_depth_event(std::string& out, std::string_view symbol, const PairSettings& pair,
                       const DepthUpdate& update, base::WallTime now);
void write_shutdown_event(std::string& out, base::WallTime now);

// [["price","quantity"],…] of one side. `Levels`: of Level.
void write_levels(std::string& out, const PairSettings& pair, std::span<const Level> levels);

// `result`: JSON text.
void write_result(std::string& out, std::string_view result, std::string_view id);
void write_error(std::string& out, const BinanceError& error);

}  // namespace tickwitness::sim
