// The general way through a frame: any order of keys, any field that is not known.
#pragma once

#include "exchange/binance/symbols.h"
#include "exchange/json_frame.h"

namespace tickwitness::exchange::binance {

// `out` must be cleared. Malformed::none and its kind is set, unsupported included; else why the
// frame cannot be used.
Malformed read_frame(simdjson::dom::element root, const SymbolTable& symbols, Frame& out);

}  // namespace tickwitness::exchange::binance
