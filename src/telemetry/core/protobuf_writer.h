// The wire format of protocol buffers, as far as metrics need it.
// https://protobuf.dev/programming-guides/encoding/
#pragma once

#include <bit>
#include <cstdint>
#include <string>
#include <string_view>

namespace tickwitness::telemetry::core {

class ProtobufWriter {
 public:
  const std::string& bytes() const { return bytes_; }
  void clear() { bytes_.clear(); }

  void varint(std::uint64_t value) {
    for (; value >= 0x80; value >>= 7) bytes_ += static_cast<char>(value | 0x80);
    bytes_ += static_cast<char>(value);
  }
  static std::uint64_t zigzag(std::int64_t value) {
    return (static_cast<std::uint64_t>(value) << 1) ^ static_cast<std::uint64_t>(value >> 63);
  }

  void unsigned_field(unsigned field, std::uint64_t value) {
    varint(field << 3);
    varint(value);
  }
  void signed_field(unsigned field, std::int64_t value) { unsigned_field(field, zigzag(value)); }
  void double_field(unsigned field, double value) {
    varint(field << 3 | 1);
    auto bits = std::bit_cast<std::uint64_t>(value);
    for (int byte = 0; byte < 8; ++byte, bits >>= 8) bytes_ += static_cast<char>(bits);
  }
  // Texts and messages.
  void bytes_field(unsigned field, std::string_view bytes) {
    varint(field << 3 | 2);
    varint(bytes.size());
    bytes_ += bytes;
  }

 private:
  std::string bytes_;
};

}  // namespace tickwitness::telemetry::core
