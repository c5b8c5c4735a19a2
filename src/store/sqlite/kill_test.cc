// kill -9 in the middle of store(): what was told is there, rows and cursor belong together, and
// nothing is altered.
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/wait.h>
#include <unistd.h>

#include <csignal>
#include <functional>

#include "store/sqlite/rows_for_tests.h"
#include "store/sqlite/sqlite_store.h"
#include "store/sqlite/vfs_for_tests.h"

namespace tickwitness::store::sqlite {
namespace {

using test::batch;
using test::FaultyFiles;
using test::query;
using test::rows_of_batches;
using test::stored_trades;
using testing::ElementsAre;

constexpr std::uint64_t kBatches = 100;
constexpr std::uint64_t kKills = 20;

// Stores batches from the cursor on; `told` hears of each that store() has taken.
bool store_all(const std::string& path, const std::function<void(std::uint64_t)>& told) {
  SqliteStore store({.path = path});
  const auto cursor = store.open();
  if (!cursor) return false;
  for (std::uint64_t number = cursor->lsn + 1; number <= kBatches; ++number) {
    if (!store.store(batch(number), {7, number})) return false;
    told(number);
  }
  return true;
}

// What a child told before its `at`-th write or sync killed it; 0: nothing.
std::uint64_t told_before_kill(const std::string& path, std::uint64_t at) {
  int ends[2];
  EXPECT_EQ(::pipe(ends), 0);
  const pid_t child = ::fork();
  if (child == 0) {
    FaultyFiles::plan(FaultyFiles::Fault::kill, at);
    store_all(path, [&](std::uint64_t number) {
      if (::write(ends[1], &number, sizeof number) < 0) ::_exit(1);
    });
    ::_exit(0);
  }
  ::close(ends[1]);
  std::uint64_t last = 0, read = 0;
  while (::read(ends[0], &read, sizeof read) == sizeof read) last = read;
  ::close(ends[0]);
  int status = 0;
  EXPECT_EQ(::waitpid(child, &status, 0), child);
  EXPECT_TRUE(WIFSIGNALED(status) && WTERMSIG(status) == SIGKILL) << "it was not killed";
  return last;
}

TEST(Kill, AtTwentyInstantsOfStoring) {
  const auto directory = test::make_directory();
  const FaultyFiles files;
  FaultyFiles::plan(FaultyFiles::Fault::none, 0);
  ASSERT_TRUE(store_all(directory.path() + "/whole.db", [](std::uint64_t) {}));
  const std::uint64_t whole = FaultyFiles::count();
  ASSERT_GT(whole, 10 * kBatches);
  for (std::uint64_t kill = 1; kill <= kKills; ++kill) {
    SCOPED_TRACE("kill " + std::to_string(kill));
    const std::string path = directory.path() + "/" + std::to_string(kill) + ".db";
    const std::uint64_t told = told_before_kill(path, whole * kill / (kKills + 1) + kill);
    std::uint64_t last = 0;
    {
      SqliteStore store({.path = path});
      const auto cursor = store.open();
      ASSERT_TRUE(cursor) << cursor.error().message;
      last = cursor->lsn;
    }
    EXPECT_GE(last, told);
    EXPECT_LE(last, told + 1);
    ASSERT_EQ(stored_trades(path), rows_of_batches(last));
    EXPECT_THAT(query(path, "PRAGMA integrity_check"), ElementsAre("ok"));
    ASSERT_TRUE(store_all(path, [](std::uint64_t) {}));
    ASSERT_EQ(stored_trades(path), rows_of_batches(kBatches));
  }
}

// The rows of a commit whose sync never came can be read from the log: they are synced before the
// cursor is told, or a power failure would take what the spool has forgotten.
TEST(Kill, WhatWasReadFromTheLogIsOnTheDiskBeforeItIsTold) {
  const auto directory = test::make_directory();
  const FaultyFiles files;
  int commits_that_were_not_synced = 0;
  for (std::uint64_t at = 60; at < 90; ++at) {
    const std::string path = directory.path() + "/" + std::to_string(at) + ".db";
    const std::uint64_t told = told_before_kill(path, at);
    const std::uint64_t syncs = FaultyFiles::log_syncs();
    SqliteStore store({.path = path});
    const auto cursor = store.open();
    ASSERT_TRUE(cursor);
    if (cursor->lsn == told) continue;
    ++commits_that_were_not_synced;
    EXPECT_GT(FaultyFiles::log_syncs(), syncs);
  }
  EXPECT_GT(commits_that_were_not_synced, 0);  // there is such an instant
}

}  // namespace
}  // namespace tickwitness::store::sqlite
