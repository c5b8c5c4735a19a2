// What the first release left behind: a backup of format 1, with a data directory of format 1, a
// spool and batches of format 1 and a database of schema version 1 in it. It is never made anew.
// Opened, every row read back as it was written, and written to.
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sqlite3.h>

#include <filesystem>

#include "runtime/data_dir.h"
#include "runtime/posix_disk.h"
#include "runtime/temporary_dir.h"
#include "store/backup/backup.h"
#include "store/batch/batch_format.h"
#include "store/spool/reader.h"
#include "store/spool/spool.h"
#include "store/sqlite/sqlite_store.h"

namespace tickwitness::store::backup {
namespace {

namespace fs = std::filesystem;
using testing::ElementsAre;
using testing::IsEmpty;

constexpr const char* kBackup = TW_SOURCE_DIR "/src/store/backup/testdata/format_1";
constexpr std::uint64_t kSpool = 0xfedcba9876543210;
constexpr std::uint64_t kStored = (std::uint64_t{1} << 32) | 1, kWaiting = kStored + 1;

// What sqlite3 -separator '|' would print.
std::vector<std::string> query(const std::string& path, const char* sql) {
  std::vector<std::string> rows;
  sqlite3* handle = nullptr;
  sqlite3_open_v2(path.c_str(), &handle, SQLITE_OPEN_READWRITE, nullptr);
  const auto collect = [](void* to, int columns, char** values, char**) {
    std::string row;
    for (int i = 0; i < columns; ++i)
      row += (i > 0 ? "|" : "") + std::string(values[i] == nullptr ? "NULL" : values[i]);
    static_cast<std::vector<std::string>*>(to)->push_back(row);
    return 0;
  };
  sqlite3_exec(handle, sql, collect, &rows, nullptr);
  sqlite3_close(handle);
  return rows;
}

constexpr const char* kTrades =
    "SELECT v.name, s.name, t.id, taker_side, order_type, price, quantity, exchange_time, "
    "received, origin, late FROM trades t JOIN venues v ON v.id = venue "
    "JOIN symbols s ON s.id = symbol ORDER BY v.name, s.name, t.id";

class Format1 : public testing::Test {
 protected:
  void SetUp() override {
    const auto made = restore(kBackup, {.data = data_}, nullptr);
    ASSERT_TRUE(made) << made.error().message;
    EXPECT_EQ(made->manifest.cursor, (Cursor{.spool = kSpool, .lsn = kStored}));
  }

  runtime::TemporaryDirectory directory_ = std::move(*runtime::TemporaryDirectory::make());
  std::string data_ = directory_.path() + "/data";
  std::string database_ = data_ + "/market.sqlite";
};

TEST_F(Format1, IsReadBackAndWrittenTo) {
  auto held = runtime::DataDirectory::open(data_);
  ASSERT_TRUE(held) << held.error().message;
  EXPECT_FALSE(held->created());
  auto disk = runtime::PosixDisk::at(data_ + "/spool");
  ASSERT_TRUE(disk);
  auto spool = spool::Spool::open(*disk, {.segment_bytes = spool::kSegmentBytesMin}, 1);
  ASSERT_TRUE(spool) << spool.error().message;
  EXPECT_EQ(spool->id(), kSpool);
  EXPECT_EQ(spool->last(), kWaiting);
  EXPECT_THAT(spool->recovery().damaged, IsEmpty());
  sqlite::SqliteStore store({.path = database_});
  const auto cursor = store.open();
  ASSERT_TRUE(cursor) << cursor.error().message;
  EXPECT_EQ(*cursor, (Cursor{kSpool, kStored}));
  // A file of an older version is saved before it is changed.
  EXPECT_EQ(store.saved().has_value(), sqlite::all_migrations().size() > 1);

  spool::Reader reader(*spool, cursor->lsn);
  const auto read = reader.next();
  ASSERT_TRUE(read && read->record && !read->lost);
  EXPECT_EQ(read->record->lsn, kWaiting);
  std::vector<pipeline::Tick> ticks;
  auto batch = BatchReader::open(read->record->payload);
  ASSERT_TRUE(batch);
  for (auto record = batch->next(); record && *record; record = batch->next()) {
    ticks.push_back(std::get<pipeline::Tick>(**record));
  }
  const auto stored = store.store(ticks, {kSpool, read->record->lsn});
  ASSERT_TRUE(stored) << stored.error().message;
  EXPECT_EQ(stored->inserted, 4U);
  EXPECT_THAT(
      query(database_, kTrades),
      ElementsAre(
          "binance|BTC-USDT|18446744|sell|NULL|64000.10000000|0.00001000|"
          "1772323200000000000|1772323200250000000|rest|1",
          "kraken|BTC-USD|1|buy|market|64000.1|0.50000000|1772323200000000001|"
          "1772323200250000000|live|0",
          "kraken|BTC-USD|2|sell|limit|63999.9|12345.678|1772323200000000002|"
          "1772323200250000000|snapshot|0",
          "kraken|ETH-USD|7|buy|NULL|3000|1|1772323200000000003|1772323200250000000|live|0"));
  EXPECT_THAT(query(database_, "SELECT time, bid, bid_quantity, ask, ask_quantity FROM quotes"),
              ElementsAre("1772323200250000000|64000.0|1.5|NULL|NULL"));
  EXPECT_THAT(
      query(database_,
            "SELECT interval_minutes, begin, open, high, low, close, volume, vwap, trades "
            "FROM candles"),
      ElementsAre("5|1772322900000000000|64000.0|64100.0|63900.0|64050.0|12.5|64001.25|42"));
  EXPECT_GT(*spool->append("\x01", {}), kWaiting);
}

TEST_F(Format1, IsSavedAgain) {
  const std::string again = directory_.path() + "/again";
  const auto made =
      back_up({.data = data_, .database = database_, .program = "x"}, again, {}, nullptr);
  ASSERT_TRUE(made) << made.error().message;
  EXPECT_EQ(made->manifest.files.size(), 3U);
  EXPECT_TRUE(restore(again, {.data = directory_.path() + "/back"}, nullptr));
}

}  // namespace
}  // namespace tickwitness::store::backup
