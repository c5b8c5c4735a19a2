// Trades as they were stored, for an export or a history.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "market/symbol.h"
#include "store/sqlite/connection.h"

namespace tickwitness::store::sqlite {

struct TradeQuery {
  std::optional<market::Venue> venue;  // absent: of all
  market::Symbol symbol;
  // Of the exchange's time: from ≤ time < to.
  base::WallTime from = base::WallTime::min(), to = base::WallTime::max();
};

// On one thread. Has a connection of its own and reads a page at a time, so that it never holds up
// who writes, in this process or another. What is stored while it reads may be among the trades.
class TradeReader {
 public:
  // Fails where there is no file, or one of another version of the schema.
  static SinkResult<TradeReader> open(const std::string& path, const TradeQuery& query);

  // In the order of the exchange's time; those of one time in the order of the venues, then of the
  // ids. Absent: that was all. `received` has a wall time only.
  SinkResult<std::optional<pipeline::Tick>> next();

 private:
  struct Stream {
    market::Venue venue = market::Venue::kraken;
    std::int64_t number = 0;
    std::vector<pipeline::Tick> page;
    std::size_t at = 0;
    bool ended = false;  // nothing behind the page
    std::int64_t last_time = 0, last_id = 0;
  };
  TradeReader(Connection connection, const TradeQuery& query)
      : connection_(std::move(connection)), query_(query) {}
  SinkResult<void> prepare();
  SinkResult<void> fill(Stream& stream);
  // False: something else than this program wrote there.
  bool take_row(Stream& stream);

  Connection connection_;
  TradeQuery query_;
  Statement select_;
  std::int64_t symbol_ = 0;
  std::vector<Stream> streams_;
};

}  // namespace tickwitness::store::sqlite
