#include "config/fields.h"

#include <gtest/gtest.h>

#include <set>
#include <sstream>

#include "config/nearest.h"
#include "config/parse.h"
#include "config/test_files.h"

namespace tickwitness::config {
namespace {

TEST(Fields, PathsVariablesAndPlacesAreEachOnce) {
  std::set<std::string_view> paths;
  std::set<std::string> variables;
  for (const Field& field : fields()) {
    EXPECT_TRUE(paths.insert(field.path).second) << field.path;
    if (const auto name = variable(field); !name.empty()) {
      EXPECT_TRUE(variables.insert(name).second) << field.path;
    }
    EXPECT_TRUE(field.doc.ends_with('.')) << field.path;
    for (const Field& other : fields()) {
      Settings s;
      if (&field != &other) {
        EXPECT_NE(field.ref(s), other.ref(s)) << field.path << " and " << other.path;
      }
    }
  }
}

TEST(Fields, RoomsAreThoseOfTheHouse) {
  std::set<std::string> expected;
  std::istringstream table(*read_file(std::string(TW_SOURCE_DIR) + "/src/rooms.txt"));
  for (std::string line; std::getline(table, line);)
    if (!line.empty() && line[0] != '#') expected.insert(line.substr(0, line.find_first_of("/:")));
  EXPECT_EQ(std::set<std::string>(rooms().begin(), rooms().end()), expected);
}

struct Meant {
  std::string_view written, meant;
};

TEST(Nearest, FindsWhatWasMeant) {
  const std::vector<std::string_view> words = {"listen", "log", "timeout_seconds",
                                               "data_directory"};
  const Meant cases[] = {{"lisen", "listen"},
                         {"lsiten", "listen"},
                         {"LISTEN", "listen"},
                         {"logs", "log"},
                         {"timeout", "timeout_seconds"},
                         {"data-directory", "data_directory"},
                         {"data_dir", "data_directory"},
                         {"xyz", ""},
                         {"", ""},
                         {"network", ""}};
  for (const auto& c : cases) EXPECT_EQ(nearest(c.written, words), c.meant) << c.written;
  EXPECT_EQ(nearest(std::string(100'000, 'a'), words), "");
}

struct Text2Seconds {
  std::string_view text;
  std::int64_t nanoseconds;
};

TEST(Parse, SecondsAreExact) {
  const Text2Seconds good[] = {
      {"0", 0},           {"30", 30'000'000'000},  {"0.1", 100'000'000}, {"1.5", 1'500'000'000},
      {"0.000000001", 1}, {"7.250", 7'250'000'000}};
  for (const auto& c : good) {
    const auto value = parse_seconds(c.text);
    ASSERT_TRUE(value) << c.text;
    EXPECT_EQ(value->count(), c.nanoseconds) << c.text;
  }
  for (const char* bad : {"", ".", ".5", "5.", "1e3", "-1", "+1", " 1", "1 ", "0x1", "1_0", "01",
                          "nan", "inf", "1.0000000001", "1.-1", "1.+1"})
    EXPECT_FALSE(parse_seconds(bad)) << bad;
}

TEST(Parse, NumbersAreStrict) {
  EXPECT_EQ(parse_bytes("8KiB"), 8192U);
  EXPECT_EQ(parse_bytes("64MiB"), 67108864U);
  for (const char* bad :
       {"", "KiB", "8kB", "8 KiB", "-1", "1.5MiB", "99999999999999999999", "1099511627777MiB"})
    EXPECT_FALSE(parse_bytes(bad)) << bad;
  EXPECT_EQ(parse_fraction("0.25"), 0.25);
  for (const char* bad : {"", "nan", "inf", "1e-1", "0x1", "0,2", "1 "})
    EXPECT_FALSE(parse_fraction(bad)) << bad;
}

}  // namespace
}  // namespace tickwitness::config
