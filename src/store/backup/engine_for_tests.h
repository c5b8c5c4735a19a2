// A data directory with an engine's spool and store on it, whose threads are steps of a test.
#pragma once

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "runtime/data_dir.h"
#include "runtime/posix_disk.h"
#include "store/batch/batch_format.h"
#include "store/batch/sink.h"
#include "store/spool/reader.h"
#include "store/spool/spool.h"
#include "store/sqlite/sqlite_store.h"

namespace tickwitness::store::backup::test {

inline constexpr base::WallTime kNow{std::chrono::sys_days{std::chrono::year{2026} / 3 / 1}};

inline pipeline::Tick trade(std::uint64_t id) {
  return {.event = market::Trade{.symbol = *market::Symbol::parse("BTC-USD"),
                                 .id = id,
                                 .price = base::Decimal(640'000 + static_cast<std::int64_t>(id), 1),
                                 .quantity = base::Decimal(1, 0),
                                 .exchange_time = kNow + std::chrono::milliseconds(id)},
          .received = {.mono = {}, .wall = kNow}};
}

template <class T, class E>
T value_of(std::expected<T, E> result) {
  if (!result) throw std::runtime_error(result.error().message);
  return std::move(*result);
}

class Engine {
 public:
  // Without a store it is SQLite's, in the directory.
  explicit Engine(const std::string& data, std::unique_ptr<Sink> store = nullptr)
      : directory_(value_of(runtime::DataDirectory::open(data))),
        disk_(open_disk(data + "/spool")),
        store_(store ? std::move(store) : in(data)) {
    start();
  }

  // One trade is accepted.
  void accept(std::uint64_t id) {
    BatchWriter batch;
    batch.add(trade(id));
    value_of(spool_->append(batch.bytes(), kNow));
  }
  // The store takes up to so many records, and the spool lets go what it has.
  void store(int records) {
    for (; records > 0; --records) {
      const auto read = value_of(reader_->next());
      EXPECT_FALSE(read.lost) << read.lost->first << " to " << read.lost->last;
      if (!read.record) return;
      auto batch = value_of(BatchReader::open(read.record->payload));
      const auto tick = std::get<pipeline::Tick>(*value_of(batch.next()));
      const auto stored =
          value_of(store_->store(std::vector{tick}, {spool_->id(), read.record->lsn}));
      EXPECT_EQ(stored.inserted, 1U) << "it was there already";
      EXPECT_THAT(stored.conflicts, testing::IsEmpty());
      if (!spool_->retire(read.record->lsn)) throw std::runtime_error("not retired");
    }
  }
  // The process ends and starts again.
  void start() {
    reader_.reset();
    spool_.emplace(
        value_of(spool::Spool::open(disk_, {.segment_bytes = spool::kSegmentBytesMin}, 7)));
    const auto cursor = value_of(store_->open());
    reader_.emplace(*spool_, cursor.spool == spool_->id() ? cursor.lsn : 0);
  }

 private:
  static std::unique_ptr<Sink> in(const std::string& data) {
    return std::make_unique<sqlite::SqliteStore>(sqlite::SqliteSettings{
        .path = data + "/market.sqlite", .busy = std::chrono::milliseconds(10)});
  }
  static runtime::PosixDisk open_disk(const std::string& path) {
    std::filesystem::create_directories(path);  // outside-ok: the directory of a test
    return value_of(runtime::PosixDisk::at(path));
  }
  runtime::DataDirectory directory_;
  runtime::PosixDisk disk_;
  std::unique_ptr<Sink> store_;
  std::optional<spool::Spool> spool_;
  std::optional<spool::Reader> reader_;
};

inline std::vector<std::string> rows_up_to(std::uint64_t last) {
  std::vector<std::string> all;
  for (std::uint64_t id = 1; id <= last; ++id)
    all.push_back(std::to_string(id) + " " +
                  base::Decimal(640'000 + static_cast<std::int64_t>(id), 1).str());
  return all;
}

}  // namespace tickwitness::store::backup::test
