// Each testdata/*.good.yaml loads; each *.bad.yaml gives exactly the lines of its *.bad.expected.
// After a change of words: TW_UPDATE_EXPECTED=1 build/dev/test_config, then read the difference.
#include <gtest/gtest.h>

#include <cstdlib>
#include <filesystem>
#include <set>

#include "config/load.h"
#include "config/test_files.h"

namespace tickwitness::config {
namespace {

const std::string kFolder = std::string(TW_SOURCE_DIR) + "/src/config/testdata/";

std::set<std::string> names_ending(std::string_view end) {
  std::set<std::string> names;
  for (const auto& entry : std::filesystem::directory_iterator(kFolder))
    if (const auto name = entry.path().filename().string(); name.ends_with(end)) names.insert(name);
  return names;
}

std::string lines_of(const std::vector<Problem>& problems) {
  std::string lines;
  for (const Problem& problem : problems) lines += problem.str() + "\n";
  return lines;
}

TEST(ConfigTestdata, GoodFilesLoad) {
  const auto names = names_ending(".good.yaml");
  EXPECT_GE(names.size(), 8U);
  for (const std::string& name : names) {
    const auto loaded = load(name, reader_of(kFolder), {});
    EXPECT_TRUE(loaded) << name << "\n"
                        << lines_of(loaded ? std::vector<Problem>{} : loaded.error());
  }
}

TEST(ConfigTestdata, BadFilesSayWhatIsExpected) {
  const auto names = names_ending(".bad.yaml");
  EXPECT_GE(names.size(), 30U);
  for (const std::string& name : names) {
    const auto loaded = load(name, reader_of(kFolder), {});
    ASSERT_FALSE(loaded) << name;
    const std::string expected_file = kFolder + name.substr(0, name.size() - 5) + ".expected";
    if (std::getenv("TW_UPDATE_EXPECTED") != nullptr)
      write_file(expected_file, lines_of(loaded.error()));
    EXPECT_EQ(lines_of(loaded.error()), read_file(expected_file).value_or("")) << name;
  }
}

// The canary of every file that holds a secret where none belongs.
TEST(ConfigTestdata, NoSecretIsPrinted) {
  for (const std::string& name : names_ending(".bad.yaml")) {
    const auto loaded = load(name, reader_of(kFolder), {});
    ASSERT_FALSE(loaded) << name;
    EXPECT_EQ(lines_of(loaded.error()).find("hunter2"), std::string::npos) << name;
  }
}

}  // namespace
}  // namespace tickwitness::config
