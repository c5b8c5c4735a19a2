#include "base/utf8.h"

#include <gtest/gtest.h>

namespace tickwitness::base {
namespace {

struct Case {
  std::string_view bytes;
  std::uint32_t value;
  std::size_t length;
};

// Boundaries of every length, from the table in RFC 3629 section 4.
TEST(Utf8, ReadsWellFormedAndRefusesTheRest) {
  const Case cases[] = {
      {{"\0", 1}, 0, 1},
      {"\x7f", 0x7f, 1},
      {"\xc2\x80", 0x80, 2},
      {"\xdf\xbf", 0x7ff, 2},
      {"\xe0\xa0\x80", 0x800, 3},
      {"\xed\x9f\xbf", 0xd7ff, 3},
      {"\xee\x80\x80", 0xe000, 3},
      {"\xef\xbf\xbf", 0xffff, 3},
      {"\xf0\x90\x80\x80", 0x10000, 4},
      {"\xf4\x8f\xbf\xbf", 0x10ffff, 4},
      {"\x80", 0, 0},
      {"\xc0\x80", 0, 0},
      {"\xc1\xbf", 0, 0},
      {"\xc2", 0, 0},
      {"\xe0\x9f\xbf", 0, 0},
      {"\xed\xa0\x80", 0, 0},
      {"\xe2\x82", 0, 0},
      {"\xf0\x8f\xbf\xbf", 0, 0},
      {"\xf4\x90\x80\x80", 0, 0},
      {"\xf5\x80\x80\x80", 0, 0},
      {"\xff", 0, 0},
  };
  for (const auto& c : cases) {
    const CodePoint got = utf8_at(c.bytes, 0);
    EXPECT_EQ(got.bytes, c.length) << testing::PrintToString(c.bytes);
    EXPECT_EQ(got.value, c.value) << testing::PrintToString(c.bytes);
  }
}

TEST(Utf8, DeceptiveIsWhatMovesTheTextAround) {
  for (std::uint32_t c : {0x00U, 0x0aU, 0x1bU, 0x7fU, 0x85U, 0x2028U, 0x202eU, 0x2066U, 0xfeffU})
    EXPECT_TRUE(is_deceptive(c)) << c;
  for (std::uint32_t c : {0x20U, 0x41U, 0xe9U, 0x20acU, 0x1f600U})
    EXPECT_FALSE(is_deceptive(c)) << c;
}

}  // namespace
}  // namespace tickwitness::base
