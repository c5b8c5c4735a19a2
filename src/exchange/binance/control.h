// Answers to requests, and what is said about the connection.
#pragma once

#include "exchange/json_frame.h"

namespace tickwitness::exchange::binance {

// Both: `out` must be cleared. Malformed::none and its kind is set, unsupported included; else why
// the frame cannot be used.

// An ack, a refusal or a list of subscriptions. Ids that are texts or null are not of requests that
// were made here, and are left out.
Malformed read_reply(simdjson::dom::object reply, Frame& out);

// The event serverShutdown; it counts with any time or none.
Malformed read_shutdown(simdjson::dom::object event, Frame& out);

}  // namespace tickwitness::exchange::binance
