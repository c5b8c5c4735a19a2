// What a power failure decides, drawn from a seed.
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

#include "base/prng.h"

namespace tickwitness::sim {

// For one power failure. One in eight keeps everything and one in eight nothing: what goes wrong
// only then would be drawn too seldom, change by change. Not thread-safe.
class Dice {
 public:
  explicit Dice(base::Prng& prng) : prng_(prng), mood_(mood_of(prng.below(8))) {}

  // Whether a change that is there or not, a rename or a truncate, is there.
  bool happens() { return mood_ == Mood::by_lot ? prng_.below(2) == 1 : mood_ == Mood::everything; }

  // For each sector of one write, whether it is there: all, none, those in front, or any.
  std::vector<bool> arrivals(std::size_t sectors) {
    std::vector<bool> arrived(sectors, mood_ == Mood::everything);
    if (mood_ != Mood::by_lot) return arrived;
    const std::uint64_t shape = prng_.below(4);
    const std::uint64_t front = shape == 2 ? prng_.below(sectors + 1) : 0;
    for (std::size_t i = 0; i < sectors; ++i)
      arrived[i] = shape == 0 || (shape == 2 && i < front) || (shape == 3 && happens());
    return arrived;
  }

 private:
  enum class Mood : std::uint8_t { everything, nothing, by_lot };
  static Mood mood_of(std::uint64_t drawn) {
    if (drawn > 1) return Mood::by_lot;
    return drawn == 0 ? Mood::everything : Mood::nothing;
  }
  base::Prng& prng_;
  Mood mood_;
};

}  // namespace tickwitness::sim
