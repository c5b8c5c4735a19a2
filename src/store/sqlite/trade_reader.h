// Trades of an SQLite file.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "store/batch/trade_reader.h"
#include "store/sqlite/connection.h"

namespace tickwitness::store::sqlite {

using store::TradeQuery;

// Its connection is in use while it asks, and is given back at the end of the trades.
class TradeReader final : public store::TradeReader {
 public:
  // Fails where there is no file, or one of another version of the schema. With a connection of its
  // own, or with one of a pool, which outlives the reader.
  static SinkResult<TradeReader> open(const std::string& path, const TradeQuery& query);
  static SinkResult<TradeReader> open(Connections& pool, const TradeQuery& query);

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
  TradeReader(Connections::Lease connection, const TradeQuery& query)
      : connection_(std::move(connection)), query_(query) {}
  SinkResult<void> prepare();
  SinkResult<void> fill(Stream& stream);

  std::unique_ptr<Connections> own_;
  std::optional<Connections::Lease> connection_;  // nothing: all was read
  TradeQuery query_;
  Statement select_;
  std::int64_t symbol_ = 0;
  std::vector<Stream> streams_;
};

}  // namespace tickwitness::store::sqlite
