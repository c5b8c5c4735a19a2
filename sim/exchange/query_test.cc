#include "sim/exchange/query.h"

#include <gtest/gtest.h>

namespace tickwitness::sim {
namespace {

TEST(Query, FindsAndDecodesParameters) {
  struct Case {
    std::string_view query, name;
    std::optional<std::string> value;
  };
  const Case cases[] = {
      {"a=1&b=2", "b", "2"},
      {"a=1&a=2", "a", "1"},
      {"a=1", "b", std::nullopt},
      {"ab=1", "a", std::nullopt},
      {"a", "a", std::nullopt},
      {"", "a", std::nullopt},
      {"a=", "a", ""},
      {"a=x=y", "a", "x=y"},
      {"pair=BTC%2FUSD", "pair", "BTC/USD"},
      {"s=%5B%22A%22%2c%22B%22%5d", "s", R"(["A","B"])"},
      {"a=%zz%4", "a", "%zz%4"},
      {"a=100%", "a", "100%"},
      {"a=%41%", "a", "A%"},
  };
  for (const Case& c : cases) EXPECT_EQ(parameter(c.query, c.name), c.value) << c.query;
}

TEST(Query, NumbersAreDigitsAlone) {
  EXPECT_EQ(parse_unsigned("18446744073709551615"), UINT64_MAX);
  for (const std::string_view bad : {"", "-1", "+1", "1 ", "1.0", "18446744073709551616"})
    EXPECT_FALSE(parse_unsigned(bad)) << bad;
}

}  // namespace
}  // namespace tickwitness::sim
