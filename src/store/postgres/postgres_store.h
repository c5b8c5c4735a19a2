// The store on a PostgreSQL server. Its tables: docs/storage-postgres.md.
#pragma once

#include <cstdint>
#include <optional>

#include "store/batch/sink.h"
#include "store/postgres/connection.h"
#include "store/postgres/schema.h"
#include "store/postgres/writer.h"

namespace tickwitness::store::postgres {

// What store() returned survives a crash of the server, unless its administrator has turned fsync
// off.
class PostgresStore final : public Sink {
 public:
  explicit PostgresStore(PostgresSettings settings, Migrations migrations = all_migrations())
      : settings_(std::move(settings)), migrations_(migrations) {}

  // Makes the schema `tickwitness` if there is none. Waits for a commit of an earlier connection
  // whose outcome is not known yet. Never tells a password in an error.
  SinkResult<Cursor> open() override;
  // Trades with an id, candles that are closed, quotes. A candle with more trades than the stored
  // one of its time takes its place and counts as inserted; of quotes with one time of receipt the
  // first is kept. A trade's id, or a candle's count of trades, above 2^63 - 1 is refused.
  SinkResult<Stored> store(std::span<const pipeline::Tick> ticks, Cursor upto) override;

  // Deletes quotes that were received before that, of each market the oldest first, `at_most` in
  // all, in one transaction; how many. To be called again while it is `at_most`: between two calls
  // trades can be stored. After an error: open().
  SinkResult<std::uint64_t> forget_quotes(base::WallTime before, std::uint64_t at_most);

 private:
  PostgresSettings settings_;
  Migrations migrations_;
  std::optional<Writer> writer_;  // while it is open
};

}  // namespace tickwitness::store::postgres
