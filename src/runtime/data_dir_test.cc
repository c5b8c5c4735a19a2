#include "runtime/data_dir.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <signal.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <filesystem>
#include <fstream>
#include <iterator>

#include "runtime/temporary_dir.h"

namespace tickwitness::runtime {
namespace {

namespace fs = std::filesystem;
using testing::AllOf;
using testing::HasSubstr;

class DataDir : public testing::Test {
 protected:
  std::string at(const std::string& name) const { return root_.path() + "/" + name; }
  static void write(const std::string& path, const std::string& text) {
    std::ofstream(path, std::ios::binary) << text;
  }
  static std::string read(const std::string& path) {
    std::ifstream file(path, std::ios::binary);
    return {std::istreambuf_iterator<char>(file), {}};
  }
  static std::string error_of(const std::string& path, const DataFormat& format) {
    const auto opened = DataDirectory::open(path, format);
    return opened ? "" : opened.error().message;
  }
  static std::string error_of(const std::string& path) {
    return error_of(path, current_data_format());
  }
  TemporaryDirectory root_ = *TemporaryDirectory::make();
};

TEST_F(DataDir, IsMadeForItsOwnerOnlyWithWhatIsMissingAbove) {
  const auto opened = DataDirectory::open(at("a/b/data"));
  ASSERT_TRUE(opened) << opened.error().message;
  EXPECT_TRUE(opened->created());
  EXPECT_FALSE(opened->backup());
  struct stat found{};
  ASSERT_EQ(::stat(opened->path().c_str(), &found), 0);
  EXPECT_EQ(found.st_mode & 0777, 0700U);
  EXPECT_EQ(read(at("a/b/data/format")), "tickwitness data format 1\n");
  EXPECT_EQ(read(at("a/b/data/tickwitness.pid")), std::to_string(::getpid()) + "\n");
}

TEST_F(DataDir, IsOpenedAgainWithWhatWasInIt) {
  {
    ASSERT_TRUE(DataDirectory::open(at("data")));
  }
  write(at("data/trades"), "kept");
  const auto again = DataDirectory::open(at("data"));
  ASSERT_TRUE(again) << again.error().message;
  EXPECT_FALSE(again->created());
  EXPECT_EQ(read(at("data/trades")), "kept");
}

TEST_F(DataDir, IsUsedByOneProcessAtATime) {
  const auto holder = DataDirectory::open(at("data"));
  ASSERT_TRUE(holder);
  EXPECT_THAT(error_of(at("data")), HasSubstr("data: is in use by another tickwitness (process " +
                                              std::to_string(::getpid()) + "); stop that one"));
  EXPECT_EQ(holder_of(at("data")).value_or(0), ::getpid());
}

// The lock of a process that was killed is gone with it, whatever its pid file says.
TEST_F(DataDir, AKilledHolderLeavesNoLock) {
  std::array<int, 2> ready{};
  ASSERT_EQ(::pipe(ready.data()), 0);
  const pid_t child = ::fork();
  if (child == 0) {
    const auto held = DataDirectory::open(at("data"));
    const char ok = held ? 'y' : 'n';
    if (::write(ready[1], &ok, 1) == 1) ::pause();
    ::_exit(1);
  }
  char ok = 0;
  ASSERT_EQ(::read(ready[0], &ok, 1), 1);
  ASSERT_EQ(ok, 'y');
  EXPECT_EQ(holder_of(at("data")).value_or(0), child);
  EXPECT_THAT(error_of(at("data")), HasSubstr("(process " + std::to_string(child) + ")"));
  ::kill(child, SIGKILL);
  ::waitpid(child, nullptr, 0);
  EXPECT_EQ(read(at("data/tickwitness.pid")), std::to_string(child) + "\n");
  EXPECT_FALSE(holder_of(at("data")));
  EXPECT_EQ(error_of(at("data")), "");
  ::close(ready[0]);
  ::close(ready[1]);
}

TEST_F(DataDir, NobodyHoldsItAfterwardsOrBefore) {
  EXPECT_THAT(holder_of(at("nowhere")).error().message,
              HasSubstr("nowhere: no tickwitness runs on this data directory"));
  {
    ASSERT_TRUE(DataDirectory::open(at("data")));
  }
  EXPECT_THAT(holder_of(at("data")).error().message, HasSubstr("no tickwitness runs"));
}

TEST_F(DataDir, ANewerFormatIsRefusedUntouched) {
  {
    ASSERT_TRUE(DataDirectory::open(at("data")));
  }
  write(at("data/format"), "tickwitness data format 7\n");
  EXPECT_THAT(error_of(at("data")),
              AllOf(HasSubstr("data: has format 7, written by a newer tickwitness"),
                    HasSubstr("formats up to 1")));
  EXPECT_EQ(read(at("data/format")), "tickwitness data format 7\n");
}

// A layout that never was: version 0 kept its trades in a file of another name.
class OldDataDir : public DataDir {
 protected:
  void SetUp() override {
    fs::create_directories(at("data/sub"));
    write(at("data/format"), "tickwitness data format 0\n");
    write(at("data/old_trades"), "1 2 3");
    write(at("data/sub/deep"), "deep");
    write(at("data/tickwitness.pid"), "12345\n");
  }
  DataFormat renames() {
    return {1, {{0, [this](const std::string& directory) -> base::Result<void> {
                   ++runs_;
                   std::error_code error;
                   fs::rename(directory + "/old_trades", directory + "/trades", error);
                   if (error) return base::fail(error.message());
                   return {};
                 }}}};
  }
  int runs_ = 0;
};

TEST_F(OldDataDir, IsSavedWholeAndMigrated) {
  {
    const auto opened = DataDirectory::open(at("data"), renames());
    ASSERT_TRUE(opened) << opened.error().message;
    EXPECT_EQ(opened->backup(), at("data.backup-format-0"));
    EXPECT_FALSE(opened->created());
  }
  EXPECT_EQ(read(at("data/format")), "tickwitness data format 1\n");
  EXPECT_EQ(read(at("data/trades")), "1 2 3");
  EXPECT_EQ(read(at("data.backup-format-0/format")), "tickwitness data format 0\n");
  EXPECT_EQ(read(at("data.backup-format-0/old_trades")), "1 2 3");
  EXPECT_EQ(read(at("data.backup-format-0/sub/deep")), "deep");
  EXPECT_FALSE(fs::exists(at("data.backup-format-0/tickwitness.pid")));
  EXPECT_EQ(fs::status(at("data.backup-format-0")).permissions(), fs::perms::owner_all);
  ASSERT_TRUE(DataDirectory::open(at("data"), renames()));
  EXPECT_EQ(runs_, 1);
}

TEST_F(OldDataDir, ABackupNeverReplacesAnother) {
  fs::create_directories(at("data.backup-format-0"));
  write(at("data.backup-format-0/precious"), "x");
  const auto opened = DataDirectory::open(at("data"), renames());
  ASSERT_TRUE(opened) << opened.error().message;
  EXPECT_EQ(opened->backup(), at("data.backup-format-0-2"));
  EXPECT_EQ(read(at("data.backup-format-0/precious")), "x");
}

TEST_F(OldDataDir, AFailedMigrationSaysWhereTheBackupIsAndIsTriedAgain) {
  DataFormat failing{
      1, {{0, [](const std::string&) { return base::Result<void>(base::fail("disk full")); }}}};
  EXPECT_THAT(error_of(at("data"), failing),
              AllOf(HasSubstr("migrating from format 0 to 1 failed: disk full"),
                    HasSubstr("saved in " + at("data.backup-format-0"))));
  EXPECT_EQ(read(at("data/format")), "tickwitness data format 0\n");
  EXPECT_EQ(error_of(at("data"), renames()), "");
  EXPECT_EQ(read(at("data/trades")), "1 2 3");
}

TEST_F(OldDataDir, WithoutAWayItIsRefusedUntouched) {
  EXPECT_THAT(error_of(at("data")), HasSubstr("data: has format 0, and this tickwitness cannot "
                                              "migrate from format 0"));
  EXPECT_FALSE(fs::exists(at("data.backup-format-0")));
  EXPECT_EQ(read(at("data/old_trades")), "1 2 3");
}

TEST_F(OldDataDir, IsLeftAloneWhenItCannotBeSaved) {
  // The draft's name is taken by something that cannot be written into, even by root.
  write(at("data.backup-format-0.unfinished"), "in the way");
  std::error_code error;
  fs::remove(at("data/sub/deep"), error);
  ASSERT_EQ(::mkfifo(at("data/sub/deep").c_str(), 0600), 0);  // not a file that can be copied
  EXPECT_THAT(
      error_of(at("data"), renames()),
      AllOf(HasSubstr("must be saved before it is migrated"), HasSubstr("nothing was changed")));
  EXPECT_EQ(runs_, 0);
  EXPECT_EQ(read(at("data/old_trades")), "1 2 3");
  EXPECT_FALSE(fs::exists(at("data.backup-format-0")));
}

TEST_F(DataDir, DamagedVersionFilesAreRefused) {
  for (const char* text : {"", "1", "tickwitness data format \n", "tickwitness data format 1",
                           "tickwitness data format 1 \n", "tickwitness data format -1\n",
                           "tickwitness data format 99999999999\n"}) {
    fs::create_directories(at("data"));
    write(at("data/format"), text);
    EXPECT_THAT(error_of(at("data")), HasSubstr("data/format: is not a tickwitness version file"))
        << text;
  }
}

TEST_F(DataDir, SomebodyElsesDirectoryIsLeftAlone) {
  fs::create_directories(at("home"));
  write(at("home/letters"), "x");
  EXPECT_THAT(error_of(at("home")), HasSubstr("home: has files in it and none says"));
  EXPECT_FALSE(fs::exists(at("home/tickwitness.pid")));
}

TEST_F(DataDir, ACrashWhileItWasMadeIsNoHarm) {
  fs::create_directories(at("data/lost+found"));
  write(at("data/tickwitness.pid"), "");
  write(at("data/format.new"), "tickw");
  const auto opened = DataDirectory::open(at("data"));
  ASSERT_TRUE(opened) << opened.error().message;
  EXPECT_TRUE(opened->created());
}

TEST_F(DataDir, WhatIsNoDirectoryOrCannotBeMadeIsOneClearLine) {
  write(at("file"), "x");
  EXPECT_THAT(error_of(at("file")),
              HasSubstr("file: is not a directory; data_directory must name"));
  EXPECT_THAT(error_of(at("file/data")), HasSubstr("file/data: cannot be made: "));
  EXPECT_THAT(error_of("/proc/tickwitness-data"), HasSubstr("cannot be made: "));
  for (const std::string& line : {error_of(at("file")), error_of(at("file/data"))})
    EXPECT_EQ(line.find('\n'), std::string::npos);
}

TEST_F(DataDir, AReadOnlyDirectoryIsOneClearLine) {
  constexpr uid_t kNobody = 65534;  // root may write anywhere, so it looks through other eyes
  const bool root = ::geteuid() == 0;
  fs::create_directories(at("data"));
  fs::permissions(at("data"), fs::perms::owner_read | fs::perms::owner_exec);
  if (root) {
    ASSERT_EQ(::chown(root_.path().c_str(), kNobody, kNobody), 0);
    ASSERT_EQ(::chown(at("data").c_str(), kNobody, kNobody), 0);
    ASSERT_EQ(::seteuid(kNobody), 0);
  }
  const std::string error = error_of(at("data"));
  if (root) {
    ASSERT_EQ(::seteuid(0), 0);
  }
  fs::permissions(at("data"), fs::perms::owner_all);
  EXPECT_THAT(error, HasSubstr("tickwitness.pid: cannot be written: Permission denied; "
                               "data_directory must be writable by the user"));
}

TEST(TemporaryDir, IsGoneWithAllThatIsInIt) {
  std::string path;
  {
    auto made = TemporaryDirectory::make();
    ASSERT_TRUE(made) << made.error().message;
    const TemporaryDirectory moved = std::move(*made);
    path = moved.path();
    EXPECT_EQ(fs::status(path).permissions(), fs::perms::owner_all);
    fs::create_directories(path + "/a/b");
  }
  EXPECT_FALSE(fs::exists(path));
}

}  // namespace
}  // namespace tickwitness::runtime
