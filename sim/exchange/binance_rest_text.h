// The text of what the simulated Binance's REST interface tells of a pair. Appended to `out`.
#pragma once

#include <string>
#include <string_view>

#include "sim/exchange/binance_settings.h"
#include "sim/exchange/market_data.h"
#include "sim/exchange/settings.h"

namespace tickwitness::sim {

void write_binance_trade_row(std::string& out, const Fill& fill, const PairSettings& pair);

void write_book_ticker_row(std::string& out, std::string_view symbol, const PairSettings& pair,
                           const BestQuote& quote);

// Up to the list of symbols, which "]}" ends.
void open_exchange_info(std::string& out, const BinanceLimits& limits, base::WallTime now);
void write_symbol_info(std::string& out, std::string_view symbol, const PairSettings& pair);

}  // namespace tickwitness::sim
