#include "runtime/disk_space.h"

#include <gtest/gtest.h>

#include <filesystem>

#include "runtime/temporary_dir.h"

namespace tickwitness::runtime {
namespace {

TEST(DiskSpace, IsWhatTheSystemSays) {
  const auto directory = TemporaryDirectory::make();
  ASSERT_TRUE(directory);
  const auto space = disk_space(directory->path());
  const auto other = std::filesystem::space(directory->path());
  ASSERT_TRUE(space);
  EXPECT_EQ(space->size, other.capacity);
  EXPECT_LE(space->used + space->available, space->size);
  EXPECT_GT(space->used, 0U);
  EXPECT_FALSE(disk_space("/no/such/folder"));
}

TEST(DiskSpace, AMountPointIsTheHighestOfItsDevice) {
  EXPECT_EQ(mount_point_of("/"), "/");
  EXPECT_EQ(mount_point_of("/proc/self/fd"), "/proc");
  EXPECT_EQ(mount_point_of("/proc/../proc/sys"), mount_point_of("/proc/sys"));
  EXPECT_FALSE(mount_point_of("/no/such/folder"));
}

}  // namespace
}  // namespace tickwitness::runtime
