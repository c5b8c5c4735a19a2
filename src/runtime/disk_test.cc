#include "runtime/disk.h"

#include <gtest/gtest.h>

#include <array>

namespace tickwitness::runtime {
namespace {

TEST(Disk, TakesPlainFileNamesOnly) {
  struct Row {
    std::string name;
    bool valid;
  };
  const std::array rows{
      Row{"a", true},    Row{"00000000000000000001.spool", true},
      Row{"...", true},  Row{std::string(255, 'x'), true},
      Row{"", false},    Row{std::string(256, 'x'), false},
      Row{".", false},   Row{"..", false},
      Row{"a/b", false}, Row{"/", false},
      Row{"/a", false},  Row{std::string("a\0b", 3), false},
  };
  for (const auto& row : rows) EXPECT_EQ(valid_file_name(row.name), row.valid) << row.name;
}

TEST(Disk, AnErrorSaysWhatWhereAndWhy) {
  const DiskResult<void> failed = disk_fail(DiskFault::io, "spool/7", "synced", "the cable is out");
  EXPECT_EQ(failed.error().message, "spool/7: cannot be synced: the cable is out");
  EXPECT_EQ(failed.error().fault, DiskFault::io);
  EXPECT_EQ(to_string(failed.error().fault), "io");
}

}  // namespace
}  // namespace tickwitness::runtime
