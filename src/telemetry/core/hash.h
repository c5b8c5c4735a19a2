// Hash and comparison of label values, which mostly are short: 8 bytes at a time, the last ones
// overlapping, with one multiply-and-fold for 16 bytes (the idea of wyhash). Not against an
// attacker; the number of series has bounds.
#pragma once

#include <cstdint>
#include <cstring>
#include <span>
#include <string_view>

namespace tickwitness::telemetry::core {

namespace hash {

inline std::uint64_t load8(const char* at) {
  std::uint64_t word = 0;
  std::memcpy(&word, at, 8);
  return word;
}
inline std::uint64_t load4(const char* at) {
  std::uint32_t word = 0;
  std::memcpy(&word, at, 4);
  return word;
}
inline std::uint64_t fold(std::uint64_t a, std::uint64_t b) {
  __extension__ using Wide = unsigned __int128;
  const Wide product = Wide{a} * b;
  return static_cast<std::uint64_t>(product) ^ static_cast<std::uint64_t>(product >> 64);
}

inline constexpr std::uint64_t kFirst = 0x9E37'79B9'7F4A'7C15ULL;
inline constexpr std::uint64_t kSecond = 0xD1B5'4A32'D192'ED03ULL;

inline std::uint64_t value(std::string_view text, std::uint64_t seed) {
  const char* at = text.data();
  std::size_t left = text.size();
  for (; left > 16; left -= 16, at += 16) {
    seed = fold(load8(at) ^ kFirst, load8(at + 8) ^ kSecond ^ seed);
  }
  std::uint64_t a = 0;
  std::uint64_t b = 0;
  if (left >= 8) {
    a = load8(at);
    b = load8(at + left - 8);
  } else if (left >= 4) {
    a = load4(at);
    b = load4(at + left - 4);
  } else if (left > 0) {
    const auto byte = [at](std::size_t i) { return static_cast<unsigned char>(at[i]); };
    a = std::uint64_t{byte(0)} << 16 | std::uint64_t{byte(left / 2)} << 8 | byte(left - 1);
  }
  return fold(a ^ kFirst ^ text.size(), b ^ kSecond ^ seed);
}

}  // namespace hash

template <std::size_t N>
std::uint64_t hash_of(std::span<const std::string_view, N> values) {
  std::uint64_t out = 0;
  for (const std::string_view value : values) out = hash::value(value, out);
  return out;
}

// `there` has text.size() characters.
inline bool equal_short(const char* there, std::string_view text) {
  const char* const here = text.data();
  const std::size_t size = text.size();
  using hash::load4;
  using hash::load8;
  if (size > 16) return std::memcmp(there, here, size) == 0;
  if (size >= 8) {
    return ((load8(there) ^ load8(here)) | (load8(there + size - 8) ^ load8(here + size - 8))) == 0;
  }
  if (size >= 4) {
    return ((load4(there) ^ load4(here)) | (load4(there + size - 4) ^ load4(here + size - 4))) == 0;
  }
  for (std::size_t i = 0; i < size; ++i) {
    if (there[i] != here[i]) return false;
  }
  return true;
}

}  // namespace tickwitness::telemetry::core
