// Kraken WebSocket v1: the text of one received frame becomes an exchange::Frame
// (docs.kraken.com/exchange/guides/websockets/introduction). For recordings of it and for those
// who still connect to it.
#pragma once

#include <string_view>

#include "exchange/json_frame.h"

namespace tickwitness::exchange::kraken_v1 {

// Ignores fields and elements it does not know. Numbers are taken from their text. Not
// thread-safe; allocates only when a frame is larger than any before.
class Codec {
 public:
  // Never throws. A trade that cannot be used costs the frame only that trade (Frame::skipped); if
  // none is left, or the frame as a whole cannot be used, it is malformed for that reason.
  void decode(std::string_view text, Frame& out);

 private:
  JsonFrame json_;
};

}  // namespace tickwitness::exchange::kraken_v1
