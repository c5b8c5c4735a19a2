// The store that needs no server: one SQLite file. Its tables: docs/storage.md.
#pragma once

#include <chrono>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <utility>

#include "store/batch/sink.h"
#include "store/sqlite/schema.h"
#include "store/sqlite/writer.h"

namespace tickwitness::store::sqlite {

struct SqliteSettings {
  std::string path;  // of the file; its directory exists
  // How long a call waits for another program that writes to the file.
  std::chrono::milliseconds busy{5000};
  // Hears of statements and connections; null: nobody does. Outlives the store.
  DatabaseMeter* meter = nullptr;
};

// As many as there are roles: one that writes, and readers. A file that is not there is made.
std::unique_ptr<Connections> make_pool(const SqliteSettings& settings, PoolLimits limits = {});

// What store() returned is on the disk: it survives a power failure.
class SqliteStore final : public Sink {
 public:
  // With connections of its own, or among those of a pool, which outlives it.
  explicit SqliteStore(const SqliteSettings& settings, Migrations migrations = all_migrations())
      : own_(make_pool(settings)), pool_(*own_), migrations_(migrations) {}
  explicit SqliteStore(Connections& pool) : pool_(pool), migrations_(all_migrations()) {}

  // Makes the file if there is none. Whatever the cursor counts is on the disk when it is told,
  // after a crash in the middle of a commit too.
  SinkResult<Cursor> open() override;
  SinkResult<Cursor> cursor(std::uint64_t spool) override;
  // Trades with an id, candles that are closed, quotes. A candle with more trades than the stored
  // one of its time takes its place and counts as inserted; of quotes with one time of receipt the
  // first is kept. A trade's id, or a candle's count of trades, above 2^63 - 1 is refused.
  SinkResult<Stored> store(std::span<const pipeline::Tick> ticks,
                           std::span<const pipeline::GapEntry> gaps, Cursor upto) override;
  using Sink::store;

  // The file does not shrink; its room is used again.
  SinkResult<std::uint64_t> forget_quotes(base::WallTime before, std::uint64_t at_most) override;
  // Of the file as of the last commit, without its log.
  std::optional<std::uint64_t> disk_bytes() override;

  // Where the last open() saved the file before it migrated it.
  const std::optional<std::string>& backup() const { return backup_; }

 private:
  SinkResult<void> open_anew();
  // Runs `what` with the connection in use; after an error it is given up.
  template <class What>
  auto use(What what) -> decltype(what(std::declval<Writer&>()));

  std::unique_ptr<Connections> own_;
  Connections& pool_;
  Migrations migrations_;
  std::optional<Writer> writer_;  // while it is open
  std::optional<std::string> backup_;
};

}  // namespace tickwitness::store::sqlite
