// Trades of a PostgreSQL database.
#pragma once

#include <cstdint>
#include <deque>
#include <optional>
#include <string>
#include <vector>

#include "store/batch/pooled_reader.h"
#include "store/postgres/connection.h"

namespace tickwitness::store::postgres {

// Asks for a stretch of a day after the other: no transaction stays open while nobody reads on.
class TradeReader final : public PooledReader<TradeReader, Connection> {
 public:
  using PooledReader::open;
  // With a connection of its own.
  static SinkResult<TradeReader> open(const PostgresSettings& settings, const TradeQuery& query) {
    return open(make_pool(settings, {.most = 1}), query);
  }

  SinkResult<std::optional<pipeline::Tick>> next() override;

 private:
  // Of the last trade that was read: what follows it is greater.
  struct Key {
    std::int64_t time = 0, rank = 0, id = 0;
  };
  friend PooledReader;
  using PooledReader::PooledReader;
  SinkResult<void> prepare();
  SinkResult<void> find_market();
  SinkResult<void> find_days();
  // False: there is no further one.
  bool next_stretch();
  SinkResult<void> fill();
  SinkResult<void> take_rows(const Answer& answer);
  std::string select() const;

  std::int64_t symbol_ = 0;
  std::string venues_;  // their numbers, "3,1"
  std::string rank_;    // an expression: the place of a row's venue in the order of venues
  std::vector<market::Venue> by_rank_;
  std::deque<int> days_;                         // that may have trades, and were not begun
  std::int64_t at_ = 0, end_ = 0, day_end_ = 0;  // the stretch, and what is left of its day
  std::int64_t length_ = 0;                      // of the next one
  bool more_ = false;                            // the stretch may have more
  Key last_;
  std::vector<pipeline::Tick> page_;
  std::size_t read_ = 0;  // of the page
};

}  // namespace tickwitness::store::postgres
