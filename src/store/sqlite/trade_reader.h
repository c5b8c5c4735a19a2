// Trades of an SQLite file.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "store/batch/pooled_reader.h"
#include "store/sqlite/connection.h"

namespace tickwitness::store::sqlite {

using store::TradeQuery;

class TradeReader final : public PooledReader<TradeReader, Connection> {
 public:
  using PooledReader::open;
  // With a connection of its own. Fails where there is no file.
  static SinkResult<TradeReader> open(const std::string& path, const TradeQuery& query);

  SinkResult<std::optional<pipeline::Tick>> next() override;

 private:
  struct Stream {
    market::Venue venue = market::Venue::kraken;
    std::int64_t number = 0;
    std::vector<pipeline::Tick> page;
    std::size_t at = 0;
    bool ended = false;  // nothing behind the page
    std::int64_t last_time = 0, last_id = 0;
  };
  friend PooledReader;
  using PooledReader::PooledReader;
  SinkResult<void> prepare();
  SinkResult<void> fill(Stream& stream);

  Statement select_;
  std::int64_t symbol_ = 0;
  std::vector<Stream> streams_;
};

}  // namespace tickwitness::store::sqlite
