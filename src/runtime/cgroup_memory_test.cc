#include "runtime/cgroup_memory.h"

#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>

#include "runtime/temporary_dir.h"

namespace tickwitness::runtime {
namespace {

void write(const std::string& path, const std::string& text) {
  std::filesystem::create_directories(std::filesystem::path(path).parent_path());
  std::ofstream(path) << text;
}

TEST(CgroupMemory, Path) {
  EXPECT_EQ(parse_cgroup_path("0::/user.slice/a b\n"), "/user.slice/a b");
  EXPECT_EQ(parse_cgroup_path("4:memory:/x\n0::/\n"), "/");
  for (const char* text : {"", "4:memory:/x\n", "0::\n", "0::x\n", "0::/../outside\n"}) {
    EXPECT_FALSE(parse_cgroup_path(text)) << text;
  }
}

TEST(CgroupMemory, TheLowestLimitAboveHolds) {
  const auto directory = TemporaryDirectory::make();
  ASSERT_TRUE(directory);
  const std::string& root = directory->path();
  write(root + "/a/memory.max", "500\n");
  write(root + "/a/memory.current", "400\n");
  write(root + "/a/b/memory.max", "900\n");
  write(root + "/a/b/memory.current", "300\n");
  write(root + "/c/memory.max", "max\n");
  write(root + "/c/memory.current", "7\n");
  EXPECT_EQ(read_cgroup_memory(root, "/a/b").limit, 500U);
  EXPECT_EQ(read_cgroup_memory(root, "/a/b").used, 300U);
  EXPECT_FALSE(read_cgroup_memory(root, "/c").limit);
  EXPECT_EQ(read_cgroup_memory(root, "/c").used, 7U);
}

TEST(CgroupMemory, AContainerSeesItsOwnGroupAtTheRoot) {
  const auto directory = TemporaryDirectory::make();
  ASSERT_TRUE(directory);
  const std::string& root = directory->path();
  EXPECT_FALSE(read_cgroup_memory(root, "/").limit);  // the machine's own root has neither
  EXPECT_FALSE(read_cgroup_memory(root, "/").used);
  write(root + "/memory.max", "1000\n");
  write(root + "/memory.current", "10\n");
  for (const char* path : {"/", "/docker/0123"}) {
    EXPECT_EQ(read_cgroup_memory(root, path).limit, 1000U) << path;
    EXPECT_EQ(read_cgroup_memory(root, path).used, 10U) << path;
  }
}

}  // namespace
}  // namespace tickwitness::runtime
