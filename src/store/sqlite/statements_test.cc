// What is told of statements and connections is what SQLite's own trace says of them.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <array>
#include <sstream>

#include "store/batch/meter_for_tests.h"
#include "store/sqlite/rows_for_tests.h"
#include "store/sqlite/sqlite_store.h"
#include "store/sqlite/trade_reader.h"
#include "store/sqlite/vfs_for_tests.h"

namespace tickwitness::store::sqlite {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;
using test::batch;
using test::FaultyFiles;
using test::TestMeter;
using testing::HasSubstr;

// Every statement that ends in any connection that is opened while it lives.
class Trace {
 public:
  Trace() {
    ended().clear();
    sqlite3_auto_extension(reinterpret_cast<void (*)()>(listen));
  }
  ~Trace() { sqlite3_reset_auto_extension(); }
  Trace(const Trace&) = delete;
  Trace& operator=(const Trace&) = delete;

  static std::map<TestMeter::Key, std::uint64_t> counted() {
    std::map<TestMeter::Key, std::uint64_t> all;
    for (const auto& sql : ended()) {
      // SQLite itself reads the schema.
      if (sql.find("\"main\"") == std::string::npos) ++all[key_of(sql)];
    }
    return all;
  }

 private:
  static std::vector<std::string>& ended() {
    static std::vector<std::string> all;
    return all;
  }
  static int listen(sqlite3* handle, char**, const void*) {
    return sqlite3_trace_v2(handle, SQLITE_TRACE_PROFILE, on_end, nullptr);
  }
  static int on_end(unsigned, void*, void* statement, void*) {
    ended().emplace_back(sqlite3_sql(static_cast<sqlite3_stmt*>(statement)));
    return 0;
  }
  // By the first word, and the first of the tables that there are.
  static TestMeter::Key key_of(const std::string& sql) {
    const std::map<std::string, Operation> operations = {
        {"SELECT", Operation::select}, {"INSERT", Operation::insert}, {"UPDATE", Operation::update},
        {"DELETE", Operation::remove}, {"CREATE", Operation::ddl},    {"ALTER", Operation::ddl},
        {"DROP", Operation::ddl},      {"COMMIT", Operation::commit}};
    const std::array tables = {"trades",  "candles",     "quotes", "venues",
                               "symbols", "sink_cursor", "gaps"};
    std::string words = sql;
    for (char& c : words) c = std::isalnum(c) != 0 || c == '_' ? c : ' ';
    std::istringstream text(words);
    std::string word;
    text >> word;
    const auto known = operations.find(word);
    if (known == operations.end()) return {Operation::other, "none"};
    if (known->second == Operation::commit) return {known->second, "none"};
    if (known->second == Operation::ddl) return {Operation::ddl, "schema"};
    while (text >> word) {
      if (word == "schema_version") return {known->second, "schema"};
      if (word == "sqlite_master") return {known->second, "catalog"};
      if (std::ranges::find(tables, word) != tables.end()) return {known->second, word};
    }
    return {known->second, "none"};
  }
};

class StatementsTest : public testing::Test {
 protected:
  void store_all(SqliteStore& store) {
    ASSERT_TRUE(store.open());
    ASSERT_TRUE(store.store(batch(1), {7, 1}));
    ASSERT_TRUE(store.store(batch(1), {7, 2}));  // all of it known
    const auto trade = test::trade(1'000'000);
    const market::Quote quote{.symbol = trade.symbol, .bid = trade.price};
    const market::Candle candle{.symbol = trade.symbol, .interval_minutes = 1, .closed = true};
    ASSERT_TRUE(
        store.store(std::vector{test::tick(trade), test::tick(quote), test::tick(candle)}, {7, 3}));
    ASSERT_TRUE(store.store({}, {7, 4}));
    ASSERT_EQ(store.cursor(7), (Cursor{7, 4}));
    ASSERT_EQ(store.forget_quotes(test::kNow + seconds(1), 10), 1U);
    ASSERT_EQ(store.open(), (Cursor{7, 4}));
  }

  runtime::TemporaryDirectory directory_ = test::make_directory();
  std::string path_ = directory_.path() + "/store.db";
};

TEST_F(StatementsTest, AreThoseThatSqliteTraces) {
  TestMeter meter;
  const Trace trace;
  {
    SqliteStore store({.path = path_, .meter = &meter});
    store_all(store);
  }
  std::map<TestMeter::Key, std::uint64_t> told;
  for (const auto& [key, ran] : meter.all()) told[key] = ran.good + ran.bad;
  EXPECT_EQ(told, Trace::counted());
  EXPECT_EQ((told[{Operation::insert, "trades"}]), 2U * test::kBatch + 1);
  EXPECT_EQ((told[{Operation::select, "trades"}]), std::uint64_t{test::kBatch});
  EXPECT_EQ(meter.ran(Operation::insert, "trades").bad, 0U);
}

// With a clock that a sync of the log moves by a second.
TEST_F(StatementsTest, ACommitTakesAsLongAsItsSync) {
  const FaultyFiles files;
  TestMeter meter(
      [] { return base::Instant(seconds(static_cast<std::int64_t>(FaultyFiles::log_syncs()))); });
  SqliteStore store({.path = path_, .meter = &meter});
  ASSERT_TRUE(store.open());
  const auto before = meter.all();
  const auto syncs = FaultyFiles::log_syncs();
  for (std::uint64_t lsn = 1; lsn <= 5; ++lsn) ASSERT_TRUE(store.store(batch(lsn), {7, lsn}));
  const auto passed = static_cast<std::int64_t>(FaultyFiles::log_syncs() - syncs);
  EXPECT_GE(passed, 5);
  for (const auto& [key, ran] : meter.all()) {
    const auto found = before.find(key);
    const auto took = ran.took - (found == before.end() ? base::Duration{} : found->second.took);
    EXPECT_EQ(took, seconds(key.first == Operation::commit ? passed : 0)) << key.second;
  }
}

TEST_F(StatementsTest, OneThatFailsIsCountedAsThat) {
  const FaultyFiles files;
  TestMeter meter;
  SqliteStore store({.path = path_, .meter = &meter});
  ASSERT_TRUE(store.open());
  FaultyFiles::plan(FaultyFiles::Fault::fail_on, 1);
  EXPECT_FALSE(store.store(batch(1), {7, 1}));
  FaultyFiles::heal();
  EXPECT_EQ(meter.ran(Operation::commit, "none").bad, 1U);
  EXPECT_EQ(meter.ran(Operation::insert, "trades").good, std::uint64_t{test::kBatch});
}

TEST_F(StatementsTest, AConnectionIsInUseWhileSomethingIsAskedOfIt) {
  TestMeter meter;
  const auto pool =
      make_pool({.path = path_, .meter = &meter}, {.most = 2, .wait = milliseconds(1)});
  SqliteStore store(*pool);
  EXPECT_EQ(meter.active() + meter.idle(), 0U);
  ASSERT_TRUE(store.open());
  EXPECT_EQ(meter.active(), 0U);
  EXPECT_EQ(meter.idle(), 1U);
  ASSERT_TRUE(store.store(batch(1), {7, 1}));
  EXPECT_EQ(meter.idle(), 1U);
  auto reader = pool->take();
  ASSERT_TRUE(reader);
  EXPECT_EQ(meter.active(), 1U);
  const auto refused = pool->take();
  ASSERT_FALSE(refused);
  EXPECT_THAT(refused.error().message, HasSubstr("sqlite: all 2 connections are in use"));
  EXPECT_EQ(meter.waits(), 1U);
  std::move(*reader).give_back();
  EXPECT_EQ(meter.idle(), 2U);
  auto trades = TradeReader::open(*pool, {.symbol = test::symbol("BTC-USD")});
  ASSERT_TRUE(trades);
  EXPECT_EQ(meter.idle(), 2U);
  EXPECT_FALSE(pool->take());  // it keeps what it has until it has read all
  for (auto next = trades->next(); next && *next; next = trades->next()) {
  }
  EXPECT_TRUE(pool->take());
  ASSERT_TRUE(store.open());  // with the reader's
  EXPECT_TRUE(store.store(batch(2), {7, 2}));
}

}  // namespace
}  // namespace tickwitness::store::sqlite
