// Frames about the connection rather than the market, and reference data: rare, so they are read
// with the whole document checked.
#pragma once

#include <simdjson.h>

#include "exchange/messages.h"

namespace tickwitness::exchange::kraken {

// Any frame but those of the channels trade, ticker, ohlc and book. `out` must be cleared; on
// return its kind is set, malformed or unsupported included.
void read_control(simdjson::dom::element document, Frame& out);

}  // namespace tickwitness::exchange::kraken
