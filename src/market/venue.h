// The trading venues that tickwitness knows, by the names that metrics and configuration use.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>

namespace tickwitness::market {

enum class Venue : std::uint8_t { kraken, binance };
inline constexpr std::size_t kVenues = 2;

constexpr std::string_view to_string(Venue venue) {
  return venue == Venue::kraken ? "kraken" : "binance";
}

}  // namespace tickwitness::market
