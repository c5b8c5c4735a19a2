// What is known of a market's trades from an earlier life of the process.
#pragma once

#include <cstdint>
#include <vector>

#include "base/time.h"
#include "market/symbol.h"
#include "market/venue.h"

namespace tickwitness::feed {

// Ids that were not received, both included.
struct PastHole {
  std::uint64_t from = 0, to = 0;
  base::WallTime before{};  // exchange's time of the last trade below it
  bool given_up = false;    // nobody expects them any more
};

struct TradesPast {
  market::Venue venue = market::Venue::kraken;
  market::Symbol symbol;
  std::uint64_t top = 0;  // highest id that was received, > 0
  base::WallTime top_time{};
  std::vector<PastHole> holes;  // by id, all below `top`
};

}  // namespace tickwitness::feed
