// Frames that no client can use, each with the reason that a client should count it under.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace tickwitness::sim {

struct BadFrame {
  // "json", "too_deep", "wrong_type", "missing_field", "bad_number", "bad_time"; "unsupported" for
  // a well-formed frame of an unknown channel. Static text.
  std::string_view reason;
  std::string text;
  std::size_t fragment_bytes = 0;  // send in continuation frames of this size; 0: in one
};

// UTF-8 all of them, so that the connection survives. `symbol` is a pair that the client knows.
std::vector<BadFrame> bad_frames(std::string_view symbol);

// A trade frame with bytes that are not UTF-8: reason "encoding".
BadFrame bad_utf8_frame(std::string_view symbol);

}  // namespace tickwitness::sim
