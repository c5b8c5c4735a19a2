// Numbers as the bytes of our own formats: little-endian on any machine, small ones short.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <type_traits>

namespace tickwitness::base {

template <class T>
void put_fixed(T value, std::string& out) {
  auto bits = static_cast<std::make_unsigned_t<T>>(value);
  for (std::size_t i = 0; i < sizeof(T); ++i) {
    out += static_cast<char>(bits & 0xffU);
    bits = static_cast<decltype(bits)>(bits >> 8U);
  }
}

// `text` holds sizeof(T) bytes from `at` on.
template <class T>
T fixed_at(std::string_view text, std::size_t at) {
  std::uint64_t bits = 0;
  for (std::size_t i = sizeof(T); i-- > 0;) {
    bits = (bits << 8U) | static_cast<unsigned char>(text[at + i]);
  }
  return static_cast<T>(bits);
}

// Seven bits a byte, the lowest first; the top bit says that more follow (LEB128).
inline void put_number(std::uint64_t value, std::string& out) {
  for (; value >= 0x80U; value >>= 7U) out += static_cast<char>(value | 0x80U);
  out += static_cast<char>(value);
}

// Takes a number off the front of `text`. False, and some taken, where none of 64 bits begins.
inline bool take_number(std::string_view& text, std::uint64_t& value) {
  value = 0;
  for (unsigned shift = 0; shift < 64 && !text.empty(); shift += 7) {
    const auto byte = static_cast<unsigned char>(text.front());
    text.remove_prefix(1);
    value |= std::uint64_t{byte & 0x7fU} << shift;
    if (byte < 0x80U) return shift < 63 || byte < 2;
  }
  return false;
}

// Its length before it.
inline void put_text(std::string_view text, std::string& out) {
  put_number(text.size(), out);
  out += text;
}

inline bool take_text(std::string_view& from, std::string_view& text) {
  std::uint64_t length = 0;
  if (!take_number(from, length) || length > from.size()) return false;
  text = from.substr(0, length);
  from.remove_prefix(length);
  return true;
}

// Small numbers of either sign become small ones without, and back (zigzag). Differences of
// unsigned numbers go in as they wrap.
inline std::uint64_t folded(std::uint64_t difference) {
  return (difference << 1U) ^ (0 - (difference >> 63U));
}
inline std::uint64_t unfolded(std::uint64_t value) {
  return (value >> 1U) ^ (0 - (value & 1U));
}

}  // namespace tickwitness::base
