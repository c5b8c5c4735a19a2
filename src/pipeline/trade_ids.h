// Whether the ids of a market's trades go on.
#pragma once

#include <algorithm>
#include <chrono>
#include <cstdint>

#include "base/time.h"
#include "market/events.h"

namespace tickwitness::pipeline {

// Whether `trade`, which was not received before, is numbered in another way than the one with the
// highest id so far: an exchange may number anew, a demo's market has ids of its own, aggregates
// are numbered apart from trades. A lower id, and much later; or a higher one, by more trades than
// any exchange has in the time between the two.
inline bool other_numbering(std::uint64_t top, base::WallTime top_time,
                            const market::Trade& trade) {
  using Seconds = std::chrono::duration<double>;
  constexpr double kMuchLater = 10;
  constexpr double kTradesPerSecondMax = 10'000;
  const double later = Seconds(Seconds(trade.exchange_time.time_since_epoch()) -
                               Seconds(top_time.time_since_epoch()))
                           .count();
  if (trade.id <= top) return later > kMuchLater;
  return static_cast<double>(trade.id - top) >
         kTradesPerSecondMax * (std::max(later, 0.0) + kMuchLater);
}

}  // namespace tickwitness::pipeline
