// What a disk, a lock or a hand can do to the file: the error says it, and what is stored
// afterwards is what the cursor counts.
#include <fcntl.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/stat.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>

#include "store/sqlite/rows_for_tests.h"
#include "store/sqlite/sqlite_store.h"
#include "store/sqlite/vfs_for_tests.h"

namespace tickwitness::store::sqlite {
namespace {

using test::batch;
using test::FaultyFiles;
using test::kBatch;
using test::kNow;
using test::query;
using test::rows_of_batches;
using test::stored_trades;
using testing::ElementsAre;
using testing::HasSubstr;

class FaultsTest : public testing::Test {
 protected:
  static SinkError error_of(const SinkResult<Cursor>& result) {
    return result ? SinkError{{"no error"}} : result.error();
  }
  SinkResult<Cursor> open() { return SqliteStore({.path = path_}).open(); }

  runtime::TemporaryDirectory directory_ = test::make_directory();
  std::string path_ = directory_.path() + "/store.db";
};

// Opens and stores batches until `last`, beginning where the cursor is; stops at the first error.
bool store_up_to(std::uint64_t last, SqliteStore& store) {
  const auto cursor = store.open();
  if (!cursor) {
    EXPECT_TRUE(cursor.error().passing) << cursor.error().message;
    return false;
  }
  for (std::uint64_t number = cursor->lsn + 1; number <= last; ++number) {
    const auto stored = store.store(batch(number), {7, number});
    if (!stored) {
      EXPECT_TRUE(stored.error().passing) << stored.error().message;
      EXPECT_FALSE(store.store(batch(number), {7, number}));  // not before it is opened again
      return false;
    }
    EXPECT_EQ(stored->inserted, std::uint64_t{kBatch}) << "something of batch " << number;
  }
  return true;
}

// A disk that is full, or whose sync fails, at each write and sync that there is: once, or from
// then on until it heals.
TEST_F(FaultsTest, TheCursorMovesWithTheRowsOnlyWhateverFails) {
  constexpr std::uint64_t kLast = 3;
  const FaultyFiles files;
  for (const auto fault : {FaultyFiles::Fault::fail_once, FaultyFiles::Fault::fail_on}) {
    std::uint64_t at = 1;
    for (bool struck = true; struck; ++at) {
      SCOPED_TRACE("fault at " + std::to_string(at));
      const std::string path = path_ + std::to_string(static_cast<int>(fault)) + std::to_string(at);
      const std::uint64_t before = FaultyFiles::faults();
      SqliteStore store({.path = path});
      FaultyFiles::plan(fault, at);
      const bool whole = store_up_to(kLast, store);
      struck = FaultyFiles::faults() > before;
      FaultyFiles::heal();
      EXPECT_TRUE(whole || struck);
      const auto cursor = store.open();
      ASSERT_TRUE(cursor) << cursor.error().message;
      EXPECT_TRUE(!whole || cursor->lsn == kLast);
      ASSERT_EQ(stored_trades(path), rows_of_batches(cursor->lsn));
      ASSERT_TRUE(store_up_to(kLast, store));
      ASSERT_EQ(stored_trades(path), rows_of_batches(kLast));
      ASSERT_THAT(query(path, "PRAGMA integrity_check"), ElementsAre("ok"));
    }
    EXPECT_GT(at, 30U);  // a disk that is asked less often was not tried
  }
}

TEST_F(FaultsTest, WhatAnotherProgramLocksIsStoredAfterwards) {
  SqliteStore store({.path = path_, .busy = std::chrono::milliseconds(1)});
  ASSERT_TRUE(store.open());
  ASSERT_TRUE(store.store(batch(1), {7, 1}));
  auto other = Connection::open(path_, SQLITE_OPEN_READWRITE, {});
  ASSERT_TRUE(other && other->run("BEGIN IMMEDIATE"));
  const auto locked = store.store(batch(2), {7, 2});
  ASSERT_FALSE(locked);
  EXPECT_TRUE(locked.error().passing);
  EXPECT_EQ(locked.error().message, path_ +
                                        ": cannot be written: database is locked; another "
                                        "program is writing to it");
  EXPECT_TRUE(error_of(store.open()).passing);
  ASSERT_TRUE(other->run("COMMIT"));
  EXPECT_EQ(store.open(), (Cursor{7, 1}));
  ASSERT_TRUE(store.store(batch(2), {7, 2}));
  EXPECT_EQ(stored_trades(path_), rows_of_batches(2));
}

TEST_F(FaultsTest, AProgramThatReadsIsNotInTheWay) {
  SqliteStore store({.path = path_, .busy = std::chrono::milliseconds(1)});
  ASSERT_TRUE(store_up_to(1, store));
  auto other = Connection::open(path_, SQLITE_OPEN_READWRITE, {});
  ASSERT_TRUE(other && other->run("BEGIN; SELECT * FROM trades"));
  EXPECT_TRUE(store_up_to(3, store));
  EXPECT_EQ(other->integer("SELECT count(*) FROM trades"), kBatch);
  ASSERT_TRUE(other->run("COMMIT"));
  EXPECT_EQ(other->integer("SELECT count(*) FROM trades"), 3 * kBatch);
}

TEST_F(FaultsTest, ADirectoryIsNoFile) {
  std::filesystem::create_directory(path_);
  const auto error = error_of(open());
  EXPECT_FALSE(error.passing);
  EXPECT_THAT(error.message, HasSubstr(path_ + ": cannot be opened: unable to open database file "
                                               "(Is a directory)"));
}

TEST_F(FaultsTest, ADirectoryThatIsNotThere) {
  path_ = directory_.path() + "/none/store.db";
  const auto error = error_of(open());
  EXPECT_FALSE(error.passing);
  EXPECT_THAT(error.message, HasSubstr("its directory must be there"));
}

// As somebody else, because root may write everywhere.
TEST_F(FaultsTest, AReadOnlyDirectoryIsSaidAtTheStart) {
  constexpr uid_t kNobody = 65534;
  ASSERT_TRUE(open());
  ASSERT_EQ(::chmod(directory_.path().c_str(), 0555), 0);
  ASSERT_EQ(::chmod(path_.c_str(), 0444), 0);
  const bool root = ::geteuid() == 0;
  ASSERT_TRUE(!root || ::seteuid(kNobody) == 0);
  const auto existing = error_of(open());
  path_ += "2";
  const auto fresh = error_of(open());
  ASSERT_TRUE(!root || ::seteuid(0) == 0);
  ::chmod(directory_.path().c_str(), 0755);
  EXPECT_FALSE(existing.passing);
  EXPECT_THAT(existing.message, HasSubstr("both must be writable"));
  EXPECT_FALSE(fresh.passing);
  EXPECT_THAT(fresh.message, HasSubstr("both must be writable"));
}

TEST_F(FaultsTest, WhatIsNoDatabaseIsLeftAlone) {
  const std::string text(10000, 'x');
  std::ofstream(path_) << text;
  const auto error = error_of(open());
  EXPECT_FALSE(error.passing);
  EXPECT_THAT(error.message, HasSubstr("file is not a database; move it away"));
  EXPECT_EQ(std::filesystem::file_size(path_), text.size());
}

// All pages behind the first: the tables are known, and what is in them is noise.
TEST_F(FaultsTest, ADamagedFileIsSaidAndNotWritten) {
  {
    SqliteStore store({.path = path_});
    ASSERT_TRUE(store_up_to(30, store));
  }
  const auto size = std::filesystem::file_size(path_);
  const auto tree = query(path_, "SELECT rootpage FROM sqlite_master WHERE name = 'trades'");
  std::fstream file(path_, std::ios::in | std::ios::out | std::ios::binary);
  file.seekp((std::stol(tree.at(0)) - 1) * 4096);
  file << std::string(4096, '\x5a');
  file.close();
  SqliteStore store({.path = path_});
  ASSERT_TRUE(store.open());
  const auto stored = store.store(batch(31), {7, 31});
  ASSERT_FALSE(stored);
  EXPECT_FALSE(stored.error().passing);
  EXPECT_THAT(stored.error().message, HasSubstr("it is damaged: restore a backup"));
  EXPECT_EQ(store.open(), (Cursor{7, 30}));
  EXPECT_EQ(std::filesystem::file_size(path_), size);
}

TEST_F(FaultsTest, AFileThatIsCutOff) {
  {
    SqliteStore store({.path = path_});
    ASSERT_TRUE(store_up_to(5, store));
  }
  std::filesystem::resize_file(path_, 3 * 4096 + 100);
  SqliteStore store({.path = path_});
  auto error = error_of(store.open());
  if (error.message == "no error") {
    const auto stored = store.store(batch(6), {7, 6});
    ASSERT_FALSE(stored);
    error = stored.error();
  }
  EXPECT_FALSE(error.passing);
  EXPECT_THAT(error.message, HasSubstr("it is damaged: restore a backup"));
}

}  // namespace
}  // namespace tickwitness::store::sqlite
