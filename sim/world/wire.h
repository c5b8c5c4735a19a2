// WebSocket messages as bytes and back: RFC 6455 frames without masks, extensions or binary data,
// as much of it as lets a simulated connection cut a stream of bytes anywhere.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace tickwitness::sim {

// Appends a text message, in continuation frames of `fragment_bytes` (0: in one frame).
void append_message(std::string& out, std::string_view text, std::size_t fragment_bytes = 0);
void append_close(std::string& out);

// Bytes in, in any pieces; whole messages out. Not thread-safe.
class WireReader {
 public:
  // At most `bytes_max` of one message; beyond, next() says so and the reader is of no more use.
  explicit WireReader(std::size_t bytes_max) : bytes_max_(bytes_max) {}

  void add(std::string_view bytes) { bytes_ += bytes; }
  enum class Kind : std::uint8_t { text, close, oversize };
  struct Message {
    Kind kind = Kind::text;
    std::string text;
  };
  // The next whole message; nothing when it has not arrived wholly yet.
  std::optional<Message> next();
  std::size_t buffered() const { return bytes_.size() - at_ + message_.size(); }

 private:
  std::size_t bytes_max_;
  std::string bytes_;
  std::size_t at_ = 0;   // what is before has been read
  std::string message_;  // fragments so far
};

}  // namespace tickwitness::sim
