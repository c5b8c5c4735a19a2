#include "runtime/input_file.h"

#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>

#include "runtime/temporary_dir.h"

namespace tickwitness::runtime {
namespace {

TEST(InputFile, ReadsToTheEndHoweverMuchIsAskedFor) {
  const auto folder = TemporaryDirectory::make();
  ASSERT_TRUE(folder);
  const std::string path = folder->path() + "/a";
  std::ofstream(path, std::ios::binary) << "0123456789";
  auto file = InputFile::open(path);
  ASSERT_TRUE(file);
  EXPECT_EQ(file->size(), 10U);
  std::string all, part(4, '\0');
  for (;;) {
    const auto count = file->read(part);
    ASSERT_TRUE(count);
    if (*count == 0) break;
    all += part.substr(0, *count);
  }
  EXPECT_EQ(all, "0123456789");
}

TEST(InputFile, SaysWhyNot) {
  const auto folder = TemporaryDirectory::make();
  ASSERT_TRUE(folder);
  EXPECT_EQ(InputFile::open(folder->path() + "/none").error().message, "No such file or directory");
  EXPECT_EQ(InputFile::open(folder->path()).error().message, "Is a directory");
  EXPECT_EQ(names_in(folder->path() + "/none").error().message, "No such file or directory");
}

TEST(InputFile, TellsFoldersAndTheirNamesInOrder) {
  const auto folder = TemporaryDirectory::make();
  ASSERT_TRUE(folder);
  for (const char* name : {"b", "a", "c"}) std::ofstream(folder->path() + "/" + name) << "x";
  EXPECT_TRUE(is_folder(folder->path()));
  EXPECT_FALSE(is_folder(folder->path() + "/a"));
  EXPECT_EQ(names_in(folder->path()).value(), (std::vector<std::string>{"a", "b", "c"}));
}

}  // namespace
}  // namespace tickwitness::runtime
