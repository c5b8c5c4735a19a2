#include "telemetry/core/text.h"

#include <gtest/gtest.h>

#include <charconv>
#include <cmath>
#include <limits>

#include "base/prng.h"

namespace tickwitness::telemetry::core {
namespace {

std::string number(double value) {
  std::string out;
  append_number(out, value);
  return out;
}

std::string bound(double value) {
  std::string out;
  append_bound(out, value);
  return out;
}

TEST(Text, Numbers) {
  const std::pair<double, const char*> cases[] = {
      {0, "0"},           {-0.0, "-0"},
      {1, "1"},           {100000, "100000"},
      {-5, "-5"},         {0.1, "0.1"},
      {12.5, "12.5"},     {1e21, "1e+21"},
      {1e-7, "1e-07"},    {9007199254740991.0, "9007199254740991"},
      {INFINITY, "+Inf"}, {-INFINITY, "-Inf"},
      {NAN, "NaN"},       {-NAN, "NaN"}};
  for (const auto& [value, text] : cases) EXPECT_EQ(number(value), text);
  std::string whole;
  append_number(whole, std::numeric_limits<std::uint64_t>::max());
  EXPECT_EQ(whole, "18446744073709551615");
}

TEST(Text, NumbersReadBackExactly) {
  base::Prng prng(3);
  for (int i = 0; i < 100'000; ++i) {
    const auto value = std::bit_cast<double>(prng.next());
    if (!std::isfinite(value)) continue;
    const std::string text = number(value);
    double back = 0;
    std::from_chars(text.data(), text.data() + text.size(), back);
    ASSERT_EQ(back, value) << text;
  }
}

TEST(Text, BoundsAlwaysLookLikeFractions) {
  EXPECT_EQ(bound(1), "1.0");
  EXPECT_EQ(bound(10), "10.0");
  EXPECT_EQ(bound(0.0025), "0.0025");
  EXPECT_EQ(bound(0), "0.0");
  EXPECT_EQ(bound(0.0001), "0.0001");
  EXPECT_EQ(bound(0.00001), "1e-05");
  EXPECT_EQ(bound(0.000012345), "1.2345e-05");
  EXPECT_EQ(bound(999'999.5), "999999.5");
  EXPECT_EQ(bound(1e6), "1e+06");
  EXPECT_EQ(bound(16'777'216), "1.6777216e+07");
  EXPECT_EQ(bound(INFINITY), "+Inf");
}

TEST(Text, TimesHaveEveryNanosecond) {
  const std::pair<std::int64_t, const char*> cases[] = {
      {0, "0"},
      {1'700'000'000'250'000'000, "1700000000.25"},
      {1'700'000'000'000'000'001, "1700000000.000000001"},
      {-1, "-0.000000001"},
      {std::numeric_limits<std::int64_t>::min(), "-9223372036.854775808"}};
  for (const auto& [nanoseconds, expected] : cases) {
    std::string text;
    append_time(text, std::chrono::nanoseconds(nanoseconds));
    EXPECT_EQ(text, expected);
  }
}

TEST(Text, Utf8) {
  const std::string bad = "\xEF\xBF\xBD";
  const std::pair<std::string, std::string> cases[] = {
      {"BTC-USD", "BTC-USD"},
      {"\xC3\xA4\xE2\x82\xAC\xF0\x9F\x90\xBB", "\xC3\xA4\xE2\x82\xAC\xF0\x9F\x90\xBB"},
      {"a\x80z", "a" + bad + "z"},
      {"\xC0\xAF", bad + bad},                      // overlong
      {"\xED\xA0\x80", bad + bad + bad},            // surrogate
      {"\xF4\x90\x80\x80", bad + bad + bad + bad},  // above U+10FFFF
      {"\xE2\x82", bad + bad},                      // cut off
  };
  for (const auto& [text, expected] : cases) EXPECT_EQ(valid_utf8(text), expected);
}

TEST(Text, Help) {
  std::string text;
  append_help(text, "a\\b\n\"c\"", false);
  EXPECT_EQ(text, "a\\\\b\\n\"c\"");
  text.clear();
  append_help(text, "a\\b\n\"c\"", true);
  EXPECT_EQ(text, "a\\\\b\\n\\\"c\\\"");
}

}  // namespace
}  // namespace tickwitness::telemetry::core
