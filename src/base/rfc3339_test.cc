#include "base/rfc3339.h"

#include <gtest/gtest.h>
#include <rapidcheck.h>

namespace tickwitness::base {
namespace {

WallTime at(std::int64_t nanos) {
  return WallTime{Duration{nanos}};
}

TEST(Rfc3339, ReadsUtcTimesOfAnyPrecision) {
  struct Case {
    const char* text;
    std::int64_t nanos;  // from `date -u +%s%N -d …`
  };
  const Case cases[] = {
      {"1970-01-01T00:00:00Z", 0},
      {"1970-01-01T00:00:00.000000001Z", 1},
      {"1969-12-31T23:59:59.999999999Z", -1},
      {"2024-05-27T12:33:10.826003Z", 1716813190826003000},
      {"2024-05-17T11:21:16.318303322Z", 1715944876318303322},
      {"2024-02-29T00:00:00.5Z", 1709164800500000000},
      {"2000-02-29T23:59:59Z", 951868799000000000},
      {"2261-12-31T23:59:59.999999999Z", 9214646399999999999},
      {"1678-01-01T00:00:00Z", -9214560000000000000},
  };
  for (const auto& c : cases) {
    const auto time = parse_rfc3339(c.text);
    ASSERT_TRUE(time) << c.text;
    EXPECT_EQ(*time, at(c.nanos)) << c.text;
  }
}

TEST(Rfc3339, RefusesEverythingElse) {
  for (const std::string text : {"",
                                 "Z",
                                 "2024-05-27",
                                 "2024-05-27T12:33:10",
                                 "2024-05-27T12:33:10.Z",
                                 "2024-05-27T12:33:10.1234567890Z",
                                 "2024-05-27T12:33:10+00:00",
                                 "2024-05-27 12:33:10Z",
                                 "2024-05-27t12:33:10z",
                                 "2024-13-01T00:00:00Z",
                                 "2024-00-01T00:00:00Z",
                                 "2024-02-30T00:00:00Z",
                                 "2023-02-29T00:00:00Z",
                                 "2100-02-29T00:00:00Z",
                                 "2024-05-00T00:00:00Z",
                                 "2024-05-27T24:00:00Z",
                                 "2024-05-27T12:60:00Z",
                                 "2024-05-27T12:33:60Z",
                                 "1677-12-31T23:59:59Z",
                                 "2262-01-01T00:00:00Z",
                                 "2024-05-27T12:33:1 Z",
                                 "2024-05-27T12:33:-1Z",
                                 "2O24-05-27T12:33:10Z",
                                 "2024-05-27T12:33:10.82600\u0663Z",
                                 "2024-05-27T12:33:10,826Z"})
    EXPECT_FALSE(parse_rfc3339(text)) << text;
}

TEST(Rfc3339, WritesWithAsManyDecimalsAsAsked) {
  const auto time = at(1716813190826003999);
  EXPECT_EQ(format_rfc3339(time), "2024-05-27T12:33:10.826003Z");
  EXPECT_EQ(format_rfc3339(time, 9), "2024-05-27T12:33:10.826003999Z");
  EXPECT_EQ(format_rfc3339(time, 3), "2024-05-27T12:33:10.826Z");
  EXPECT_EQ(format_rfc3339(time, 0), "2024-05-27T12:33:10Z");
  EXPECT_EQ(format_rfc3339(at(-1), 9), "1969-12-31T23:59:59.999999999Z");
}

TEST(Rfc3339, TextComesBackAsTheSameTime) {
  EXPECT_TRUE(rc::check([] {
    constexpr std::int64_t kEdge = 9'214'000'000'000'000'000;
    const auto time = at(*rc::gen::inRange<std::int64_t>(-kEdge, kEdge));
    RC_ASSERT(parse_rfc3339(format_rfc3339(time, 9)) == time);
  }));
}

TEST(Moment, IsATimeOrTheBeginningOfADay) {
  EXPECT_EQ(parse_moment("2024-05-27T12:33:10.826003Z"),
            parse_rfc3339("2024-05-27T12:33:10.826003Z"));
  EXPECT_EQ(parse_moment("2024-02-29"), parse_rfc3339("2024-02-29T00:00:00Z"));
  for (const char* text : {"", "2023-02-29", "yesterday!", "2024-05-2", "2024-05-27T"})
    EXPECT_EQ(parse_moment(text), std::nullopt) << text;
}

}  // namespace
}  // namespace tickwitness::base
