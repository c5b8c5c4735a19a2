#include "telemetry/cells.h"

#include <gtest/gtest.h>

#include <cmath>
#include <numeric>
#include <thread>

namespace tickwitness::telemetry {
namespace {

using std::chrono::milliseconds;
using std::chrono::nanoseconds;

constexpr std::int64_t kBounds[] = {1'000'000, 10'000'000};

TEST(GaugeCell, AbsentUntilSetAndAfterClear) {
  GaugeCell gauge;
  double value = 7;
  EXPECT_FALSE(gauge.get(value));
  EXPECT_EQ(value, 7);
  const double values[] = {0.0, -0.0, 1.5, -INFINITY};
  for (const double x : values) {
    gauge.set(x);
    ASSERT_TRUE(gauge.get(value));
    EXPECT_EQ(value, x);
  }
  gauge.set(-std::nan("123"));
  ASSERT_TRUE(gauge.get(value));
  EXPECT_TRUE(std::isnan(value));
  gauge.clear();
  EXPECT_FALSE(gauge.present());
}

TEST(HistogramCell, BoundsAreInclusiveAndNegativesStayOut) {
  HistogramCell cell(kBounds, true);
  for (const std::int64_t ns : {0L, 1'000'000L, 1'000'001L, 10'000'000L, 10'000'001L}) {
    EXPECT_TRUE(cell.observe(nanoseconds(ns)));
  }
  EXPECT_FALSE(cell.observe(nanoseconds(-1)));
  const HistogramSnapshot snapshot = cell.snapshot();
  EXPECT_EQ(snapshot.buckets, (std::vector<std::uint64_t>{2, 2, 1}));
  EXPECT_EQ(snapshot.count, 5U);
  EXPECT_EQ(snapshot.sum_ns, 22'000'002U);
  SketchSum window;
  window.add(cell.sketch()->take());
  EXPECT_EQ(window.count(), 6U);  // the negative one is in the window
  EXPECT_EQ(window.quantile(0.0), -1.0);
}

TEST(HistogramCell, SnapshotsAreCumulative) {
  HistogramCell cell(kBounds, false);
  for (int round = 1; round <= 5; ++round) {
    cell.observe(milliseconds(round));
    EXPECT_EQ(cell.snapshot().count, static_cast<std::uint64_t>(round));
  }
  EXPECT_EQ(cell.snapshot().sum_ns, 15'000'000U);
  EXPECT_EQ(cell.sketch(), nullptr);
}

// Writers only ever add 3 ms, so in every true snapshot the sum is 3 ms times the count.
TEST(HistogramCell, SnapshotsUnderTwoWritersBelongTogether) {
  constexpr std::uint64_t kEach = 100'000;
  HistogramCell cell(kBounds, true);
  std::atomic<int> running{2};
  const auto write = [&] {
    for (std::uint64_t i = 0; i < kEach; ++i) cell.observe(milliseconds(3));
    running.fetch_sub(1);
  };
  std::thread one(write);
  std::thread two(write);
  std::uint64_t last = 0;
  SketchSum window;
  while (running.load() > 0) {
    const HistogramSnapshot snapshot = cell.snapshot();
    ASSERT_EQ(std::accumulate(snapshot.buckets.begin(), snapshot.buckets.end(), std::uint64_t{0}),
              snapshot.count);
    ASSERT_EQ(snapshot.sum_ns, snapshot.count * 3'000'000);
    ASSERT_GE(snapshot.count, last);
    last = snapshot.count;
    window.add(cell.sketch()->take());
  }
  one.join();
  two.join();
  window.add(cell.sketch()->take());
  EXPECT_EQ(cell.snapshot().count, 2 * kEach);
  EXPECT_EQ(window.count(), 2 * kEach);
}

TEST(CounterCell, TwoWritersLoseNothing) {
  constexpr std::uint64_t kEach = 200'000;
  CounterCell cell;
  const auto write = [&] {
    for (std::uint64_t i = 0; i < kEach; ++i) {
      cell.add(1);
      cell.add_fraction(0.25);
    }
  };
  std::thread one(write);
  std::thread two(write);
  one.join();
  two.join();
  EXPECT_EQ(cell.whole(), 2 * kEach);
  EXPECT_EQ(cell.fraction(), 0.5 * kEach);
}

}  // namespace
}  // namespace tickwitness::telemetry
