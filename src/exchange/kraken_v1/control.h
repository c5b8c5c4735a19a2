// Frames about the connection rather than the market.
#pragma once

#include "exchange/json_frame.h"

namespace tickwitness::exchange::kraken_v1 {

// `out` must be cleared. Malformed::none and its kind is set, unsupported included; else why the
// event cannot be used.
Malformed read_event(simdjson::dom::object event, Frame& out);

// The minutes of "ohlc-5".
Malformed read_interval(std::string_view channel_name, std::uint32_t& minutes);

}  // namespace tickwitness::exchange::kraken_v1
