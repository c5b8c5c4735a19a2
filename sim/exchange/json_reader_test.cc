#include "sim/exchange/json_reader.h"

#include <gtest/gtest.h>

namespace tickwitness::sim {
namespace {

TEST(JsonReader, ReadsEverySort) {
  const auto json = parse_json(
      R"( {"a":[1,-0.5e+3,"x"],"b":null,"c":true,"d":{"e":18446744073709551615},"f":""} )");
  ASSERT_TRUE(json);
  ASSERT_EQ(json->find("a")->items.size(), 3U);
  EXPECT_EQ(json->find("a")->items[1].text, "-0.5e+3");
  EXPECT_EQ(json->find("b")->type, Json::Type::null);
  EXPECT_TRUE(json->find("c")->boolean);
  EXPECT_EQ(json->find("d")->find("e")->as_unsigned(), 18446744073709551615U);
  EXPECT_EQ(json->find("f")->text, "");
  EXPECT_EQ(json->find("g"), nullptr);
}

TEST(JsonReader, DecodesEscapes) {
  const auto json = parse_json(R"("\"\\\/\b\f\n\r\tA\u00e9\u20AC\ud83d\ude00")");
  ASSERT_TRUE(json);
  EXPECT_EQ(json->text, "\"\\/\b\f\n\r\tA\xC3\xA9\xE2\x82\xAC\xF0\x9F\x98\x80");
}

TEST(JsonReader, RefusesWhatIsNotJson) {
  for (const std::string_view text : {"",
                                      " ",
                                      "{",
                                      "}",
                                      "[1,]",
                                      "{\"a\":1,}",
                                      "{\"a\"}",
                                      "{a:1}",
                                      "nul",
                                      "truefalse",
                                      "01",
                                      "+1",
                                      "1.",
                                      ".5",
                                      "1e",
                                      "-",
                                      "\"",
                                      "\"\\x\"",
                                      "\"\\u12\"",
                                      "\"\\ud800\"",
                                      "\"\\udc00\"",
                                      "\"\\ud800\\u0041\"",
                                      "\"a\nb\"",
                                      "1 2",
                                      "[1 2]",
                                      "{\"a\":1,\"a\":2}",
                                      "'a'",
                                      "NaN"})
    EXPECT_FALSE(parse_json(text)) << text;
}

TEST(JsonReader, HasLimits) {
  const JsonLimits limits{.bytes_max = 20, .depth_max = 2, .values_max = 5};
  EXPECT_TRUE(parse_json("[[1]]", limits));
  EXPECT_FALSE(parse_json("[[[1]]]", limits));
  EXPECT_TRUE(parse_json("[1,2,3,4]", limits));
  EXPECT_FALSE(parse_json("[1,2,3,4,5]", limits));
  EXPECT_TRUE(parse_json(std::string(19, ' ') + "1", limits));
  EXPECT_FALSE(parse_json(std::string(20, ' ') + "1", limits));
  EXPECT_FALSE(parse_json(std::string(60'000, '[')));
}

TEST(JsonReader, UnsignedIsExact) {
  struct Case {
    std::string_view text;
    std::optional<std::uint64_t> value;
  };
  for (const Case& c : {Case{"0", 0}, Case{"9223372036854775809", 9223372036854775809U},
                        Case{"18446744073709551616", {}}, Case{"-1", {}}, Case{"1.0", {}},
                        Case{"1e3", {}}, Case{"\"1\"", {}}})
    EXPECT_EQ(parse_json(c.text)->as_unsigned(), c.value) << c.text;
}

}  // namespace
}  // namespace tickwitness::sim
