// What a simulated exchange wants its shell to do, in this order.
#pragma once

#include <cstdint>
#include <string>
#include <variant>
#include <vector>

#include "sim/exchange/parcel.h"
#include "sim/exchange/subscribers.h"

namespace tickwitness::sim {

// One text message.
struct Send {
  ConnectionId connection = 0;
  std::string text;                // by fault bad_utf8 not UTF-8: send it unchecked
  std::size_t fragment_bytes = 0;  // in continuation frames of this size; 0: in one frame
  Parcel parcel;                   // what the text carries
};
// Close handshake once everything before has been sent. Nothing more is said about the connection.
struct Close {
  ConnectionId connection = 0;
};
// Cut it at once (RST); what was not sent yet may be lost.
struct Reset {
  ConnectionId connection = 0;
};
using Action = std::variant<Send, Close, Reset>;
using Actions = std::vector<Action>;

}  // namespace tickwitness::sim
