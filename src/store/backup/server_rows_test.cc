// Backups of an engine whose rows are on a real PostgreSQL, and their way back into another
// database.
#include "store/backup/server_rows.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <atomic>
#include <filesystem>
#include <fstream>
#include <thread>

#include "base/prng.h"
#include "runtime/temporary_dir.h"
#include "store/backup/engine_for_tests.h"
#include "store/postgres/postgres_store.h"
#include "store/postgres/rows_for_tests.h"
#include "store/postgres/schema.h"

namespace tickwitness::store::backup {
namespace {

namespace fs = std::filesystem;
using postgres::PostgresStore;
using postgres::test::query;
using postgres::test::server;
using test::Engine;
using test::rows_up_to;
using test::value_of;
using testing::AllOf;
using testing::Contains;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::Not;

std::string new_database() {
  return server().trusted(server().make_database());
}

postgres::PostgresSettings settings_of(const std::string& database) {
  return {.database = base::Secret(database)};
}

std::unique_ptr<Sink> store_in(const std::string& database) {
  return std::make_unique<PostgresStore>(settings_of(database));
}

// All that our tables say, table by table.
std::vector<std::string> contents(const std::string& database) {
  std::vector<std::string> all;
  for (const auto table : postgres::kTables) {
    const auto rows = query(
        database, "SELECT t::text FROM tickwitness." + std::string(table) + " t ORDER BY t::text");
    all.push_back(std::string(table));
    all.insert(all.end(), rows.begin(), rows.end());
  }
  return all;
}

std::vector<std::string> trades(const std::string& database) {
  return query(database, "SELECT id || ' ' || price FROM tickwitness.trades ORDER BY id");
}

constexpr const char* kParts =
    "SELECT c.relname FROM pg_inherits i JOIN pg_class c ON c.oid = i.inhrelid "
    "WHERE i.inhparent = 'tickwitness.trades'::regclass ORDER BY 1";

class ServerRows : public testing::Test {
 protected:
  std::string at(const std::string& name) const { return directory_.path() + "/" + name; }
  BackupResult<Made> take(const Progress& progress = nullptr) const {
    return back_up(
        {.data = at("data"), .database = "", .server = settings_of(database_), .program = "1.2.3"},
        at("backup"), test::kNow, progress);
  }
  BackupResult<Made> put_back(const std::string& database) const {
    return restore(at("backup"), {.data = at("back"), .server = settings_of(database)}, nullptr);
  }
  // Nobody asked for a spool here.
  void make_data_directory() const { const Engine engine(at("data")); }

  runtime::TemporaryDirectory directory_ = value_of(runtime::TemporaryDirectory::make());
  std::string database_ = new_database();
};

TEST_F(ServerRows, EveryTableComesBackAsItWas) {
  make_data_directory();
  PostgresStore store(settings_of(database_));
  ASSERT_TRUE(store.open());
  auto ticks = postgres::test::batch(1);
  std::get<market::Trade>(ticks[0].event).exchange_time =
      base::WallTime{};  // long before the first day
  ticks.push_back(postgres::test::tick(
      market::Quote{.symbol = postgres::test::symbol("BTC-USD"), .bid = base::Decimal(1, 4)}));
  ticks.push_back(postgres::test::tick(market::Candle{.symbol = postgres::test::symbol("BTC-USD"),
                                                      .interval_minutes = 1,
                                                      .closed = true,
                                                      .begin = test::kNow,
                                                      .open = base::Decimal(100, 2),
                                                      .high = base::Decimal(300, 2),
                                                      .low = base::Decimal(50, 2),
                                                      .close = base::Decimal(200, 2),
                                                      .volume = base::Decimal(5, 0),
                                                      .trades = 3}));
  const pipeline::GapEntry gap{.id = 3,
                               .symbol = postgres::test::symbol("BTC-USD"),
                               .channel = "trade",
                               .connection = "it's \"odd\",\n\\N",
                               .state = "open",
                               .opened = test::kNow};
  ASSERT_TRUE(store.store(ticks, std::vector{gap}, {postgres::test::kSpool, 7}));
  ASSERT_TRUE(take());
  const std::string other = new_database();
  const auto back = put_back(other);
  ASSERT_TRUE(back) << back.error().message;
  const auto before = contents(database_);
  EXPECT_GT(before.size(), 60 + postgres::kTables.size());
  EXPECT_EQ(contents(other), before);
  // An empty part is made when its day comes.
  EXPECT_THAT(query(other, kParts), ElementsAre("trades_2026_03_01", "trades_before"));

  // Names have the numbers that they had, and new ones get others; what is there is known.
  PostgresStore restored(settings_of(other));
  EXPECT_EQ(restored.open(), (Cursor{postgres::test::kSpool, 7}));
  auto more = postgres::test::batch(1);
  std::get<market::Trade>(more[0].event).exchange_time = base::WallTime{};
  more.push_back(postgres::test::tick(market::Trade{.symbol = postgres::test::symbol("XRP-USD"),
                                                    .id = 1,
                                                    .price = base::Decimal(1, 0),
                                                    .quantity = base::Decimal(1, 0),
                                                    .exchange_time = test::kNow}));
  const auto stored = restored.store(more, {postgres::test::kSpool, 8});
  ASSERT_TRUE(stored) << stored.error().message;
  EXPECT_EQ(stored->inserted, 1U);
  EXPECT_EQ(stored->duplicates, std::uint64_t{postgres::test::kBatch});
}

TEST_F(ServerRows, NoTableIsForgotten) {
  ASSERT_TRUE(PostgresStore(settings_of(database_)).open());
  auto names = query(database_,
                     "SELECT c.relname FROM pg_class c JOIN pg_namespace n ON n.oid = "
                     "c.relnamespace WHERE n.nspname = 'tickwitness' AND c.relkind IN ('r', 'p') "
                     "AND NOT c.relispartition");
  EXPECT_THAT(names, testing::UnorderedElementsAreArray(postgres::kTables));
}

// As of an SQLite file: whatever the engine does between any two steps of a backup.
TEST_F(ServerRows, AtAnyMomentHasEachTradeOnce) {
  Engine engine(at("data"), store_in(database_));
  std::uint64_t accepted = 0;
  base::Prng prng(2);
  const auto act = [&] {
    for (std::uint64_t i = prng.below(4); i > 0; --i) {
      switch (prng.below(4)) {
        case 0:
          engine.store(static_cast<int>(prng.below(8)));
          break;
        case 1:
          engine.start();
          break;
        default:
          engine.accept(++accepted);
      }
    }
  };
  for (int i = 0; i < 10; ++i) {
    act();
    engine.store(i == 0 ? 100 : 0);
    const std::uint64_t before = accepted;
    const auto made = take([&](std::string_view, std::uint64_t, std::uint64_t) { act(); });
    ASSERT_TRUE(made) << made.error().message;
    const std::string other = new_database();
    const auto back = put_back(other);
    ASSERT_TRUE(back) << back.error().message;
    {
      Engine restored(at("back"), store_in(other));
      restored.store(1000);
      const auto rows = trades(other);
      ASSERT_GE(rows.size(), before);
      ASSERT_EQ(rows, rows_up_to(rows.size()));
    }
    fs::remove_all(at("back"));
    fs::remove_all(at("backup"));
  }
  EXPECT_GT(accepted, 20U);
}

// Somebody stores without a pause: rows and cursor are those of one transaction all the same.
TEST_F(ServerRows, IsOfOneMoment) {
  make_data_directory();
  PostgresStore store(settings_of(database_));
  ASSERT_TRUE(store.open());
  ASSERT_TRUE(store.store(postgres::test::batch(1), {postgres::test::kSpool, 1}));
  std::atomic<bool> enough = false;
  std::uint64_t last = 1;
  std::thread writer([&] {
    while (!enough.load()) {
      ++last;
      if (!store.store(postgres::test::batch(last), {postgres::test::kSpool, last})) return;
    }
  });
  std::vector<std::string> databases;
  for (int i = 0; i < 3; ++i) {
    const auto made = take();
    databases.push_back(new_database());
    const auto back = made ? put_back(databases.back()) : std::unexpected(made.error());
    EXPECT_TRUE(back) << back.error().message;
    fs::remove_all(at("back"));
    fs::remove_all(at("backup"));
  }
  enough = true;
  writer.join();
  EXPECT_GT(last, 3U);
  for (const auto& database : databases) {
    const auto lsn = query(database, "SELECT lsn FROM tickwitness.sink_cursor");
    ASSERT_EQ(lsn.size(), 1U);
    EXPECT_EQ(postgres::test::stored_trades(database),
              postgres::test::rows_of_batches(std::stoull(lsn[0])));
  }
}

TEST_F(ServerRows, OfAnEarlierVersionTheyAreThatVersionAgain) {
  make_data_directory();
  {
    PostgresStore old(settings_of(database_), postgres::all_migrations().first(1));
    ASSERT_TRUE(old.open());
    query(database_, "UPDATE tickwitness.sink_cursor SET spool = 5, lsn = 7");
  }
  ASSERT_TRUE(take());
  const std::string other = new_database();
  const auto back = put_back(other);
  ASSERT_TRUE(back) << back.error().message;
  EXPECT_THAT(query(other, "SELECT version FROM tickwitness.schema_version"), ElementsAre("1"));
  EXPECT_THAT(query(other, "SELECT id, spool, lsn FROM tickwitness.sink_cursor"),
              ElementsAre("1|5|7"));
  EXPECT_EQ(PostgresStore(settings_of(other)).open(), (Cursor{5, 7}));
}

TEST_F(ServerRows, WhatIsThereIsNotTouchedAndNothingHalfAppears) {
  {
    Engine engine(at("data"), store_in(database_));
    engine.accept(1);
    engine.store(1);
    ASSERT_TRUE(take());
  }
  const auto before = contents(database_);
  const auto taken = put_back(database_);
  ASSERT_FALSE(taken);
  EXPECT_EQ(taken.error().fault, Fault::target);
  EXPECT_THAT(taken.error().message, HasSubstr("has tables of tickwitness already"));
  EXPECT_EQ(contents(database_), before);

  const std::string other = new_database();
  std::ofstream(at("backup/quotes.csv"), std::ios::app) << "1,2,3,,,,\n";
  const auto damaged = put_back(other);
  ASSERT_FALSE(damaged);
  EXPECT_EQ(damaged.error().fault, Fault::damaged);
  EXPECT_THAT(damaged.error().message, AllOf(HasSubstr("quotes.csv: is not what it was"),
                                             HasSubstr("nothing was restored")));
  EXPECT_THAT(query(other, "SELECT to_regnamespace('tickwitness')"), ElementsAre("NULL"));
  EXPECT_FALSE(fs::exists(at("back")));
}

TEST_F(ServerRows, WhatTheServerRefusesIsTakenBackAsAWhole) {
  make_data_directory();
  ASSERT_TRUE(PostgresStore(settings_of(database_)).open());
  // Of a day of which the engine knows nothing: it has no part.
  query(database_,
        "CREATE TABLE tickwitness.trades_1970(LIKE tickwitness.trades);"
        "ALTER TABLE tickwitness.trades ATTACH PARTITION tickwitness.trades_1970 "
        "FOR VALUES FROM (0) TO (100); INSERT INTO tickwitness.trades "
        "VALUES(1, 5, 6, 1, 1, false, 'buy', NULL, 'live', 1, 1)");
  ASSERT_TRUE(take());
  const std::string other = new_database();
  const auto refused = put_back(other);
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().fault, Fault::target);
  EXPECT_THAT(refused.error().message, HasSubstr("no partition of relation \"trades\" found"));
  EXPECT_THAT(query(other, "SELECT to_regnamespace('tickwitness')"), ElementsAre("NULL"));
  EXPECT_FALSE(fs::exists(at("back")));
}

TEST_F(ServerRows, WhatIsNotOursStaysAsItIs) {
  make_data_directory();
  ASSERT_TRUE(PostgresStore(settings_of(database_)).open());
  ASSERT_TRUE(take());
  const std::string other = new_database();
  query(other,
        "CREATE SCHEMA tickwitness; CREATE TABLE tickwitness.\"Daily report\" AS SELECT 7 AS sum;"
        "CREATE TABLE tickwitness.trades_2026_02_01 AS SELECT 8 AS id");
  const auto back = put_back(other);
  ASSERT_TRUE(back) << back.error().message;
  EXPECT_THAT(query(other, "SELECT * FROM tickwitness.\"Daily report\""), ElementsAre("7"));
  EXPECT_THAT(query(other, "SELECT * FROM tickwitness.trades_2026_02_01"), ElementsAre("8"));
}

TEST_F(ServerRows, WithoutATableItIsNoBackup) {
  make_data_directory();
  ASSERT_TRUE(PostgresStore(settings_of(database_)).open());
  auto manifest = value_of(take()).manifest;
  std::erase_if(manifest.files, [](const FileSum& file) { return file.name == "gaps.csv"; });
  std::ofstream(at("backup/manifest")) << format_manifest(manifest);
  const auto back = put_back(new_database());
  ASSERT_FALSE(back);
  EXPECT_EQ(back.error().fault, Fault::damaged);
  EXPECT_THAT(back.error().message, HasSubstr("has no gaps.csv"));
}

// In the middle of a table that is larger than what is on its way at once.
TEST_F(ServerRows, WhatIsNotWholeIsNone) {
  make_data_directory();
  ASSERT_TRUE(PostgresStore(settings_of(database_)).open());
  query(database_,
        "INSERT INTO tickwitness.quotes SELECT g, 1, 1, 64000.1, 1, 64000.2, 1 "
        "FROM generate_series(1, 400000) g");
  const auto without_end = [this](std::string_view what, std::uint64_t, std::uint64_t) {
    if (what == "quotes.csv")
      query(database_,
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE "
            "application_name = 'tickwitness' AND datname = current_database()");
  };
  const auto cut = take(without_end);
  ASSERT_FALSE(cut);
  EXPECT_EQ(cut.error().fault, Fault::source);
  EXPECT_FALSE(fs::exists(at("backup")));

  const Source source{
      .data = at("data"), .database = "", .server = settings_of(database_), .program = "1"};
  std::stop_source stop;
  Source stopped = source;
  stopped.stop = stop.get_token();
  const auto halfway = back_up(stopped, at("backup"), test::kNow,
                               [&](std::string_view what, std::uint64_t, std::uint64_t) {
                                 if (what == "quotes.csv") stop.request_stop();
                               });
  ASSERT_FALSE(halfway);
  EXPECT_THAT(halfway.error().message, HasSubstr("stopped"));
  Source roomy = source;
  roomy.keep_free = std::uint64_t{1} << 60;
  const auto full = back_up(roomy, at("backup"), test::kNow, nullptr);
  ASSERT_FALSE(full);
  EXPECT_EQ(full.error().fault, Fault::target);
  EXPECT_THAT(full.error().message, HasSubstr("of which 1152921504606846976 must stay so"));
  EXPECT_FALSE(fs::exists(at("backup")));
}

TEST_F(ServerRows, WhereTheyGoMustBeSaid) {
  {
    Engine engine(at("data"), store_in(database_));
    engine.accept(1);
    engine.store(1);
    ASSERT_TRUE(take());
  }
  const auto silent = restore(at("backup"), {.data = at("back")}, nullptr);
  ASSERT_FALSE(silent);
  EXPECT_THAT(silent.error().message, HasSubstr("--database"));
  const auto left = restore(at("backup"), {.data = at("back"), .rows = false}, nullptr);
  ASSERT_TRUE(left) << left.error().message;
  Engine again(at("back"), store_in(database_));  // the server has them still
  again.accept(2);
  again.store(10);
  EXPECT_EQ(trades(database_), rows_up_to(2));

  fs::remove_all(at("backup"));
  ASSERT_TRUE(back_up({.data = at("data"), .database = "", .program = "1"}, at("backup"),
                      test::kNow, nullptr));
  fs::remove_all(at("back"));
  const auto none = put_back(new_database());
  ASSERT_FALSE(none);
  EXPECT_THAT(none.error().message, HasSubstr("has no rows of a PostgreSQL"));
}

TEST_F(ServerRows, AServerThatIsNotThereIsSaid) {
  make_data_directory();
  database_ = "host=" + server().directory() + " port=1 user=postgres dbname=nowhere";
  const auto made = take();
  ASSERT_FALSE(made);
  EXPECT_EQ(made.error().fault, Fault::source);
  EXPECT_THAT(made.error().message, HasSubstr("cannot connect"));
  database_ = new_database();
  const auto empty = take();
  ASSERT_FALSE(empty);
  EXPECT_THAT(empty.error().message, HasSubstr("no engine has stored anything here"));
  EXPECT_FALSE(fs::exists(at("backup")));
}

TEST(ServerVersion, IsANumberThatIsKnown) {
  EXPECT_EQ(postgres::version_in("version\n1\n"), 1);
  for (const char* const text : {"", "version", "version\n", "version\n0\n", "version\n-1\n",
                                 "version\n1", "version\n1\n2\n", "version\n1 \n", "other\n1\n",
                                 "version\n99\n", "version\n99999999999999999999\n"})
    EXPECT_EQ(postgres::version_in(text), 0) << text;
}

}  // namespace
}  // namespace tickwitness::store::backup
