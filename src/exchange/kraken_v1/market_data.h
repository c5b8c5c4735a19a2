// Trades, quotes, candles and books: [channel id, payload …, "name", "pair"].
#pragma once

#include "exchange/json_frame.h"

namespace tickwitness::exchange::kraken_v1 {

// `out` must be cleared. Malformed::none and its kind is set, unsupported included; else why the
// frame cannot be used.
Malformed read_market_data(simdjson::dom::array frame, Frame& out);

}  // namespace tickwitness::exchange::kraken_v1
