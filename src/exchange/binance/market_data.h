// What streams bring, in any order of keys and with any field that is not known.
#pragma once

#include "exchange/binance/symbols.h"
#include "exchange/json_frame.h"

namespace tickwitness::exchange::binance {

// `stream`: the name of the stream that brought it; empty: it came raw. `out` must be cleared.
// Malformed::none and its kind is set, unsupported included; else why it cannot be used.
Malformed read_market_data(simdjson::dom::object payload, std::string_view stream,
                           const SymbolTable& symbols, Frame& out);

}  // namespace tickwitness::exchange::binance
