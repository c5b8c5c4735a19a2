// The store that needs no server: one SQLite file. Its tables: docs/storage.md.
#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>

#include "store/batch/sink.h"
#include "store/sqlite/schema.h"
#include "store/sqlite/writer.h"

namespace tickwitness::store::sqlite {

struct SqliteSettings {
  std::string path;  // of the file; its directory exists
  // How long a call waits for another program that writes to the file.
  std::chrono::milliseconds busy{5000};
};

// What store() returned is on the disk: it survives a power failure.
class SqliteStore final : public Sink {
 public:
  explicit SqliteStore(SqliteSettings settings, Migrations migrations = all_migrations())
      : settings_(std::move(settings)), migrations_(migrations) {}

  // Makes the file if there is none. Whatever the cursor counts is on the disk when it is told,
  // after a crash in the middle of a commit too.
  SinkResult<Cursor> open() override;
  // Trades with an id, candles that are closed, quotes. A candle with more trades than the stored
  // one of its time takes its place and counts as inserted; of quotes with one time of receipt the
  // first is kept. A trade's id, or a candle's count of trades, above 2^63 - 1 is refused.
  SinkResult<Stored> store(std::span<const pipeline::Tick> ticks, Cursor upto) override;

  // Deletes the oldest of the quotes of each market that were received before that, `at_most` in
  // all, in one transaction; how many. To be called again while it is `at_most`: between two calls
  // trades can be stored. The file does not shrink; its room is used again. After an error: open().
  SinkResult<std::uint64_t> forget_quotes(base::WallTime before, std::uint64_t at_most);

  // Where the last open() saved the file before it migrated it.
  const std::optional<std::string>& backup() const { return backup_; }

 private:
  SinkResult<Cursor> open_anew();

  SqliteSettings settings_;
  Migrations migrations_;
  std::optional<Writer> writer_;  // while it is open
  std::optional<std::string> backup_;
};

}  // namespace tickwitness::store::sqlite
