// The depths that Kraken offers order books with.
#pragma once

#include <array>
#include <cstddef>

namespace tickwitness::exchange::kraken {

inline constexpr std::array<std::size_t, 5> kBookDepths{10, 25, 100, 500, 1000};

// The least of them that a side of so many levels fits into.
constexpr std::size_t depth_around(std::size_t levels) {
  for (const std::size_t depth : kBookDepths) {
    if (levels <= depth) return depth;
  }
  return kBookDepths.back();
}

}  // namespace tickwitness::exchange::kraken
