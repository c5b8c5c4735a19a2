// Kraken WebSocket v2: the text of one received frame becomes an exchange::Frame
// (docs.kraken.com/exchange/api-reference/spot-websocket-v2).
#pragma once

#include <memory>
#include <string_view>

#include "exchange/messages.h"

namespace tickwitness::exchange::kraken {

// Reads frames with keys in any order, ignoring fields it does not know; of a key that occurs
// twice one value is used. Numbers are taken from their text. What it ignores it checks for
// balanced brackets only. Not thread-safe; keeps its buffers from frame to frame and allocates
// only when a frame is larger than any before.
class Codec {
 public:
  // The instrument snapshot, the largest frame there is, has 640 KB.
  static constexpr std::size_t kFrameBytesMax = std::size_t{8} << 20;
  static constexpr std::size_t kDepthMax = 64;
  // Texts of the venue that are passed on (errors, names) are cut here.
  static constexpr std::size_t kDetailBytesMax = 200;

  Codec();
  ~Codec();
  Codec(const Codec&) = delete;
  Codec& operator=(const Codec&) = delete;

  // Never throws. An entry that cannot be used costs the frame only that entry (Frame::skipped);
  // if no entry is left, or the frame as a whole cannot be used, it is malformed for that reason.
  void decode(std::string_view text, Frame& out);

 private:
  struct Parsers;
  std::unique_ptr<Parsers> parsers_;
};

}  // namespace tickwitness::exchange::kraken
