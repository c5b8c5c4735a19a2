#include "sim/world/wire.h"

#include <algorithm>
#include <utility>

namespace tickwitness::sim {
namespace {

constexpr unsigned kFinal = 0x80;
constexpr unsigned kText = 0x1;
constexpr unsigned kContinuation = 0x0;
constexpr unsigned kClose = 0x8;
constexpr std::size_t kShort = 126;  // payloads below carry their length in one byte
constexpr std::size_t kCompactAbove = 1U << 16;

void append_frame(std::string& out, unsigned first, std::string_view payload) {
  out.push_back(static_cast<char>(first));
  const std::size_t size = payload.size();
  int length_bytes = 0;
  if (size < kShort) {
    out.push_back(static_cast<char>(size));
  } else {
    length_bytes = size <= 0xFFFF ? 2 : 8;
    out.push_back(static_cast<char>(length_bytes == 2 ? 126 : 127));
  }
  for (int i = length_bytes - 1; i >= 0; --i) {
    out.push_back(static_cast<char>((static_cast<std::uint64_t>(size) >> (8 * i)) & 0xFF));
  }
  out += payload;
}

}  // namespace

void append_message(std::string& out, std::string_view text, std::size_t fragment_bytes) {
  const std::size_t piece = fragment_bytes == 0 ? text.size() : fragment_bytes;
  unsigned opcode = kText;
  while (text.size() > piece) {
    append_frame(out, opcode, text.substr(0, piece));
    text.remove_prefix(piece);
    opcode = kContinuation;
  }
  append_frame(out, kFinal | opcode, text);
}

void append_close(std::string& out) {
  append_frame(out, kFinal | kClose, "");
}

std::optional<WireReader::Message> WireReader::next() {
  for (;;) {
    const std::string_view left = std::string_view(bytes_).substr(at_);
    if (left.size() < 2) return std::nullopt;
    const auto byte = [&](std::size_t i) { return static_cast<unsigned char>(left[i]); };
    std::uint64_t size = byte(1);
    std::size_t header = 2;
    if (size >= kShort) {
      const std::size_t length_bytes = size == 126 ? 2 : 8;
      if (left.size() < 2 + length_bytes) return std::nullopt;
      size = 0;
      for (std::size_t i = 0; i < length_bytes; ++i) size = size << 8 | byte(2 + i);
      header += length_bytes;
    }
    if (message_.size() + size > bytes_max_) return Message{.kind = Kind::oversize, .text = {}};
    if (left.size() - header < size) return std::nullopt;
    const unsigned first = byte(0);
    message_ += left.substr(header, size);
    at_ += header + size;
    if (at_ == bytes_.size() || at_ > kCompactAbove) {
      bytes_.erase(0, at_);
      at_ = 0;
    }
    if ((first & 0x0F) == kClose) return Message{.kind = Kind::close, .text = {}};
    if ((first & kFinal) != 0) {
      return Message{.kind = Kind::text, .text = std::exchange(message_, {})};
    }
  }
}

}  // namespace tickwitness::sim
