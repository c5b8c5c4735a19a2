#include "sim/clients/exposition.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>
#include <limits>

namespace tickwitness::sim {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::Pair;

constexpr double kInf = std::numeric_limits<double>::infinity();

Exposition good(std::string_view text) {
  auto read = Exposition::parse(text);
  EXPECT_TRUE(read) << (read ? "" : read.error().message);
  return read ? std::move(*read) : Exposition();
}

TEST(Exposition, ReadsFamiliesInOrder) {
  const Exposition scrape = good(
      "# HELP a_total What a is.\n"
      "# TYPE a_total counter\n"
      "a_total{x=\"1\",y=\"two\"} 5\n"
      "a_total{x=\"2\",y=\"two\"} 7 1700000000000\n"
      "\n"
      "# just a remark\n"
      "plain 1\n"
      "# TYPE h histogram\n"
      "h_bucket{le=\"0.1\"} 1\n"
      "h_bucket{le=\"+Inf\"} 2\n"
      "h_sum 0.7\n"
      "h_count 2\n");
  ASSERT_EQ(scrape.families().size(), 3U);
  const ScrapeFamily& a = scrape.families()[0];
  EXPECT_EQ(a.name, "a_total");
  EXPECT_EQ(a.type, "counter");
  EXPECT_EQ(a.help, "What a is.");
  ASSERT_EQ(a.samples.size(), 2U);
  EXPECT_THAT(a.samples[0].labels, ElementsAre(Pair("x", "1"), Pair("y", "two")));
  EXPECT_EQ(a.samples[1].value, 7);
  EXPECT_EQ(a.samples[1].label("x"), "2");
  EXPECT_EQ(a.samples[1].label("z"), "");
  EXPECT_EQ(scrape.families()[1].type, "untyped");
  EXPECT_EQ(scrape.families()[2].samples[1].name, "h_bucket");
  EXPECT_EQ(scrape.series(), 7U);
  EXPECT_EQ(scrape.family("a_total"), &a);
  EXPECT_EQ(scrape.family("h_count"), nullptr);
}

TEST(Exposition, FindsAndAddsUp) {
  const Exposition scrape = good(
      "a{x=\"1\",y=\"p\"} 5\n"
      "a{x=\"2\",y=\"p\"} 7\n"
      "a{x=\"2\",y=\"q\"} 11\n"
      "# TYPE h histogram\n"
      "h_bucket{le=\"+Inf\"} 2\n"
      "h_sum 0.5\n"
      "h_count 2\n");
  EXPECT_EQ(scrape.sum("a"), 23);
  EXPECT_EQ(scrape.sum("a", {{"y", "p"}}), 12);
  EXPECT_EQ(scrape.sum("a", {{"y", "p"}, {"x", "2"}}), 7);
  EXPECT_EQ(scrape.sum("a", {{"y", "r"}}), 0);
  EXPECT_EQ(scrape.sum("h_sum"), 0.5);
  EXPECT_EQ(scrape.sum("h"), 0);
  EXPECT_EQ(scrape.sum("b_count"), 0);
  ASSERT_EQ(scrape.find("a", {{"x", "2"}}).size(), 2U);
  EXPECT_EQ(scrape.find("a", {{"x", "2"}})[1]->value, 11);
}

TEST(Exposition, StaysReadableWhenMoved) {
  Exposition first = good("a{x=\"\\\\\"} 5\nb 1\n");  // texts short enough to be copied in place
  const std::vector<Exposition> kept = [&] {
    std::vector<Exposition> grown;
    grown.push_back(std::move(first));
    for (int i = 0; i < 10; ++i) grown.push_back(good("c 1\n"));
    return grown;
  }();
  EXPECT_EQ(kept[0].families()[0].samples[0].label("x"), "\\");
  EXPECT_EQ(kept[0].families()[0].samples[0].series, "a{x=\"\\\\\"}");
  EXPECT_EQ(kept[0].sum("b"), 1);
}

TEST(Exposition, UndoesEscapes) {
  const Exposition scrape = good(
      "# HELP a one\\ntwo \\\\ \"three\"\n"
      "a{x=\"say \\\"hi\\\"\\\\\\n, } = #\",y=\"\\\\n\"} 1\n");
  EXPECT_EQ(scrape.families()[0].help, "one\ntwo \\ \"three\"");
  EXPECT_EQ(scrape.families()[0].samples[0].label("x"), "say \"hi\"\\\n, } = #");
  EXPECT_EQ(scrape.families()[0].samples[0].label("y"), "\\n");
}

TEST(Exposition, BlanksMayStandBetweenTokens) {
  const Exposition scrape = good(
      " \t# \t HELP  a  much   room \n"
      "#TYPE a gauge\t\n"
      "  a { x = \"1\" ,\ty=\"2\" , } \t -2.5e+1  -17 \n"
      "b{}3\n"
      "c{x=\"\"}4\n"
      " \t\n"
      "#\n");
  EXPECT_EQ(scrape.families()[0].help, "much   room ");
  EXPECT_EQ(scrape.families()[0].type, "gauge");
  EXPECT_EQ(scrape.sum("a", {{"x", "1"}, {"y", "2"}}), -25);
  EXPECT_EQ(scrape.sum("b"), 3);
  EXPECT_EQ(scrape.sum("c", {{"x", ""}}), 4);
}

TEST(Exposition, ASeriesIsTheSameInAnyOrderOfItsLabels) {
  const Exposition one = good("a{x=\"1\",y=\"2\"} 1\n");
  const Exposition two = good("a{ y=\"2\", x=\"1\",} 1\n");
  EXPECT_EQ(one.families()[0].samples[0].series, "a{x=\"1\",y=\"2\"}");
  EXPECT_EQ(one.families()[0].samples[0].series, two.families()[0].samples[0].series);
  const Exposition tricky = good("a{x=\"1\\\",y=\\\"2\"} 1\na 1\n");
  EXPECT_NE(one.families()[0].samples[0].series, tricky.families()[0].samples[0].series);
  EXPECT_EQ(tricky.families()[0].samples[1].series, "a");
}

TEST(Exposition, ReadsNumbers) {
  struct Case {
    std::string_view text;
    double value;
  };
  for (const Case& c : {Case{"0", 0}, Case{"-0", -0.0}, Case{"+1", 1},
                        Case{"18446744073709551615", 18446744073709551615.0}, Case{"0.1", 0.1},
                        Case{".5", 0.5}, Case{"5.", 5}, Case{"1e3", 1000}, Case{"1E-3", 0.001},
                        Case{"1.7976931348623157e+308", 1.7976931348623157e308},
                        Case{"4.9e-324", 4.9e-324}, Case{"+Inf", kInf}, Case{"-Inf", -kInf}}) {
    const auto value = scrape_number(c.text);
    ASSERT_TRUE(value) << c.text;
    EXPECT_EQ(*value, c.value) << c.text;
    EXPECT_EQ(std::signbit(*value), std::signbit(c.value)) << c.text;
  }
  EXPECT_TRUE(std::isnan(scrape_number("NaN").value()));
  for (const std::string_view text :
       {"",     "+",        "-",         ".",      "e1",    "1e",   "+-1", "--1",
        "++1",  "0x10",     "1_000",     "1,5",    "nan",   "-NaN", "inf", "Inf",
        "+inf", "infinity", "+Infinity", "nan(1)", "1e999", "1 ",   " 1",  "1f"}) {
    EXPECT_FALSE(scrape_number(text)) << text;
  }
}

TEST(Exposition, AnEmptyScrapeIsOne) {
  EXPECT_TRUE(good("").families().empty());
  EXPECT_EQ(good("\n\n").series(), 0U);
  EXPECT_EQ(good("\n\n").bytes(), 2U);
}

TEST(Exposition, SummariesAndNamesLikePartsAreKeptApart) {
  const Exposition scrape = good(
      "# TYPE s summary\n"
      "s{quantile=\"0.5\"} 1\n"
      "s_sum 2\n"
      "s_count 3\n"
      "# TYPE s_bucket gauge\n"
      "s_bucket 4\n"
      "# TYPE g gauge\n"
      "g 5\n"
      "g_count 6\n");
  ASSERT_EQ(scrape.families().size(), 4U);
  EXPECT_EQ(scrape.sum("s_count"), 3);
  EXPECT_EQ(scrape.sum("s_bucket"), 4);
  EXPECT_EQ(scrape.sum("g_count"), 6);
}

TEST(Exposition, SaysWhatIsWrongAndWhere) {
  struct Case {
    std::string_view text;
    std::string_view error;
  };
  const std::vector<Case> cases{
      {"a 1", "no line feed"},
      {"a 1\nb 2", "no line feed"},
      {"a 1\nb\n", "line 2: no value after b"},
      {"a{} \n", "line 1: no number"},
      {"a x\n", "line 1: no number: x"},
      {"a 1 x\n", "no time: x"},
      {"a 1 1.5\n", "no time: 1.5"},
      {"a 1 2 3\n", "something after the value"},
      {"a 1\r\n", "no number"},
      {"1a 1\n", "neither a comment nor the name of a metric"},
      {"{x=\"1\"} 1\n", "neither"},
      {"a-b 1\n", "no value after a"},
      {"a{x=\"1\" y=\"2\"} 1\n", "no , or }"},
      {"a{x=\"1\"\n", "no , or }"},
      {"a{,} 1\n", "no name of a label"},
      {"a{x=\"1\",,} 1\n", "no name of a label"},
      {"a{1x=\"1\"} 1\n", "no name of a label"},
      {"a{x:y=\"1\"} 1\n", "no = after x"},
      {"a{__x=\"1\"} 1\n", "begins with __"},
      {"a{x=1} 1\n", "not quoted"},
      {"a{x='1'} 1\n", "not quoted"},
      {"a{x=\"1} 1\n", "has no end"},
      {"a{x=\"1\\\"} 1\n", "has no end"},
      {"a{x=\"1\\", "no line feed"},
      {"a{x=\"1\\\n", "has no end"},
      {"a{x=\"\\t\"} 1\n", "an escape that is not"},
      {"a{x=\"1\",x=\"2\"} 1\n", "a second label x"},
      {"a{x=\"\xFF\"} 1\n", "line 1: not UTF-8"},
      {"# \xC0\x80\n", "not UTF-8"},
      {"a 1\na 1\n", "line 2: a second a"},
      {"a{x=\"1\",y=\"2\"} 1\na{y=\"2\",x=\"1\"} 1\n", "a second a{x=\"1\",y=\"2\"}"},
      {"a 1\nb 1\na{x=\"1\"} 1\n", "line 3: lines of a are not together"},
      {"# TYPE a gauge\n# TYPE b gauge\na 1\n", "lines of a are not together"},
      {"# TYPE a gauge\n# TYPE a gauge\n", "a second TYPE"},
      {"# HELP a x\n# HELP a x\n", "a second HELP"},
      {"# HELP a x\nb 1\n# TYPE a gauge\n", "lines of a are not together"},
      {"a 1\n# TYPE a gauge\n", "TYPE after samples"},
      {"a 1\n# HELP a x\n", "HELP after samples"},
      {"# HELP a \\\"x\\\"\n", "HELP with an escape"},
      {"# HELP a x\\\n", "HELP with an escape"},
      {"# TYPE a\n", "no such type"},
      {"# TYPE a Counter\n", "no such type: Counter"},
      {"# TYPE a unknown\n", "no such type"},
      {"# TYPE a counter x\n", "something after the type"},
      {"# TYPE\n", "without the name"},
      {"# HELP a-b x\n", "without the name"},
      {"# TYPE h histogram\nh 1\n", "a histogram has only"},
      {"# TYPE h histogram\nh_bucket{x=\"1\"} 1\n", "without le"},
      {"# TYPE h histogram\nh_sum 1\na 1\nh_count 1\n", "lines of h_count are not together"},
      {"h_sum 1\n# TYPE h histogram\n", "h_sum is a metric already"},
      {"# TYPE h histogram\n# TYPE h_count counter\n", "lines of h_count are not together"},
  };
  for (const Case& c : cases) {
    const auto read = Exposition::parse(c.text);
    ASSERT_FALSE(read) << c.text;
    EXPECT_THAT(read.error().message, HasSubstr(c.error)) << c.text;
  }
}

}  // namespace
}  // namespace tickwitness::sim
