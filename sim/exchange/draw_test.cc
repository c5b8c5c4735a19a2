#include "sim/exchange/draw.h"

#include <gtest/gtest.h>

#include <cmath>
#include <vector>

namespace tickwitness::sim {
namespace {

constexpr int kDraws = 100'000;

// Fixed seed, so these bounds either hold always or never: about 4 standard errors.
TEST(Draw, ExponentialHasItsMeanAndItsTail) {
  base::Prng prng(42);
  const base::Duration mean = std::chrono::milliseconds(250);
  double sum = 0;
  int above_mean = 0;
  int above_three = 0;
  for (int i = 0; i < kDraws; ++i) {
    const base::Duration drawn = exponential(prng, mean);
    ASSERT_GE(drawn.count(), 0);
    sum += static_cast<double>(drawn.count());
    if (drawn > mean) ++above_mean;
    if (drawn > 3 * mean) ++above_three;
  }
  EXPECT_NEAR(sum / kDraws / 250e6, 1, 0.013);
  EXPECT_NEAR(above_mean, kDraws * std::exp(-1), 620);
  EXPECT_NEAR(above_three, kDraws * std::exp(-3), 280);
  EXPECT_EQ(exponential(prng, base::Duration::zero()).count(), 0);
}

TEST(Draw, BellHasStandardDeviationFour) {
  base::Prng prng(43);
  double sum = 0;
  double squares = 0;
  for (int i = 0; i < kDraws; ++i) {
    const int drawn = bell(prng);
    sum += drawn;
    squares += drawn * drawn;
  }
  EXPECT_NEAR(sum / kDraws, 0, 0.05);
  EXPECT_NEAR(squares / kDraws, 16, 0.3);
}

TEST(Draw, HalvingHalves) {
  base::Prng prng(44);
  std::vector<int> counts(4);
  for (int i = 0; i < kDraws; ++i) ++counts.at(static_cast<std::size_t>(halving(prng, 3)));
  EXPECT_NEAR(counts[0], kDraws / 2, 640);
  EXPECT_NEAR(counts[1], kDraws / 4, 550);
  EXPECT_NEAR(counts[3], kDraws / 8, 420);
}

}  // namespace
}  // namespace tickwitness::sim
