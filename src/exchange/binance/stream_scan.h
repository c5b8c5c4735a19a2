// The fast way through the frames that come thousands of times a second.
#pragma once

#include <string_view>

#include "exchange/binance/symbols.h"
#include "exchange/messages.h"

namespace tickwitness::exchange::binance {

// Reads a trade, aggTrade, bookTicker or depthUpdate frame, raw or combined, that is written as
// Binance documents it: these keys in this order, no space, no escapes. false: anything else, good
// or bad; then `out`, which must be cleared before, is in disorder. What it reads it reads to the
// last byte, with the same result as Codec::decode_generally.
bool scan_stream(std::string_view text, const SymbolTable& symbols, Frame& out);

}  // namespace tickwitness::exchange::binance
