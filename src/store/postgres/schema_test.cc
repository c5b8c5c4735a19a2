#include "store/postgres/schema.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <thread>

#include "store/postgres/postgres_store.h"
#include "store/postgres/rows_for_tests.h"

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
// Of the last version, and of one more.
std::string last_version(int more = 0) {
  return std::to_string(all_migrations().size() + static_cast<std::size_t>(more));
}
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
  EXPECT_THAT(query(database_, kVersion), ElementsAre(last_version(1)));
  EXPECT_THAT(query(database_, "SELECT text FROM tickwitness.notes"), ElementsAre("trades 60"));
  EXPECT_EQ(open(with({kAddNote})), (Cursor{5, 1}));
}

TEST_F(SchemaTest, TheOnlyCursorOfVersion1IsKept) {
  const auto version_1 = all_migrations().first(1);
  for (const char* const set : {"spool = 0, lsn = 0", "spool = -5, lsn = 7"}) {
    PostgresStore old({.database = base::Secret(database_)}, version_1);
    ASSERT_TRUE(old.open());
    query(database_, std::string("UPDATE tickwitness.sink_cursor SET ") + set);
    const Cursor kept =
        std::string_view(set).starts_with("spool = 0") ? Cursor{} : Cursor{std::uint64_t{0} - 5, 7};
    EXPECT_EQ(open(with({})), kept);
    database_ = server().trusted(server().make_database());
  }
}

TEST_F(SchemaTest, AStepThatFailsLeavesTheOnesBefore) {
  const auto refused = open(with({kAddNote, kFails}));
  ASSERT_FALSE(refused);
  EXPECT_FALSE(refused.error().passing);
  EXPECT_THAT(refused.error().message, HasSubstr("relation \"nowhere\" does not exist"));
  EXPECT_THAT(query(database_, kVersion), ElementsAre(last_version(1)));
  EXPECT_THAT(query(database_, "SELECT to_regclass('tickwitness.more')"), ElementsAre("NULL"));
}

TEST_F(SchemaTest, WhatThereIsIsSavedBeforeItIsChanged) {
  std::vector<std::string> saved;
  bool can_be_saved = false;
  const auto save = [&](int version) -> SinkResult<std::string> {
    if (!can_be_saved) return sink_fail("the disk is full", true);
    saved.push_back(std::to_string(version) + ": trades " +
                    query(database_, "SELECT count(*) FROM tickwitness.trades").at(0));
    return "place";
  };
  const auto more = with({kAddNote, kFails});
  {
    PostgresStore made({.database = base::Secret(database_)}, all_migrations(), save);
    ASSERT_TRUE(made.open()) << "a new database has nothing to be saved";
    ASSERT_TRUE(made.store(batch(1), {5, 1}));
    EXPECT_EQ(made.saved(), std::nullopt);
  }
  PostgresStore store({.database = base::Secret(database_)}, more, save);
  const auto refused = store.open();
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().message, "the disk is full");
  EXPECT_THAT(query(database_, kVersion), ElementsAre(last_version())) << "not changed";
  can_be_saved = true;
  EXPECT_FALSE(store.open());  // the second step fails
  EXPECT_FALSE(store.open());
  EXPECT_THAT(saved, ElementsAre(last_version() + ": trades 60")) << "once";
  EXPECT_EQ(store.saved(), "place");
}

TEST_F(SchemaTest, ALaterVersionIsRefusedAndNotTouched) {
  ASSERT_TRUE(open(with({kAddNote})));
  const auto refused = open(with({}));
  ASSERT_FALSE(refused);
  EXPECT_FALSE(refused.error().passing);
  EXPECT_THAT(refused.error().message,
              HasSubstr("has schema version " + last_version(1) + ", of a later tickwitness"));
  EXPECT_THAT(query(database_, kVersion), ElementsAre(last_version(1)));
}

TEST_F(SchemaTest, OfManyEnginesThatStartAtOnceOneMakesTheTables) {
  std::vector<std::thread> engines;
  std::array<SinkResult<Cursor>, 4> opened;
  for (auto& cursor : opened) {
    engines.emplace_back([&cursor, this] { cursor = open(with({kAddNote})); });
  }
  for (auto& engine : engines) engine.join();
  for (const auto& cursor : opened) EXPECT_EQ(cursor, Cursor{}) << cursor.error().message;
  EXPECT_THAT(query(database_, kVersion), ElementsAre(last_version(1)));
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
