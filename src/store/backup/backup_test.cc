// Backups of a data directory that is in use, and their way back: real files, a spool and a
// database that are driven by hand.
#include "store/backup/backup.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sqlite3.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <sstream>

#include "base/prng.h"
#include "runtime/data_dir.h"
#include "runtime/posix_disk.h"
#include "runtime/temporary_dir.h"
#include "store/backup/engine_for_tests.h"
#include "store/spool/spool.h"
#include "store/sqlite/sqlite_store.h"

namespace tickwitness::store::backup {
namespace {

namespace fs = std::filesystem;
using test::Engine;
using test::kNow;
using test::rows_up_to;
using test::trade;
using test::value_of;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;

// By SQL of its own: "id price".
std::vector<std::string> rows(const std::string& data) {
  std::vector<std::string> all;
  sqlite3* handle = nullptr;
  sqlite3_open_v2((data + "/market.sqlite").c_str(), &handle, SQLITE_OPEN_READWRITE, nullptr);
  const auto collect = [](void* to, int, char** values, char**) {
    static_cast<std::vector<std::string>*>(to)->push_back(std::string(values[0]));
    return 0;
  };
  sqlite3_exec(handle, "SELECT id || ' ' || price FROM trades ORDER BY id", collect, &all, nullptr);
  sqlite3_close(handle);
  return all;
}

class Backup : public testing::Test {
 protected:
  std::string at(const std::string& name) const { return directory_.path() + "/" + name; }
  BackupResult<Made> take(const std::string& to, const Progress& progress = nullptr) const {
    return back_up({.data = at("data"), .database = at("data/market.sqlite"), .program = "1.2.3"},
                   at(to), kNow, progress);
  }
  std::vector<std::string> names() const {
    std::vector<std::string> all;
    for (const auto& entry : fs::directory_iterator(directory_.path()))
      all.push_back(entry.path().filename());
    std::ranges::sort(all);
    return all;
  }

  // In memory, where there is such a place: what survives a power failure is tried elsewhere.
  static runtime::TemporaryDirectory make_directory() {
    if (fs::is_directory("/dev/shm")) ::setenv("TMPDIR", "/dev/shm", 0);
    return value_of(runtime::TemporaryDirectory::make());
  }
  runtime::TemporaryDirectory directory_ = make_directory();
};

TEST_F(Backup, IsTakenBesideARunningEngineAndComesBack) {
  Engine engine(at("data"));
  for (std::uint64_t id = 1; id <= 10; ++id) engine.accept(id);
  engine.store(6);
  const auto made = take("backup");
  ASSERT_TRUE(made) << made.error().message;
  EXPECT_EQ(made->manifest.cursor.lsn, 6U);
  engine.accept(11);
  const auto back = restore(at("backup"), {.data = at("back")}, nullptr);
  ASSERT_TRUE(back) << back.error().message;
  EXPECT_EQ(back->manifest, made->manifest);
  EXPECT_EQ(rows(at("back")), rows_up_to(6));
  Engine restored(at("back"));
  restored.accept(11);
  restored.store(100);
  EXPECT_EQ(rows(at("back")), rows_up_to(11));
  EXPECT_THAT(names(), ElementsAre("back", "backup", "data"));
}

TEST_F(Backup, ItsSumsAreThoseOfSha256sum) {
  Engine engine(at("data"));
  engine.accept(1);
  engine.store(1);
  ASSERT_TRUE(take("backup"));
  EXPECT_EQ(std::system(("cd '" + at("backup") + "' && sha256sum --quiet -c manifest").c_str()), 0);
}

// Whatever the engine does between any two steps of a backup: what comes back and goes on has each
// trade once. The steps are told by the progress, so that the engine acts in their middle.
TEST_F(Backup, AtAnyMomentHasEachTradeOnce) {
  Engine engine(at("data"));
  std::uint64_t accepted = 0;
  base::Prng prng(1);
  const auto act = [&] {
    for (std::uint64_t i = prng.below(5); i > 0; --i) {
      switch (prng.below(5)) {
        case 0:
          engine.store(static_cast<int>(prng.below(10)));
          break;
        case 1:
          engine.start();  // begins a segment, as a full one does
          break;
        default:
          engine.accept(++accepted);
      }
    }
  };
  for (int i = 0; i < 40; ++i) {
    const std::uint64_t before = accepted;
    const auto made =
        take("backup", [&](std::string_view, std::uint64_t, std::uint64_t) { act(); });
    ASSERT_TRUE(made) << made.error().message;
    ASSERT_TRUE(restore(at("backup"), {.data = at("back")}, nullptr));
    {
      Engine restored(at("back"));
      restored.store(100'000);
      const auto there = rows(at("back"));
      ASSERT_GE(there.size(), before);
      ASSERT_EQ(there, rows_up_to(there.size()));
      restored.accept(there.size() + 1);
      restored.store(10);
      ASSERT_EQ(rows(at("back")), rows_up_to(there.size() + 1)) << "what came after was lost";
    }
    fs::remove_all(at("backup"));
    fs::remove_all(at("back"));
  }
  EXPECT_GT(accepted, 100U);
}

TEST_F(Backup, WhatIsWrongIsNotRestoredAndNothingIsLeft) {
  {
    Engine engine(at("data"));
    engine.accept(1);
    engine.store(1);
    ASSERT_TRUE(take("backup"));
  }
  const auto refused = [&](const std::string& words, Fault fault) {
    const auto back = restore(at("backup"), {.data = at("back")}, nullptr);
    ASSERT_FALSE(back) << words;
    EXPECT_EQ(back.error().fault, fault) << back.error().message;
    EXPECT_THAT(back.error().message, HasSubstr(words));
    EXPECT_THAT(names(), ElementsAre("backup", "data"));
  };
  const std::string manifest = at("backup/manifest");
  std::stringstream text;
  text << std::ifstream(manifest).rdbuf();
  const auto write = [&](const std::string& path, const std::string& what) {
    std::ofstream(path, std::ios::trunc) << what;
  };
  for (const auto& entry : fs::directory_iterator(at("backup"))) {
    const std::string name = entry.path().filename();
    if (name == "manifest") continue;
    std::fstream file(entry.path(), std::ios::in | std::ios::out | std::ios::binary);
    const char before = static_cast<char>(file.get());
    file.seekp(0).put(static_cast<char>(before ^ 1)).flush();
    refused("is not what it was when the backup was made", Fault::damaged);
    file.seekp(0).put(before).flush();
    fs::rename(entry.path(), at("aside"));
    fs::rename(at("aside"), at("backup/" + name + ".x"));
    refused("cannot be read", Fault::source);
    fs::rename(at("backup/" + name + ".x"), entry.path());
  }
  std::string later = text.str();
  later.replace(later.find("backup 1"), 8, "backup 9");
  write(manifest, later);
  refused("is of a later tickwitness: format 9", Fault::damaged);
  write(manifest, text.str().substr(0, text.str().size() - 3));
  refused("is damaged or not whole", Fault::damaged);
  fs::remove(manifest);
  refused("name a backup of tickwitness", Fault::source);
  write(manifest, text.str());
  EXPECT_TRUE(restore(at("backup"), {.data = at("back")}, nullptr));
}

TEST_F(Backup, NothingThatIsThereIsWrittenOver) {
  Engine engine(at("data"));
  ASSERT_TRUE(take("backup"));
  const auto again = take("backup");
  ASSERT_FALSE(again);
  EXPECT_EQ(again.error().fault, Fault::target);
  EXPECT_THAT(again.error().message, HasSubstr("is there already and not empty"));
  const auto used = restore(at("backup"), {.data = at("data")}, nullptr);
  ASSERT_FALSE(used);
  EXPECT_EQ(used.error().fault, Fault::target);
  EXPECT_THAT(used.error().message, HasSubstr("is in use by another tickwitness (process "));
  fs::create_directory(at("full"));
  std::ofstream(at("full/mine")) << "x";
  EXPECT_THAT(restore(at("backup"), {.data = at("full")}, nullptr).error().message,
              HasSubstr("not empty"));
  std::ofstream(at("file")) << "x";
  EXPECT_THAT(restore(at("backup"), {.data = at("file")}, nullptr).error().message,
              HasSubstr("is no directory"));
  fs::create_directory(at("empty"));
  EXPECT_TRUE(restore(at("backup"), {.data = at("empty/")}, nullptr));
  EXPECT_TRUE(fs::exists(at("empty/format")));
}

TEST_F(Backup, WhatAnEarlierAttemptLeftIsReplaced) {
  Engine engine(at("data"));
  fs::create_directory(at("backup.unfinished"));
  std::ofstream(at("backup.unfinished/market.sqlite")) << "half";
  ASSERT_TRUE(take("backup"));
  EXPECT_TRUE(restore(at("backup"), {.data = at("back")}, nullptr));
  EXPECT_THAT(names(), ElementsAre("back", "backup", "data"));
}

TEST_F(Backup, OfWhatIsNoDataDirectoryIsRefused) {
  fs::create_directory(at("data"));
  const auto made = take("backup");
  ASSERT_FALSE(made);
  EXPECT_EQ(made.error().fault, Fault::source);
  EXPECT_THAT(made.error().message, HasSubstr("name a data directory of tickwitness"));
  EXPECT_THAT(names(), ElementsAre("data"));
  {
    Engine engine(at("data"));
  }
  fs::remove(at("data/market.sqlite"));
  const auto without = take("backup");
  ASSERT_FALSE(without);
  EXPECT_EQ(without.error().fault, Fault::source);
  EXPECT_THAT(names(), ElementsAre("data"));
}

TEST_F(Backup, OfASpoolWhoseRowsAreElsewhere) {
  {
    Engine engine(at("data"));
    engine.accept(1);
    engine.accept(2);
    engine.store(1);
    const auto made =
        back_up({.data = at("data"), .database = "", .program = "1"}, at("backup"), kNow, nullptr);
    ASSERT_TRUE(made) << made.error().message;
    EXPECT_EQ(made->manifest.cursor, Cursor());
    EXPECT_EQ(made->manifest.files.size(), 2U);
  }
  ASSERT_TRUE(restore(at("backup"), {.data = at("back")}, nullptr));
  fs::copy(at("data/market.sqlite"), at("back/market.sqlite"));  // as it was saved afterwards
  Engine restored(at("back"));
  restored.store(10);
  EXPECT_EQ(rows(at("back")), rows_up_to(2));
}

// Its numbers were given: to none of those that the database counts, nor to one that a server
// elsewhere counts, may another record come.
TEST_F(Backup, NumbersOfASegmentThatWasPutAsideAreNotGivenAgain) {
  std::string damaged;
  {
    Engine engine(at("data"));
    engine.accept(1);
    engine.start();
    engine.accept(2);
    engine.store(2);
    for (const auto& entry : fs::directory_iterator(at("data/spool")))
      damaged = std::max(damaged, entry.path().filename().string());
    std::ofstream(at("data/spool/" + damaged), std::ios::in | std::ios::binary)
        << std::string(spool::kHeadBytes, 'x');
    engine.start();
  }
  damaged += ".damaged";
  ASSERT_TRUE(fs::exists(at("data/spool/" + damaged)));
  for (const bool elsewhere : {false, true}) {
    const auto made = back_up(
        {.data = at("data"), .database = elsewhere ? "" : at("data/market.sqlite"), .program = "1"},
        at("backup"), kNow, nullptr);
    ASSERT_TRUE(made) << made.error().message;
    EXPECT_EQ(fs::file_size(at("backup/" + damaged)), 0U) << "its contents are no use";
    EXPECT_EQ(std::system(("cd '" + at("backup") + "' && sha256sum --quiet -c manifest").c_str()),
              0);
    ASSERT_TRUE(restore(at("backup"), {.data = at("back")}, nullptr));
    EXPECT_TRUE(fs::exists(at("back/spool/" + damaged)));
    if (elsewhere) fs::copy(at("data/market.sqlite"), at("back/market.sqlite"));
    {
      Engine restored(at("back"));
      restored.accept(3);
      restored.store(10);
    }
    EXPECT_EQ(rows(at("back")), rows_up_to(3));
    fs::remove_all(at("backup"));
    fs::remove_all(at("back"));
  }
}

TEST_F(Backup, ItsCursorIsThatOfItsSpoolWhoeverElseFillsTheDatabase) {
  Engine engine(at("data"));
  for (std::uint64_t id = 1; id <= 3; ++id) engine.accept(id);
  engine.store(2);
  sqlite::SqliteStore other({.path = at("data/market.sqlite")});
  ASSERT_TRUE(other.open());
  for (const std::uint64_t spool : {1, 9})
    ASSERT_TRUE(other.store(std::vector{trade(100 + spool)}, {spool, 1000}));
  const auto made = take("backup");
  ASSERT_TRUE(made) << made.error().message;
  EXPECT_EQ(made->manifest.cursor, (Cursor{.spool = 7, .lsn = 2}));
  EXPECT_EQ(value_of(restore(at("backup"), {.data = at("back")}, nullptr)).manifest.cursor,
            made->manifest.cursor);
}

TEST_F(Backup, ASpoolThatIsOlderThanItsDatabaseIsTold) {
  {
    Engine engine(at("data"));
    engine.accept(1);
  }
  fs::copy(at("data/spool"), at("older"));
  {
    Engine engine(at("data"));
    engine.accept(2);
    engine.store(2);
  }
  fs::remove_all(at("data/spool"));
  fs::rename(at("older"), at("data/spool"));
  const auto made = take("backup");
  ASSERT_FALSE(made);
  EXPECT_EQ(made.error().fault, Fault::damaged);
  EXPECT_THAT(made.error().message, HasSubstr("is older than the database"));
}

}  // namespace
}  // namespace tickwitness::store::backup
