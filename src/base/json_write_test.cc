#include "base/json_write.h"

#include <gtest/gtest.h>

#include <limits>

namespace tickwitness::base {
namespace {

std::string quoted(std::string_view text) {
  std::string out;
  append_json_string(out, text);
  return out;
}

TEST(JsonWriter, SetsCommasInNestedObjectsAndArrays) {
  std::string out;
  JsonWriter json(out);
  json.begin_object().member("a", 1).key("b").begin_array();
  json.value("x").value(true).null().begin_object().end_object().begin_array().end_array();
  json.end_array().key("c").begin_object().member("d", false).end_object().member("e", "f");
  json.end_object();
  EXPECT_EQ(out, R"({"a":1,"b":["x",true,null,{},[]],"c":{"d":false},"e":"f"})");
}

TEST(JsonWriter, WritesNumbersSoThatTheyReadBackTheSame) {
  std::string out;
  JsonWriter json(out);
  json.begin_array().value(std::numeric_limits<std::uint64_t>::max());
  json.value(std::numeric_limits<std::int64_t>::min()).value(0.1).value(1e300).value(2.0);
  json.value(std::numeric_limits<double>::quiet_NaN()).value(-1.0 / 0.0);
  json.value(Decimal(5100, 8)).raw("[1]").end_array();
  EXPECT_EQ(out,
            "[18446744073709551615,-9223372036854775808,0.1,1e+300,2,null,null,0.00005100,[1]]");
}

TEST(JsonString, EscapesWhatJsonForbids) {
  EXPECT_EQ(quoted("BTC-USD"), R"("BTC-USD")");
  EXPECT_EQ(quoted("a\"b\\c/d"), R"("a\"b\\c/d")");
  EXPECT_EQ(quoted("\n\r\t\x01\x1f\x7f"), "\"\\n\\r\\t\\u0001\\u001f\x7f\"");
  EXPECT_EQ(quoted(std::string_view("\0", 1)), R"("\u0000")");
  EXPECT_EQ(quoted("€ µ 𝄞"), "\"€ µ 𝄞\"");
}

TEST(JsonString, ReplacesBytesThatAreNotUtf8) {
  const std::string replacement = "\xEF\xBF\xBD";
  EXPECT_EQ(quoted("a\xFF"
                   "b"),
            "\"a" + replacement + "b\"");
  EXPECT_EQ(quoted("\xC0\xAF"), "\"" + replacement + replacement + "\"");  // overlong
  EXPECT_EQ(quoted("\xED\xA0\x80"),
            "\"" + replacement + replacement + replacement + "\"");          // surrogate
  EXPECT_EQ(quoted("\xF4\x90\x80\x80").size(), 4 * replacement.size() + 2);  // above U+10FFFF
  EXPECT_EQ(quoted("\xE2\x82"), "\"" + replacement + replacement + "\"");    // cut off
}

}  // namespace
}  // namespace tickwitness::base
