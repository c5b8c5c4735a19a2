// The store on a PostgreSQL server. Its tables: docs/storage-postgres.md.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <utility>

#include "store/batch/sink.h"
#include "store/postgres/connection.h"
#include "store/postgres/schema.h"
#include "store/postgres/writer.h"

namespace tickwitness::store::postgres {

// What store() returned survives a crash of the server, unless its administrator has turned fsync
// off.
class PostgresStore final : public Sink {
 public:
  // With connections of its own, or among those of a pool, which outlives it.
  explicit PostgresStore(const PostgresSettings& settings, Migrations migrations = all_migrations())
      : own_(make_pool(settings)), pool_(*own_), migrations_(migrations) {}
  explicit PostgresStore(Connections& pool) : pool_(pool), migrations_(all_migrations()) {}

  // Makes the schema `tickwitness` if there is none. Waits for a commit of an earlier connection
  // whose outcome is not known yet. Never tells a password in an error.
  SinkResult<Cursor> open() override;
  SinkResult<Cursor> cursor(std::uint64_t spool) override;
  // Trades with an id, candles that are closed, quotes. A candle with more trades than the stored
  // one of its time takes its place and counts as inserted; of quotes with one time of receipt the
  // first is kept. A trade's id, or a candle's count of trades, above 2^63 - 1 is refused.
  SinkResult<Stored> store(std::span<const pipeline::Tick> ticks,
                           std::span<const pipeline::GapEntry> gaps, Cursor upto) override;
  using Sink::store;

  SinkResult<std::uint64_t> forget_quotes(base::WallTime before, std::uint64_t at_most) override;

 private:
  // Runs `what` with the connection in use; after an error it is given up.
  template <class What>
  auto use(What what) -> decltype(what(std::declval<Writer&>()));

  std::unique_ptr<Connections> own_;
  Connections& pool_;
  Migrations migrations_;
  std::optional<Writer> writer_;  // while it is open
};

}  // namespace tickwitness::store::postgres
