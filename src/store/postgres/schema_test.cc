#include "store/postgres/schema.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <thread>

#include "store/postgres/postgres_store.h"
#include "store/postgres/test_rows.h"

namespace tickwitness::store::postgres {
namespace {

using test::batch;
using test::query;
using test::server;
using testing::ElementsAre;
using testing::HasSubstr;

constexpr std::string_view kAddNote =
    "CREATE TABLE tickwitness.notes(text text NOT NULL); INSERT INTO tickwitness.notes "
    "SELECT 'trades ' || count(*) FROM tickwitness.trades;";
constexpr std::string_view kFails =
    "CREATE TABLE tickwitness.more(x integer); SELECT * FROM nowhere";
constexpr const char* kVersion = "SELECT version FROM tickwitness.schema_version";

class SchemaTest : public testing::Test {
 protected:
  SinkResult<Cursor> open(const std::vector<std::string_view>& migrations) const {
    PostgresStore store({.database = base::Secret(database_)}, migrations);
    return store.open();
  }
  static std::vector<std::string_view> with(std::initializer_list<std::string_view> more) {
    std::vector<std::string_view> all(all_migrations().begin(), all_migrations().end());
    all.insert(all.end(), more);
    return all;
  }
  std::string database_ = server().trusted(server().make_database());
};

TEST_F(SchemaTest, AnOlderDatabaseIsMigratedAndKeepsWhatItHas) {
  PostgresStore store({.database = base::Secret(database_)});
  ASSERT_TRUE(store.open());
  ASSERT_TRUE(store.store(batch(1), {5, 1}));
  EXPECT_EQ(open(with({kAddNote})), (Cursor{5, 1}));
  EXPECT_THAT(query(database_, kVersion), ElementsAre("2"));
  EXPECT_THAT(query(database_, "SELECT text FROM tickwitness.notes"), ElementsAre("trades 60"));
  EXPECT_EQ(open(with({kAddNote})), (Cursor{5, 1}));
}

TEST_F(SchemaTest, AStepThatFailsLeavesTheOnesBefore) {
  const auto refused = open(with({kAddNote, kFails}));
  ASSERT_FALSE(refused);
  EXPECT_FALSE(refused.error().passing);
  EXPECT_THAT(refused.error().message, HasSubstr("relation \"nowhere\" does not exist"));
  EXPECT_THAT(query(database_, kVersion), ElementsAre("2"));
  EXPECT_THAT(query(database_, "SELECT to_regclass('tickwitness.more')"), ElementsAre("NULL"));
}

TEST_F(SchemaTest, ALaterVersionIsRefusedAndNotTouched) {
  ASSERT_TRUE(open(with({kAddNote})));
  const auto refused = open(with({}));
  ASSERT_FALSE(refused);
  EXPECT_FALSE(refused.error().passing);
  EXPECT_THAT(refused.error().message, HasSubstr("has schema version 2, of a later tickwitness"));
  EXPECT_THAT(query(database_, kVersion), ElementsAre("2"));
}

TEST_F(SchemaTest, OfManyEnginesThatStartAtOnceOneMakesTheTables) {
  std::vector<std::thread> engines;
  std::array<SinkResult<Cursor>, 4> opened;
  for (auto& cursor : opened) {
    engines.emplace_back([&cursor, this] { cursor = open(with({kAddNote})); });
  }
  for (auto& engine : engines) engine.join();
  for (const auto& cursor : opened) EXPECT_EQ(cursor, Cursor{}) << cursor.error().message;
  EXPECT_THAT(query(database_, kVersion), ElementsAre("2"));
}

TEST_F(SchemaTest, TablesOfSomebodyElseAreLeftAlone) {
  query(database_, "CREATE SCHEMA tickwitness; CREATE TABLE tickwitness.trades(url text)");
  const auto refused = open(with({}));
  ASSERT_FALSE(refused);
  EXPECT_FALSE(refused.error().passing);
  EXPECT_THAT(refused.error().message, HasSubstr("relation \"trades\" already exists"));
  EXPECT_THAT(query(database_, "SELECT to_regclass('tickwitness.venues')"), ElementsAre("NULL"));
}

}  // namespace
}  // namespace tickwitness::store::postgres
