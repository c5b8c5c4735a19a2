#include "telemetry/core/histogram_words.h"

#include <gtest/gtest.h>

#include <array>
#include <numeric>
#include <thread>

#include "telemetry/core/registry.h"

namespace tickwitness::telemetry::core {
namespace {

using std::chrono::milliseconds;
using std::chrono::nanoseconds;

TEST(Histogram, BoundsAreInclusiveAndNegativesStayOut) {
  Registry registry;
  const Histogram delay =
      registry.histogram("delay_seconds", "", {milliseconds(1), milliseconds(10)}).at();
  for (const std::int64_t ns : {0L, 1'000'000L, 1'000'001L, 10'000'000L, 10'000'001L}) {
    EXPECT_TRUE(delay.observe(nanoseconds(ns)));
  }
  EXPECT_FALSE(delay.observe(nanoseconds(-1)));
  const HistogramSnapshot snapshot = delay.snapshot();
  EXPECT_EQ(snapshot.buckets, (std::vector<std::uint64_t>{2, 2, 1}));
  EXPECT_EQ(snapshot.count, 5U);
  EXPECT_EQ(snapshot.sum, 22'000'002U);
}

TEST(Histogram, ValuesOfTheExportedUnitAreRounded) {
  Registry registry;
  FamilyDecl decl{.name = "share", .kind = Kind::histogram};
  decl.bounds = {500'000};
  decl.per_unit = 1e6;
  const Histogram share = HistogramFamily(registry.add(decl)).at();
  for (const double good : {0.0, 0.5, 0.5000001, 0.9}) EXPECT_TRUE(share.observe_value(good));
  for (const double bad : {-0.1, std::nan(""), 1e300, double(INFINITY)}) {
    EXPECT_FALSE(share.observe_value(bad));
  }
  EXPECT_EQ(share.snapshot().buckets, (std::vector<std::uint64_t>{3, 1}));
  EXPECT_EQ(share.snapshot().sum, 1'900'000U);
}

// Writers observe 1 ms and 3 ms in turn, each its own bucket: whatever a snapshot catches them at,
// its buckets are its count, and its sum is that of its buckets. It goes on until the reader has
// seen many different moments, so that it means something on a busy machine as well.
TEST(Histogram, SnapshotsUnderWritersBelongTogether) {
  constexpr std::uint64_t kMoments = 4'000;
  Registry registry;
  const Histogram delay = registry.histogram("delay_seconds", "", {milliseconds(2)}).at();
  std::atomic<bool> stop{false};
  std::array<std::uint64_t, 2> pairs{};
  const auto write = [&](std::uint64_t& mine) {
    while (!stop.load(std::memory_order_relaxed)) {
      delay.observe(milliseconds(1));
      delay.observe(milliseconds(3));
      ++mine;
    }
  };
  std::thread one([&] { write(pairs[0]); });
  std::thread two([&] { write(pairs[1]); });
  std::uint64_t last = 0;
  std::uint64_t torn = 0;
  for (std::uint64_t moments = 0; moments < kMoments && torn == 0;) {
    const HistogramSnapshot seen = delay.snapshot();
    const std::uint64_t total =
        std::accumulate(seen.buckets.begin(), seen.buckets.end(), std::uint64_t{0});
    const std::uint64_t sum = (seen.buckets[0] + 3 * seen.buckets[1]) * 1'000'000;
    // Of a writer that is held up for long within an observation the sum may lack that one.
    const bool sums = seen.sum <= sum && sum - seen.sum <= 2 * 3'000'000;
    if (total != seen.count || !sums || seen.count < last) ++torn;
    if (seen.count != last) ++moments;
    last = seen.count;
  }
  stop.store(true);
  one.join();
  two.join();
  EXPECT_EQ(torn, 0U);
  EXPECT_EQ(delay.snapshot().count, 2 * (pairs[0] + pairs[1]));
  EXPECT_EQ(delay.snapshot().sum, 4'000'000 * (pairs[0] + pairs[1]));
}

}  // namespace
}  // namespace tickwitness::telemetry::core
