// CRC-32 as zlib has it (reflected 0xEDB88320): what Kraken's book checksum is. The simulator's
// own, so that an error in the product's would show.
#pragma once

#include <array>
#include <cstdint>
#include <string_view>

namespace tickwitness::sim {

// Of the whole text: crc32("123456789") is 3421780262.
constexpr std::uint32_t crc32(std::string_view text) {
  constexpr auto kTable = [] {
    std::array<std::uint32_t, 256> table{};
    for (std::uint32_t byte = 0; byte < 256; ++byte) {
      std::uint32_t rest = byte;
      for (int bit = 0; bit < 8; ++bit) rest = rest >> 1 ^ (rest % 2 == 1 ? 0xEDB88320U : 0U);
      table[byte] = rest;
    }
    return table;
  }();
  std::uint32_t rest = 0xFFFFFFFFU;
  for (const char c : text) rest = rest >> 8 ^ kTable[(rest ^ static_cast<unsigned char>(c)) & 255];
  return ~rest;
}

}  // namespace tickwitness::sim
