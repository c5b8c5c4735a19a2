#include "store/postgres/postgres_store.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <memory>

#include "store/batch/history_contract_for_tests.h"
#include "store/batch/sink_contract_for_tests.h"
#include "store/batch/trade_reader_contract_for_tests.h"
#include "store/postgres/history.h"
#include "store/postgres/rows_for_tests.h"
#include "store/postgres/trade_reader.h"

namespace tickwitness::store::postgres {
namespace {

using std::chrono::hours;
using std::chrono::microseconds;
using test::kNow;
using test::tick;
using test::trade;
using testing::ElementsAre;
using testing::SizeIs;

class Database final : public test::StoreUnderTest {
 public:
  Sink& sink() override { return store_; }
  std::unique_ptr<Sink> another() override {
    return std::make_unique<PostgresStore>(PostgresSettings{.database = base::Secret(database_)});
  }
  std::vector<std::string> query(const std::string& sql) override {
    return test::query(database_, "SET search_path = tickwitness; " + sql);
  }
  SinkResult<std::unique_ptr<store::TradeReader>> read(const TradeQuery& query) override {
    auto reader = TradeReader::open({.database = base::Secret(database_)}, query);
    if (!reader) return std::unexpected(reader.error());
    return std::make_unique<TradeReader>(std::move(*reader));
  }
  SinkResult<pipeline::History> history(const pipeline::HistoryQuery& query) override {
    return readers_->with([&](Connection& connection) { return read_history(connection, query); });
  }
  std::vector<std::string> trades() override { return query(test::kAllTrades); }
  // What the files of the database take, but for those that the server removes meanwhile.
  std::uint64_t file_bytes() {
    const auto oid = query("SELECT oid FROM pg_database WHERE datname = current_database()").at(0);
    std::uint64_t sum = 0;
    for (const auto& file :
         std::filesystem::directory_iterator(test::server().directory() + "/data/base/" + oid))
      sum += size_of(file);
    return sum;
  }

 private:
  static std::uint64_t size_of(const std::filesystem::directory_entry& file) {
    std::error_code gone;
    const auto size = file.file_size(gone);
    return gone ? 0 : size;
  }

  std::string database_ = test::server().trusted(test::server().make_database());
  PostgresStore store_{{.database = base::Secret(database_)}};
  std::unique_ptr<Connections> readers_ = make_pool({.database = base::Secret(database_)});
};

std::unique_ptr<test::StoreUnderTest> make_store() {
  return std::make_unique<Database>();
}

using test::HistoryContract;
using test::SinkContract;
using test::TradeReaderContract;
INSTANTIATE_TEST_SUITE_P(Postgres, HistoryContract, testing::Values(make_store));
INSTANTIATE_TEST_SUITE_P(Postgres, SinkContract, testing::Values(make_store));
INSTANTIATE_TEST_SUITE_P(Postgres, TradeReaderContract, testing::Values(make_store));

class PostgresStoreTest : public test::SinkTest {
 protected:
  PostgresStoreTest() : SinkTest(make_store()) {}
};

TEST_F(PostgresStoreTest, TakesWhatTheServersFilesTake) {
  for (std::uint64_t number = 1; number <= 20; ++number) put(test::batch(number));
  rows("CHECKPOINT");
  const auto told = store_->sink().disk_bytes();
  ASSERT_TRUE(told && *told);
  // The server itself may be tidying up.
  EXPECT_NEAR(static_cast<double>(**told),
              static_cast<double>(dynamic_cast<Database&>(*store_).file_bytes()), 200'000);
}

constexpr const char* kParts =
    "SELECT c.relname FROM pg_inherits i JOIN pg_class c ON c.oid = inhrelid "
    "WHERE inhparent = 'trades'::regclass ORDER BY 1";

TEST_F(PostgresStoreTest, EachDayHasItsPartAndTheNextOneIsThereBeforeMidnight) {
  auto last = trade(1), first = trade(2);
  last.exchange_time = kNow + hours(24) - base::Duration(1);
  first.exchange_time = kNow + hours(24);
  put(last);
  EXPECT_THAT(rows(kParts), ElementsAre("trades_2026_03_01", "trades_2026_03_02"));
  put(std::vector{tick(first), tick(trade(3))});
  EXPECT_THAT(rows(kParts),
              ElementsAre("trades_2026_03_01", "trades_2026_03_02", "trades_2026_03_03"));
  EXPECT_THAT(rows("SELECT tableoid::regclass, id FROM trades ORDER BY id"),
              ElementsAre("trades_2026_03_01|1", "trades_2026_03_02|2", "trades_2026_03_01|3"));
}

TEST_F(PostgresStoreTest, TimesThatMakeNoSenseShareTwoParts) {
  std::vector<pipeline::Tick> ticks;
  for (const auto time : {base::WallTime::min(), kNow - hours(24 * 365 * 18),
                          kNow + hours(24 * 365 * 74), base::WallTime::max()}) {
    auto made = trade(ticks.size() + 1);
    made.exchange_time = time;
    ticks.push_back(tick(made));
  }
  EXPECT_EQ(put(ticks).inserted, 4U);
  EXPECT_EQ(put(ticks).duplicates, 4U);
  EXPECT_THAT(rows("SELECT tableoid::regclass::text, count(*) FROM trades GROUP BY 1 ORDER BY 1"),
              ElementsAre("trades_after|2", "trades_before|2"));
}

TEST_F(PostgresStoreTest, ATradeIsFoundInThePartOfAnotherDay) {
  auto live = trade(5), rest = trade(5), other = trade(5);
  live.exchange_time = kNow - microseconds(300);  // REST tells milliseconds: the day after
  rest.exchange_time = kNow;
  other.exchange_time = kNow + hours(200);
  put(live);
  EXPECT_EQ(put(rest).duplicates, 1U);
  const auto stored = put({tick(other), tick(trade(6)), tick(trade(7))});
  EXPECT_EQ(stored.inserted, 2U);
  ASSERT_THAT(stored.conflicts, SizeIs(1));
  EXPECT_EQ(stored.conflicts[0].stored,
            "buy 0.50000000 at 64000.10, 2026-02-28T23:59:59.999700Z, limit");
  EXPECT_THAT(rows("SELECT id FROM trades ORDER BY id"), ElementsAre("5", "6", "7"));
}

// Ids of two days that lie among each other are no reason to refuse any.
TEST_F(PostgresStoreTest, DaysWhoseIdsOverlapAreBothStored) {
  for (const std::uint64_t id : {1, 5, 3, 7, 2, 6, 4}) {
    auto made = trade(id);
    made.exchange_time += hours(24 * (id % 2));
    EXPECT_EQ(put(made).inserted, 1U) << id;
  }
  for (std::uint64_t id = 1; id <= 7; ++id) EXPECT_EQ(put(trade(id)).inserted, 0U) << id;
  EXPECT_THAT(rows("SELECT count(*) FROM trades"), ElementsAre("7"));
}

}  // namespace
}  // namespace tickwitness::store::postgres
