#include "runtime/staged_directory.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/stat.h>

#include <filesystem>
#include <fstream>

#include "runtime/temporary_dir.h"

namespace tickwitness::runtime {
namespace {

namespace fs = std::filesystem;
using testing::HasSubstr;

class StagedDirectoryTest : public testing::Test {
 protected:
  std::string at(const std::string& name) const { return directory_->path() + "/" + name; }
  base::Result<TemporaryDirectory> directory_ = TemporaryDirectory::make();
};

TEST_F(StagedDirectoryTest, AppearsWhole) {
  auto staged = StagedDirectory::make(at("new/place"));
  ASSERT_TRUE(staged) << staged.error().message;
  ASSERT_TRUE(staged->make_inside("more"));
  std::ofstream(staged->path() + "/more/file") << "x";
  EXPECT_FALSE(fs::exists(at("new/place")));
  ASSERT_TRUE(staged->put_in_place());
  EXPECT_TRUE(fs::exists(at("new/place/more/file")));
  struct stat found{};
  ASSERT_EQ(::stat(at("new/place").c_str(), &found), 0);
  EXPECT_EQ(found.st_mode & 0777, 0700U);
}

TEST_F(StagedDirectoryTest, OrNotAtAll) {
  {
    auto staged = StagedDirectory::make(at("place"));
    ASSERT_TRUE(staged);
    std::ofstream(staged->path() + "/file") << "x";
  }
  EXPECT_TRUE(fs::is_empty(directory_->path()));
}

TEST_F(StagedDirectoryTest, APlaceThatIsTakenMeanwhileStaysAsItIs) {
  auto staged = StagedDirectory::make(at("place"));
  ASSERT_TRUE(staged);
  fs::create_directory(at("place"));
  std::ofstream(at("place/mine")) << "x";
  const auto placed = staged->put_in_place();
  ASSERT_FALSE(placed);
  EXPECT_THAT(placed.error().message, HasSubstr("is no longer empty"));
  EXPECT_TRUE(fs::exists(at("place/mine")));
}

TEST_F(StagedDirectoryTest, APlaceThatCannotBeIsTold) {
  std::ofstream(at("file")) << "x";
  fs::create_directory_symlink(directory_->path(), at("link"));
  for (const auto& [place, words] :
       std::vector<std::pair<std::string, std::string>>{{"file", "is no directory"},
                                                        {"link", "is no directory"},
                                                        {"file/below", "cannot be"},
                                                        {"", "not empty"}}) {
    const auto staged = StagedDirectory::make(at(place));
    ASSERT_FALSE(staged) << place;
    EXPECT_THAT(staged.error().message, HasSubstr(words)) << place;
  }
}

}  // namespace
}  // namespace tickwitness::runtime
