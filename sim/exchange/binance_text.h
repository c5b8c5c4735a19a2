// How Binance writes prices and quantities.
#pragma once

#include <string>

#include "sim/exchange/market_data.h"

namespace tickwitness::sim {

// With quotes and eight decimals: (6183763, 2) is "61837.63000000". `scale` ≤ 8.
void append_eight(std::string& out, std::int64_t units, int scale);

// A product of units, `scale` decimals in all (≤ 16); beyond eight they are cut off.
void append_notional(std::string& out, Wide units, int scale);

// Milliseconds since 1970.
void append_millis(std::string& out, base::WallTime time);

}  // namespace tickwitness::sim
