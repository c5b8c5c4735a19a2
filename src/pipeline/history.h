// What may be asked of what was stored, and the answer.
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

#include "base/time.h"
#include "market/symbol.h"
#include "market/venue.h"
#include "pipeline/tick.h"

namespace tickwitness::pipeline {

enum class HistoryKind : std::uint8_t { trades, candles, quotes };

struct HistoryQuery {
  HistoryKind kind = HistoryKind::trades;
  market::Venue venue = market::Venue::kraken;
  market::Symbol symbol;
  std::uint32_t interval_minutes = 1;  // of candles
  // from ≤ time < to: the exchange's of a trade, a candle's begin, the receipt of a quote.
  base::WallTime from = base::WallTime::min(), to = base::WallTime::max();
  // The newest of them; less where the oldest of these would be some of the trades of one moment.
  std::size_t limit = 500;
};

struct History {
  std::vector<Tick> ticks;  // oldest first; trades of one time in the order of their ids
  bool more = false;        // there are older ones: ask for those before the first of these
};

}  // namespace tickwitness::pipeline
