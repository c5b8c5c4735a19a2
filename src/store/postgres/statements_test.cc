// What is told of statements and connections is what the server says of them.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <thread>
#include <utility>

#include "runtime/clock.h"
#include "store/batch/meter_for_tests.h"
#include "store/postgres/history.h"
#include "store/postgres/locks.h"
#include "store/postgres/postgres_store.h"
#include "store/postgres/rows_for_tests.h"
#include "store/postgres/test_proxy.h"

namespace tickwitness::store::postgres {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;
using test::batch;
using test::query;
using test::Ran;
using test::server;
using test::TestMeter;
using test::TestProxy;
using testing::ElementsAre;

class StatementsTest : public testing::Test {
 protected:
  StatementsTest() {
    query(trusted_,
          "CREATE EXTENSION pg_stat_statements; DO $$ BEGIN CREATE USER counted SUPERUSER PASSWORD "
          "'x'; EXCEPTION WHEN duplicate_object THEN NULL; END $$");
  }
  // As a user whom nobody else is.
  PostgresSettings settings(const std::string& port, TestMeter& meter) const {
    return {.database = base::Secret("host=127.0.0.1 sslmode=disable gssencmode=disable port=" +
                                     port + " user=counted password=x dbname=" + name_),
            .meter = &meter};
  }
  // Each kind of batch there is.
  static void store_all(PostgresStore& store) {
    ASSERT_TRUE(store.open());
    ASSERT_TRUE(store.store(batch(1), {7, 1}));
    ASSERT_TRUE(store.store(batch(2), {7, 2}));
    ASSERT_TRUE(store.store(batch(1), {7, 3}));  // known, by the part's key
    ASSERT_TRUE(store.store(batch(3), {7, 4}));
    auto later = test::trade(1'000'000);
    later.exchange_time += std::chrono::hours(48);
    const market::Quote quote{.symbol = later.symbol, .bid = later.price};
    const market::Candle candle{.symbol = later.symbol, .interval_minutes = 1, .closed = true};
    ASSERT_TRUE(
        store.store(std::vector{test::tick(later), test::tick(quote), test::tick(candle)}, {7, 5}));
    ASSERT_TRUE(store.store(batch(4), {7, 6}));  // ids around which another day has some
    ASSERT_TRUE(store.store({}, {7, 7}));
    ASSERT_EQ(store.cursor(7), (Cursor{7, 7}));
    ASSERT_EQ(store.forget_quotes(test::kNow + seconds(1), 10), 1U);
  }

  std::string name_ = server().make_database();
  std::string trusted_ = server().trusted(name_);
};

// Of the user's statements: kind, table, how many ended well, and for how long the server was at
// it.
constexpr const char* kCounted = R"sql(
WITH said AS (SELECT btrim(query, E' \n') AS text, calls, total_exec_time FROM pg_stat_statements
  JOIN pg_user ON usesysid = userid WHERE usename = 'counted'
  AND dbid = (SELECT oid FROM pg_database WHERE datname = current_database()))
SELECT upper(substring(text FROM '^\w+')),
  regexp_replace(coalesce(substring(text FROM 'tickwitness\.(\w+)'),
    CASE WHEN text ~ 'FROM pg_' THEN 'catalog' ELSE 'none' END), '^trades_.*', 'trades'),
  sum(calls), floor(sum(total_exec_time) * 1000000)::bigint
FROM said GROUP BY 1, 2)sql";

std::map<TestMeter::Key, Ran> counted(const std::string& database) {
  const std::map<std::string, Operation> operations = {
      {"SELECT", Operation::select}, {"INSERT", Operation::insert}, {"UPDATE", Operation::update},
      {"DELETE", Operation::remove}, {"COPY", Operation::copy},     {"CREATE", Operation::ddl},
      {"ALTER", Operation::ddl},     {"COMMIT", Operation::commit}};
  std::map<TestMeter::Key, Ran> all;
  for (const auto& row : query(database, kCounted)) {
    std::vector<std::string> columns(4);
    std::istringstream text(row);
    for (auto& column : columns) std::getline(text, column, '|');
    const auto known = operations.find(columns[0]);
    const bool other = known == operations.end();
    const bool schema =
        columns[1] == "schema_version" || (!other && known->second == Operation::ddl);
    auto& one = all[{other ? Operation::other : known->second, other    ? "none"
                                                               : schema ? "schema"
                                                                        : columns[1]}];
    one.good += std::stoull(columns[2]);
    one.took += base::Duration(std::stoll(columns[3]));
  }
  return all;
}

TEST_F(StatementsTest, AreThoseThatTheServerCounts) {
  TestMeter meter([] { return runtime::SystemClock().now().mono; });
  PostgresStore store(settings(server().port(), meter));
  store_all(store);
  const auto told = meter.all();
  const auto truth = counted(trusted_);
  EXPECT_GE(truth.size(), 20U);
  for (const auto& [key, ran] : truth) {
    const auto found = told.find(key);
    const auto what = key.second + " " + std::to_string(static_cast<int>(key.first));
    ASSERT_NE(found, told.end()) << what;
    EXPECT_EQ(found->second.good, ran.good) << what;
    EXPECT_GE(found->second.took, ran.took) << what;
  }
  for (const auto& [key, ran] : told) {
    EXPECT_TRUE(ran.good == 0 || truth.contains(key)) << key.second;
  }
  // The part's key refused one COPY, and the server counts what ends well.
  EXPECT_EQ(meter.ran(Operation::copy, "trades").bad, 1U);
}

// Each answer with one of these words takes a second to come.
TEST_F(StatementsTest, TakeAsLongAsTheirAnswersDo) {
  TestMeter meter;
  for (const auto& [tag, operation, table] : {std::tuple("COMMIT", Operation::commit, "none"),
                                              std::tuple("COPY 60", Operation::copy, "trades")}) {
    std::atomic<int> slow = 0;
    TestProxy proxy(server().port_number(), [&, word = std::string(tag)](auto way, auto bytes) {
      if (way == TestProxy::Way::to_client && bytes.find(word) != std::string_view::npos) {
        meter.pass(seconds(1));
        ++slow;
      }
      return true;
    });
    const auto before = meter.all();
    {
      PostgresStore store(settings(proxy.port(), meter));
      store_all(store);
    }
    EXPECT_GE(slow, 3) << tag;
    for (const auto& [key, ran] : meter.all()) {
      const auto found = before.find(key);
      const auto took = ran.took - (found == before.end() ? base::Duration{} : found->second.took);
      const bool is_slow = key == TestMeter::Key(operation, table);
      EXPECT_EQ(took, seconds(is_slow ? slow.load() : 0)) << tag << " " << key.second;
    }
    query(trusted_, "DROP SCHEMA tickwitness CASCADE");
  }
}

TEST_F(StatementsTest, WhatAPageAsksIsCountedAndUsesThePool) {
  TestMeter meter;
  const auto pool = make_pool(settings(server().port(), meter));
  PostgresStore store(*pool);
  ASSERT_TRUE(store.open());
  ASSERT_TRUE(store.store(batch(1), {7, 1}));
  const auto before = meter.ran(Operation::select, "trades");
  const pipeline::HistoryQuery query{.symbol = test::symbol("BTC-USD")};
  const auto read = [&](Connection& connection) { return read_history(connection, query); };
  EXPECT_TRUE(pool->with(read));
  EXPECT_GT(meter.ran(Operation::select, "trades").good, before.good);
  EXPECT_EQ(meter.active(), 0U);
  EXPECT_EQ(meter.idle(), 2U);  // the store's, and one for whoever reads next
  EXPECT_TRUE(pool->with(read));
  EXPECT_EQ(meter.idle(), 2U);
}

TEST_F(StatementsTest, OneThatFailsIsCountedAsThat) {
  TestMeter meter;
  auto connection = Connection::open(settings(server().port(), meter));
  ASSERT_TRUE(connection);
  EXPECT_FALSE(connection->run("SELECT 1; SELECT x FROM nowhere; SELECT 2"));
  EXPECT_EQ(meter.ran(Operation::select, "nowhere").bad, 1U);
  EXPECT_EQ(meter.ran(Operation::select, "nowhere").good, 0U);
  EXPECT_EQ(meter.ran(Operation::select, "none").good, 2U);  // and one when it was set up
  // One whose server is gone.
  ASSERT_TRUE(
      connection->run("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE "
                      "pid <> pg_backend_pid() AND datname = current_database()"));
  query(server().trusted("postgres"),
        "SELECT pg_terminate_backend(pid, 5000) FROM pg_stat_activity WHERE datname = '" + name_ +
            "'");
  EXPECT_FALSE(connection->healthy());
  EXPECT_FALSE(connection->run("COMMIT"));
  EXPECT_EQ(meter.ran(Operation::commit, "none").bad, 1U);
}

TEST_F(StatementsTest, ConnectionsAreThoseThatTheServerHas) {
  TestMeter meter;
  const auto pool =
      make_pool(settings(server().port(), meter), {.most = 2, .wait = milliseconds(1)});
  const auto in_state = [&](const char* state) {
    return query(server().trusted("postgres"),
                 "SELECT count(*) FROM pg_stat_activity WHERE datname = '" + name_ +
                     "' AND application_name = 'tickwitness' AND state = '" + state + "'");
  };
  EXPECT_THAT(in_state("idle"), ElementsAre("0"));  // opened when it is needed
  PostgresStore store(*pool);
  ASSERT_TRUE(store.open());
  EXPECT_THAT(in_state("idle"), ElementsAre("1"));
  EXPECT_EQ(meter.idle(), 1U);
  EXPECT_EQ(meter.active(), 0U);
  auto reader = pool->take();
  ASSERT_TRUE(reader);
  EXPECT_EQ(meter.active(), 1U);
  EXPECT_THAT(in_state("idle"), ElementsAre("2"));
  EXPECT_FALSE(pool->take());
  EXPECT_EQ(meter.waits(), 1U);
  // While another one stores, the store is at work.
  ASSERT_TRUE((*reader)->run("BEGIN; SELECT pg_advisory_xact_lock(" +
                             std::to_string(std::to_underlying(Lock::store)) + ")"));
  std::thread stores([&] { EXPECT_TRUE(store.store(batch(1), {7, 1})); });
  while (in_state("active") != test::Rows{"1"}) {
  }
  EXPECT_EQ(meter.active(), 2U);
  EXPECT_EQ(meter.idle(), 0U);
  EXPECT_TRUE((*reader)->run("COMMIT"));
  stores.join();
  std::move(*reader).give_back();
  EXPECT_EQ(meter.active(), 0U);
  EXPECT_EQ(meter.idle(), 2U);
  EXPECT_THAT(in_state("idle"), ElementsAre("2"));
}

TEST_F(StatementsTest, AConnectionThatEndedWhileNobodyUsedItIsReplaced) {
  TestMeter meter;
  const auto pool = make_pool(settings(server().port(), meter), {.most = 1});
  auto first = pool->take();
  ASSERT_TRUE(first);
  std::move(*first).give_back();
  query(server().trusted("postgres"),
        "SELECT pg_terminate_backend(pid, 5000) FROM pg_stat_activity WHERE datname = '" + name_ +
            "'");
  auto second = pool->take();
  ASSERT_TRUE(second);
  EXPECT_TRUE((*second)->run("SELECT 1"));
}

}  // namespace
}  // namespace tickwitness::store::postgres
