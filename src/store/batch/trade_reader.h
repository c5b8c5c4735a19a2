// Trades as they were stored, for an export or a history.
#pragma once

#include <optional>

#include "market/symbol.h"
#include "store/batch/sink.h"

namespace tickwitness::store {

struct TradeQuery {
  std::optional<market::Venue> venue;  // absent: of all
  market::Symbol symbol;
  // Of the exchange's time: from ≤ time < to.
  base::WallTime from = base::WallTime::min(), to = base::WallTime::max();
};

// On one thread. Reads a page at a time, so that it never holds up who writes, in this process or
// another. What is stored while it reads may be among the trades.
class TradeReader {
 public:
  virtual ~TradeReader() = default;

  // In the order of the exchange's time; those of one time in the order of the venues, then of the
  // ids. Absent: that was all. `received` has a wall time only. After an error it is of no use.
  virtual SinkResult<std::optional<pipeline::Tick>> next() = 0;
};

}  // namespace tickwitness::store
