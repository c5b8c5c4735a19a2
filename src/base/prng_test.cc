#include "base/prng.h"

#include <gtest/gtest.h>

#include <array>

namespace tickwitness::base {
namespace {

// First words of xoshiro256** seeded through SplitMix64, as an independent implementation of both
// gives them (numbers below computed in Python from the published algorithms).
TEST(Prng, EqualsThePublishedAlgorithm) {
  struct Case {
    std::uint64_t seed;
    std::array<std::uint64_t, 4> words;
  };
  const Case cases[] = {
      {0U, {0x99ec5f36cb75f2b4U, 0xbf6e1f784956452aU, 0x1a5f849d4933e6e0U, 0x6aa594f1262d2d2cU}},
      {7U, {0xb358faf74ef9765aU, 0x475c3d964f482cd2U, 0xd6f1d349952c7996U, 0xfb2938731e807240U}},
      {18446744073709551615U,
       {0x8f5520d52a7ead08U, 0xc476a018caa1802dU, 0x81de31c0d260469eU, 0xbf658d7e065f3c2fU}},
  };
  for (const auto& c : cases) {
    Prng prng(c.seed);
    for (const auto word : c.words) EXPECT_EQ(prng.next(), word) << "seed " << c.seed;
  }
}

TEST(Prng, SameSeedSameDraws) {
  Prng a(7);
  Prng b(7);
  Prng other(8);
  bool differs = false;
  for (int i = 0; i < 100; ++i) {
    const auto drawn = a.next();
    EXPECT_EQ(drawn, b.next());
    differs |= drawn != other.next();
  }
  EXPECT_TRUE(differs);
}

TEST(Prng, BelowStaysBelowAndReachesEverything) {
  Prng prng(1);
  std::array<int, 6> seen{};
  constexpr int kDraws = 60000;
  for (int i = 0; i < kDraws; ++i) ++seen.at(prng.below(seen.size()));
  for (const int count : seen) EXPECT_NEAR(count, kDraws / 6, 500);  // five standard deviations
  EXPECT_EQ(prng.below(1), 0u);
  const std::uint64_t huge = (std::uint64_t{1} << 63) + 1;  // where rejection happens often
  for (int i = 0; i < 1000; ++i) EXPECT_LT(prng.below(huge), huge);
}

TEST(Prng, UnitIsHalfOpen) {
  Prng prng(2);
  double sum = 0;
  for (int i = 0; i < 10000; ++i) {
    const double x = prng.unit();
    ASSERT_GE(x, 0.0);
    ASSERT_LT(x, 1.0);
    sum += x;
  }
  EXPECT_NEAR(sum / 10000, 0.5, 0.02);
}

TEST(Prng, PartsDoNotDisturbEachOther) {
  Prng whole(3);
  Prng part = whole.split();
  const auto next_of_whole = whole.next();
  Prng again(3);
  Prng part_again = again.split();
  for (int i = 0; i < 5; ++i) part_again.next();
  EXPECT_EQ(again.next(), next_of_whole);
  EXPECT_NE(part.next(), next_of_whole);
}

}  // namespace
}  // namespace tickwitness::base
