#include "store/sqlite/schema.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <sstream>

#include "store/sqlite/rows_for_tests.h"
#include "store/sqlite/sqlite_store.h"
#include "store/sqlite/trade_reader.h"

namespace tickwitness::store::sqlite {
namespace {

using test::batch;
using test::kNow;
using test::query;
using testing::ElementsAre;
using testing::HasSubstr;

constexpr const char* kShape = "SELECT type, name, sql FROM sqlite_master ORDER BY name";
constexpr std::string_view kAddNote =
    "CREATE TABLE notes(text TEXT NOT NULL); INSERT INTO notes SELECT 'trades ' || count(*) FROM "
    "trades;";
constexpr std::string_view kFails = "CREATE TABLE more(x); INSERT INTO nowhere VALUES(1);";

// Of the last version, and of one more.
std::string last_version(int more = 0) {
  return std::to_string(all_migrations().size() + static_cast<std::size_t>(more));
}

class SchemaTest : public testing::Test {
 protected:
  // A file of version 1, as the first release made it and with what it stored.
  void make_version_1() {
    std::stringstream text;
    text << std::ifstream(TW_SOURCE_DIR "/src/store/sqlite/testdata/version_1.sql").rdbuf();
    std::ofstream(path_).close();
    query(path_, text.str());
  }
  SinkResult<Cursor> open(const std::vector<std::string_view>& migrations) {
    SqliteStore store({.path = path_}, migrations);
    auto cursor = store.open();
    backup_ = store.saved();
    return cursor;
  }
  static std::vector<std::string_view> with(std::string_view more) {
    std::vector<std::string_view> all(all_migrations().begin(), all_migrations().end());
    all.push_back(more);
    return all;
  }
  std::vector<std::string> files() const {
    std::vector<std::string> names;
    for (const auto& entry : std::filesystem::directory_iterator(directory_.path())) {
      names.push_back(entry.path().filename());
    }
    std::ranges::sort(names);
    return names;
  }

  runtime::TemporaryDirectory directory_ = test::make_directory();
  std::string path_ = directory_.path() + "/store.db";
  std::optional<std::string> backup_;
};

TEST_F(SchemaTest, AFileOfVersion1IsOpenedAndRead) {
  make_version_1();
  SqliteStore store({.path = path_});
  EXPECT_EQ(store.open(), (Cursor{0xfedcba9876543210, 4294967297}));
  auto reader = TradeReader::open(path_, {.symbol = test::symbol("BTC-USD")});
  ASSERT_TRUE(reader);
  const auto first = reader->next();
  ASSERT_TRUE(first && *first);
  EXPECT_EQ(test::row(**first),
            "kraken|BTC-USD|7|buy|limit|64000.10|0.50000000|1772323200007000000|"
            "1772323200257000000|live|0");
  const auto second = reader->next();
  ASSERT_TRUE(second && *second);
  EXPECT_EQ(test::row(**second),
            "binance|BTC-USD|3|sell|NULL|63999|1|1772323200008000000|1772323200258000000|rest|1");
  EXPECT_EQ(*reader->next(), std::nullopt);
  const auto again = store.store(std::vector{**first, **second}, {1, 1});
  ASSERT_TRUE(again);
  EXPECT_EQ(again->duplicates, 2U);
}

TEST_F(SchemaTest, AnOldFileHasTheShapeOfANewOne) {
  make_version_1();
  ASSERT_TRUE(SqliteStore({.path = path_}).open());
  const std::string fresh = directory_.path() + "/fresh.db";
  ASSERT_TRUE(SqliteStore({.path = fresh}).open());
  EXPECT_EQ(query(path_, kShape), query(fresh, kShape));
  EXPECT_THAT(query(fresh, "SELECT version FROM schema_version"),
              ElementsAre(std::to_string(all_migrations().size())));
}

TEST_F(SchemaTest, TheCurrentVersionIsLeftAsItIs) {
  ASSERT_TRUE(open({all_migrations().begin(), all_migrations().end()}));
  EXPECT_FALSE(backup_);
  ASSERT_TRUE(open({all_migrations().begin(), all_migrations().end()}));
  EXPECT_FALSE(backup_);
  EXPECT_THAT(files(), ElementsAre("store.db"));
}

TEST_F(SchemaTest, AnOlderFileIsSavedAndThenMigrated) {
  ASSERT_TRUE(SqliteStore({.path = path_}).open());
  {
    SqliteStore store({.path = path_});
    ASSERT_TRUE(store.open());
    ASSERT_TRUE(store.store(batch(1), {5, 1}));
    EXPECT_EQ(open(with(kAddNote)), (Cursor{5, 1}));  // beside it: its log is not in the file yet
  }
  EXPECT_THAT(query(path_, "SELECT text, version FROM notes, schema_version"),
              ElementsAre("trades 60|" + last_version(1)));
  ASSERT_EQ(backup_, path_ + ".backup-schema-" + last_version());
  EXPECT_THAT(query(*backup_, "SELECT version, count(*) FROM schema_version, trades"),
              ElementsAre(last_version() + "|60"));
  EXPECT_THAT(query(*backup_, "PRAGMA integrity_check"), ElementsAre("ok"));
  EXPECT_THAT(files(), ElementsAre("store.db", "store.db.backup-schema-" + last_version()));
  SqliteStore restored({.path = *backup_});
  EXPECT_EQ(restored.open(), (Cursor{5, 1}));
}

TEST_F(SchemaTest, AMigrationThatFailsLeavesTheFileAndTheBackup) {
  ASSERT_TRUE(SqliteStore({.path = path_}).open());
  const auto before = query(path_, kShape);
  auto migrations = with(kAddNote);
  migrations.push_back(kFails);
  for (const char* backup : {"", "-2", "-3"}) {
    const auto cursor = open(migrations);
    ASSERT_FALSE(cursor);
    EXPECT_FALSE(cursor.error().passing);
    EXPECT_THAT(cursor.error().message, HasSubstr("no such table: nowhere"));
    EXPECT_EQ(query(path_, kShape), before);
    EXPECT_THAT(query(path_, "SELECT version FROM schema_version"), ElementsAre(last_version()));
    EXPECT_EQ(query(path_ + ".backup-schema-" + last_version() + backup, kShape), before);
  }
}

TEST_F(SchemaTest, AnUnfinishedBackupIsNoneAndDoesNotHinderTheNext) {
  ASSERT_TRUE(SqliteStore({.path = path_}).open());
  std::filesystem::copy_file(path_, path_ + ".backup.new");
  query(path_ + ".backup.new", "DROP TABLE trades");
  ASSERT_TRUE(open(with(kAddNote)));
  EXPECT_THAT(query(*backup_, "SELECT count(*) FROM trades"), ElementsAre("0"));
  EXPECT_THAT(files(), ElementsAre("store.db", "store.db.backup-schema-" + last_version()));
}

TEST_F(SchemaTest, WithoutABackupNothingIsMigrated) {
  ASSERT_TRUE(SqliteStore({.path = path_}).open());
  std::filesystem::create_directory(path_ + ".backup.new");
  EXPECT_FALSE(open(with(kAddNote)));
  EXPECT_THAT(query(path_, "SELECT version FROM schema_version"), ElementsAre(last_version()));
}

TEST_F(SchemaTest, ALaterVersionIsRefusedAndNotTouched) {
  ASSERT_TRUE(open(with(kAddNote)));
  query(path_, "PRAGMA journal_mode=DELETE");
  const auto cursor = open({all_migrations().begin(), all_migrations().end()});
  ASSERT_FALSE(cursor);
  EXPECT_FALSE(cursor.error().passing);
  EXPECT_THAT(cursor.error().message,
              HasSubstr("has schema version " + last_version(1) + ", of a later tickwitness"));
  EXPECT_THAT(query(path_, "PRAGMA journal_mode"), ElementsAre("delete"));
}

TEST_F(SchemaTest, ADatabaseOfSomebodyElseIsRefused) {
  std::ofstream(path_).close();
  query(path_, "CREATE TABLE bookmarks(url TEXT)");
  const auto cursor = open({all_migrations().begin(), all_migrations().end()});
  ASSERT_FALSE(cursor);
  EXPECT_FALSE(cursor.error().passing);
  EXPECT_THAT(cursor.error().message, HasSubstr("is a database of another program"));
  EXPECT_THAT(query(path_, "SELECT name FROM sqlite_master"), ElementsAre("bookmarks"));
}

}  // namespace
}  // namespace tickwitness::store::sqlite
