#include "telemetry/core/sketch.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <limits>

#include "base/prng.h"

namespace tickwitness::telemetry::core {
namespace {

TEST(Sketch, EachValueIsWithinOnePercentOfItsBucket) {
  base::Prng prng(1);
  for (int i = 0; i < 200'000; ++i) {
    const auto shift = static_cast<int>(prng.below(63));
    const auto ns = static_cast<std::int64_t>(prng.next() >> 1) >> shift;
    for (const std::int64_t signed_ns : {ns, -ns}) {
      const double shown = sketch::value(sketch::index(signed_ns));
      ASSERT_LE(std::abs(shown - static_cast<double>(signed_ns)), 0.01 * static_cast<double>(ns))
          << signed_ns;
    }
  }
}

TEST(Sketch, IndexRisesWithTheValueOverTheWholeRange) {
  std::int64_t edges[] = {std::numeric_limits<std::int64_t>::min(),
                          -1'000'000'000,
                          -130,
                          -128,
                          -64,
                          -1,
                          0,
                          1,
                          63,
                          64,
                          127,
                          128,
                          1'000'000'000,
                          std::numeric_limits<std::int64_t>::max()};
  for (std::size_t i = 1; i < std::size(edges); ++i) {
    EXPECT_LT(sketch::index(edges[i - 1]), sketch::index(edges[i])) << edges[i];
  }
  EXPECT_LT(sketch::index(std::numeric_limits<std::int64_t>::max()), sketch::kBuckets);
  for (std::int64_t ns = -127; ns <= 127; ++ns) {
    EXPECT_EQ(sketch::value(sketch::index(ns)), static_cast<double>(ns));
  }
}

// The truth: the value at the rank in the sorted list.
double exact(std::vector<std::int64_t> values, double q) {
  std::sort(values.begin(), values.end());
  const auto rank =
      static_cast<std::size_t>(std::ceil(q * static_cast<double>(values.size()) - 1e-9));
  return static_cast<double>(values[std::max<std::size_t>(rank, 1) - 1]);
}

TEST(Sketch, QuantilesAgreeWithTheSortedValuesWithinOnePercent) {
  base::Prng prng(7);
  for (int round = 0; round < 60; ++round) {
    const std::size_t count = 1 + prng.below(3000);
    const auto center = static_cast<std::int64_t>(prng.below(2'000'000'000)) - 500'000'000;
    const std::uint64_t spread = 1 + prng.below(1'000'000'000);
    std::vector<std::int64_t> values;
    SketchCell cell;
    SketchSum sum;
    for (std::size_t i = 0; i < count; ++i) {
      values.push_back(center + static_cast<std::int64_t>(prng.below(spread)));
      cell.add(values.back());
      if (i % 100 == 0) sum.add(cell.take());
    }
    sum.add(cell.take());
    ASSERT_EQ(sum.count(), count);
    for (const double q : {0.0, 0.01, 0.5, 0.9, 0.95, 0.99, 1.0}) {
      const double truth = exact(values, q);
      const auto shown = sum.quantile(q);
      ASSERT_TRUE(shown);
      EXPECT_LE(std::abs(*shown - truth), 0.01 * std::abs(truth)) << "q " << q << " of " << count;
    }
  }
}

TEST(Sketch, RankIsExactAtWholeNumbers) {
  SketchCell cell;
  for (int i = 1; i <= 20; ++i) cell.add(i);
  SketchSum sum;
  sum.add(cell.take());
  EXPECT_EQ(sum.quantile(0.95), 19.0);
  EXPECT_EQ(sum.quantile(0.5), 10.0);
  EXPECT_EQ(sum.quantile(0.05), 1.0);
}

TEST(Sketch, ManyOfOneValueAreNotCutOff) {
  SketchCell cell;
  for (int i = 0; i < 200'000; ++i) cell.add(5);
  cell.add(6);
  SketchSum sum;
  sum.add(cell.take());
  EXPECT_EQ(sum.count(), 200'001U);
  EXPECT_EQ(sum.quantile(1.0), 6.0);
}

TEST(Sketch, NothingTakenTwiceAndNothingFromNothing) {
  SketchCell cell;
  cell.add(1);
  EXPECT_EQ(cell.take().entries.size(), 1U);
  EXPECT_TRUE(cell.take().entries.empty());
  EXPECT_FALSE(SketchSum().quantile(0.5));
}

}  // namespace
}  // namespace tickwitness::telemetry::core
