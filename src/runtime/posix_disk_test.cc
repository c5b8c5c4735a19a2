// What only the real disk has; what it has in common with the simulated one is in
// sim/disk/conformance_test.cc.
#include "runtime/posix_disk.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <signal.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <filesystem>

#include "runtime/temporary_dir.h"

namespace tickwitness::runtime {
namespace {

namespace fs = std::filesystem;
using testing::ElementsAre;

class PosixDiskTest : public testing::Test {
 protected:
  TemporaryDirectory root_ = *TemporaryDirectory::make();
  PosixDisk disk_ = *PosixDisk::at(root_.path());
};

template <class T>
std::string told(const DiskResult<T>& result) {
  return result ? "ok"
                : std::string(to_string(result.error().fault)) + ": " + result.error().message;
}

TEST_F(PosixDiskTest, MessagesNameTheFileAndTheCause) {
  ASSERT_TRUE(disk_.create("a"));
  const std::string& root = root_.path();
  EXPECT_EQ(told(disk_.create("a")), "exists: " + root + "/a: cannot be created: File exists");
  EXPECT_EQ(told(disk_.open("b")),
            "not_found: " + root + "/b: cannot be opened: No such file or directory");
  EXPECT_EQ(told(disk_.rename("b", "c")),
            "not_found: " + root + "/b: cannot be renamed to c: No such file or directory");
  EXPECT_EQ(told(disk_.remove("../a")),
            "invalid: " + root + "/../a: cannot be removed: this is no name of a file");
  EXPECT_EQ(
      told(PosixDisk::at(root + "/none")),
      "not_found: " + root + "/none: cannot be opened as a directory: No such file or directory");
  EXPECT_EQ(told(PosixDisk::at(root + "/a")),
            "other: " + root + "/a: cannot be opened as a directory: Not a directory");
}

TEST_F(PosixDiskTest, ErrorsCanBeHandedOnAsOnesOfTheHouse) {
  const auto hand_on = [&]() -> base::Result<void> {
    const auto removed = disk_.remove("none");
    return removed ? base::Result<void>() : std::unexpected(removed.error());
  };
  EXPECT_EQ(hand_on().error().message,
            root_.path() + "/none: cannot be removed: No such file or directory");
}

TEST_F(PosixDiskTest, FilesAreForTheirOwnerOnly) {
  ASSERT_TRUE(disk_.create("a"));
  struct stat found{};
  ASSERT_EQ(::stat((root_.path() + "/a").c_str(), &found), 0);
  EXPECT_EQ(found.st_mode & 0777, 0600U);
}

TEST_F(PosixDiskTest, LinksAreNotFollowed) {
  fs::create_symlink("/etc/passwd", root_.path() + "/link");
  EXPECT_EQ(disk_.open("link").error().fault, DiskFault::other);
  EXPECT_EQ(disk_.create("link").error().fault, DiskFault::exists);
}

TEST_F(PosixDiskTest, StaysWithItsDirectoryWhenThatIsMoved) {
  fs::create_directory(root_.path() + "/old");
  auto disk = *PosixDisk::at(root_.path() + "/old");
  fs::rename(root_.path() + "/old", root_.path() + "/new");
  ASSERT_TRUE(disk.create("a"));
  EXPECT_TRUE(fs::exists(root_.path() + "/new/a"));
  EXPECT_THAT(disk.list().value(), ElementsAre("a"));
  EXPECT_THAT(disk.list().value(), ElementsAre("a")) << "twice: from the beginning each time";
}

// The user's limit on the size of a file does what a full disk does: a part of the write, then the
// reason.
TEST_F(PosixDiskTest, AWriteStopsWhereTheRoomEnds) {
  auto file = *disk_.create("a");
  struct rlimit before{};
  ASSERT_EQ(::getrlimit(RLIMIT_FSIZE, &before), 0);
  const auto handler = ::signal(SIGXFSZ, SIG_IGN);
  const struct rlimit tight{.rlim_cur = 1000, .rlim_max = before.rlim_max};
  ASSERT_EQ(::setrlimit(RLIMIT_FSIZE, &tight), 0);
  const auto first = file->write(0, std::string(1500, 'x'));
  const auto second = file->write(1000, std::string(500, 'x'));
  const auto reserved = file->preallocate(5000);
  ASSERT_EQ(::setrlimit(RLIMIT_FSIZE, &before), 0);
  ::signal(SIGXFSZ, handler);
  EXPECT_EQ(first.value_or(0), 1000U);
  EXPECT_EQ(told(second), "no_space: " + root_.path() + "/a: cannot be written: File too large");
  EXPECT_EQ(reserved.error().fault, DiskFault::no_space);
}

TEST_F(PosixDiskTest, PreallocatedRoomIsTaken) {
  constexpr std::uint64_t kSize = 1U << 20;
  auto file = *disk_.create("a");
  ASSERT_TRUE(file->preallocate(kSize));
  struct stat found{};
  ASSERT_EQ(::stat((root_.path() + "/a").c_str(), &found), 0);
  EXPECT_EQ(static_cast<std::uint64_t>(found.st_size), kSize);
  EXPECT_GE(static_cast<std::uint64_t>(found.st_blocks) * 512, kSize);
}

TEST(PosixDiskErrors, AreSortedByWhatCallersDo) {
  struct Row {
    int error;
    std::string_view fault;
  };
  constexpr std::array kRows{
      Row{ENOSPC, "no_space"}, Row{EDQUOT, "no_space"},
      Row{EFBIG, "no_space"},  Row{EIO, "io"},
      Row{EEXIST, "exists"},   Row{ENOENT, "not_found"},
      Row{EACCES, "denied"},   Row{EPERM, "denied"},
      Row{EROFS, "denied"},    Row{ENAMETOOLONG, "invalid"},
      Row{EINVAL, "invalid"},  Row{EMFILE, "other"},
  };
  for (const auto& row : kRows) EXPECT_EQ(to_string(fault_of(row.error)), row.fault) << row.error;
}

}  // namespace
}  // namespace tickwitness::runtime
