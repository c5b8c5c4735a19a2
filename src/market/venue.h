// The trading venues that tickwitness knows, by the names that metrics and configuration use.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string_view>

namespace tickwitness::market {

enum class Venue : std::uint8_t { kraken, binance, binance_us };
inline constexpr std::size_t kVenues = 3;

constexpr std::string_view to_string(Venue venue) {
  switch (venue) {
    case Venue::kraken:
      return "kraken";
    case Venue::binance:
      return "binance";
    case Venue::binance_us:
      break;
  }
  return "binance_us";
}

// Nothing: no venue has this name.
constexpr std::optional<Venue> venue_named(std::string_view name) {
  for (std::size_t i = 0; i < kVenues; ++i) {
    const auto venue = static_cast<Venue>(i);
    if (to_string(venue) == name) return venue;
  }
  return std::nullopt;
}

}  // namespace tickwitness::market
