// What happens on the simulated market, in whole numbers: prices and quantities are counted in the
// last decimal of their pair ("units"), so that no rounding and no floating point ever touches
// them.
#pragma once

#include <array>
#include <cstdint>
#include <span>

#include "base/time.h"
#include "market/events.h"

namespace tickwitness::sim {

__extension__ using Wide = __int128;

struct Fill {
  std::uint64_t id = 0;       // +1 from trade to trade of a pair
  std::int64_t price = 0;     // units
  std::int64_t quantity = 0;  // units
  market::Side taker_side = market::Side::buy;
  bool limit_order = false;
  // Unique per pair, in ns. Fills of one order share the microsecond, which is all that the
  // WebSocket shows.
  base::WallTime time;
};

struct BestQuote {
  std::int64_t bid = 0, bid_quantity = 0;  // units
  std::int64_t ask = 0, ask_quantity = 0;  // units
  base::WallTime time;                     // whole microseconds
};

// One moment of a pair's market: the fills of one trade event, if any, and the best bid and offer
// afterwards.
struct Happening {
  static constexpr std::size_t kFillsMax = 8;
  std::array<Fill, kFillsMax> fill_storage{};
  std::size_t fill_count = 0;
  BestQuote quote;

  std::span<const Fill> fills() const { return {fill_storage.data(), fill_count}; }
};

}  // namespace tickwitness::sim
