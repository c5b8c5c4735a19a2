// The store that needs no server: one SQLite file. Its tables: docs/storage.md.
#pragma once

#include <chrono>
#include <memory>
#include <optional>
#include <string>

#include "store/batch/pooled_sink.h"
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

// What store() returned is on the disk: it survives a power failure. Whatever the cursor counts is
// on the disk when open() tells it, after a crash in the middle of a commit too.
//
// Of what it is given it stores trades with an id, candles that are closed, quotes. A candle with
// more trades than the stored one of its time takes its place and counts as inserted; of quotes
// with one time of receipt the first is kept. A trade's id, or a candle's count of trades, above
// 2^63 - 1 is refused. When quotes are forgotten the file does not shrink; its room is used again.
// disk_bytes() is its size as of the last commit, without its log.
class SqliteStore final : public PooledSink<Connection, Writer> {
 public:
  // With connections of its own, or among those of a pool, which outlives it. open() makes the file
  // if there is none.
  explicit SqliteStore(const SqliteSettings& settings, Migrations migrations = all_migrations())
      : PooledSink(make_pool(settings)), migrations_(migrations) {}
  explicit SqliteStore(Connections& pool) : PooledSink(pool), migrations_(all_migrations()) {}

  std::optional<std::string> saved() const override { return saved_; }

 private:
  SinkResult<Writer> make_writer(Connections::Lease lease) override;

  Migrations migrations_;
  std::optional<std::string> saved_;
};

}  // namespace tickwitness::store::sqlite
