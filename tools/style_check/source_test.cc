#include "source.h"

#include <gtest/gtest.h>

namespace tickwitness::style {
namespace {

TEST(BlankTest, HidesCommentsAndLiteralsAndKeepsColumns) {
  struct Sample {
    std::string_view text;
    std::string_view blanked;
  };
  constexpr Sample kSamples[] = {
      {"a; // b", "a;     "},
      {"a /* b\nc */ d", "a     \n     d"},
      {"f(\"x // y\") g", "f(        ) g"},
      {"f(\"\\\"\") g", "f(    ) g"},
      {"'\"' g", "    g"},
      {"1'000 + 'x'", "1'000 +    "},
      {"R\"(a\n\")\" b", "    \n    b"},
      {"R\"x(a)\")x\" b", "           b"},
      {"LARGER\"x\" b", "LARGER    b"},
      {"\"never closed\nb", "             \nb"},
  };
  for (const auto& sample : kSamples) {
    EXPECT_EQ(blank_comments_and_strings(sample.text), sample.blanked) << sample.text;
  }
}

TEST(SourceTest, KnowsWhatItIs) {
  EXPECT_TRUE(make_source("src/a/b.h", "").is_cpp());
  EXPECT_FALSE(make_source("src/a.b/c", "").is_cpp());
  EXPECT_TRUE(make_source("src/a/b_test.cc", "").is_test());
  EXPECT_TRUE(make_source("tests/e2e/b.cc", "").is_test());
  EXPECT_FALSE(make_source("src/a/b.cc", "").is_test());
  EXPECT_TRUE(make_source("a.png", std::string_view("\x89\0P", 3)).binary);
  EXPECT_EQ(make_source("a", "x\n\ny\n").lines.size(), 3U);
  EXPECT_FALSE(make_source("a", "x").ends_with_newline);
}

TEST(SourceTest, AnExcuseNeedsAReason) {
  const auto source = make_source("a.cc", "f();  // ok: it is needed\ng();\nh();  // ok: x\n");
  EXPECT_TRUE(excused(source, 0, "ok"));
  EXPECT_TRUE(excused(source, 1, "ok"));  // the line above
  EXPECT_FALSE(excused(source, 2, "ok"));
}

}  // namespace
}  // namespace tickwitness::style
