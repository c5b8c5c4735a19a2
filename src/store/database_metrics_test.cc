#include "store/database_metrics.h"

#include <gtest/gtest.h>

#include "runtime/test_executor.h"
#include "telemetry/test_read.h"

namespace tickwitness::store {
namespace {

using namespace std::chrono_literals;
using telemetry::test::read;

class DatabaseMetricsTest : public testing::Test {
 protected:
  DatabaseMetricsTest() { meter_.show(metrics_); }
  double queries(std::string_view operation, std::string_view table, std::string_view result) {
    return read(registry_, "tickwitness_db_queries_total",
                {{"operation", operation}, {"table", table}, {"result", result}})
        .value_or(-1);
  }

  runtime::test::HandExecutor executor_;
  telemetry::Registry registry_;
  telemetry::Catalog metrics_{registry_};
  DatabaseMetrics meter_{executor_.clock()};
};

TEST_F(DatabaseMetricsTest, EachKindOfStatementHasASeries) {
  meter_.of(Operation::insert, "trades").ended(2ms, true);
  meter_.of(Operation::insert, "trades").ended(3ms, true);
  meter_.of(Operation::insert, "trades").ended(20ms, false);
  meter_.of(Operation::remove, "quotes").ended(1ms, true);
  EXPECT_EQ(queries("insert", "trades", "success"), 2);
  EXPECT_EQ(queries("insert", "trades", "failure"), 1);
  EXPECT_EQ(queries("delete", "quotes", "success"), 1);
  EXPECT_EQ(queries("delete", "quotes", "failure"), 0);
  EXPECT_EQ(queries("copy", "trades", "success"), -1);
  EXPECT_EQ(read(registry_, "tickwitness_db_query_duration_seconds",
                 {{"operation", "insert"}, {"table", "trades"}}),
            3);
}

TEST_F(DatabaseMetricsTest, EveryOperationHasAWord) {
  const std::pair<Operation, const char*> words[] = {
      {Operation::select, "select"}, {Operation::insert, "insert"}, {Operation::update, "update"},
      {Operation::remove, "delete"}, {Operation::ddl, "ddl"},       {Operation::copy, "copy"},
      {Operation::commit, "commit"}, {Operation::other, "other"}};
  for (const auto& [operation, word] : words) {
    meter_.of(operation, "none").ended(1ms, true);
    EXPECT_EQ(queries(word, "none", "success"), 1) << word;
  }
}

TEST_F(DatabaseMetricsTest, ConnectionsOfAPool) {
  const auto value = [&](const char* name) {
    return read(registry_, name, {{"pool", "sqlite"}}).value_or(-1);
  };
  EXPECT_EQ(value("tickwitness_db_connections_active"), -1);
  meter_.connections("sqlite", 1, 2);
  EXPECT_EQ(value("tickwitness_db_connections_active"), 1);
  EXPECT_EQ(value("tickwitness_db_connections_idle"), 2);
  EXPECT_EQ(value("tickwitness_db_pool_waits_total"), 0);
  meter_.waits("sqlite");
  EXPECT_EQ(value("tickwitness_db_pool_waits_total"), 1);
}

}  // namespace
}  // namespace tickwitness::store
