#include "sim/exchange/exchange_clock.h"

#include <gtest/gtest.h>

#include "sim/exchange/rate_limit.h"

namespace tickwitness::sim {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;

base::Now moment(base::Duration mono, base::Duration wall) {
  return {base::Instant(mono), base::WallTime(wall)};
}

TEST(ExchangeClock, FollowsForwardAtOnceAndBackwardSlowly) {
  ExchangeClock clock(moment(seconds(100), seconds(1000)), milliseconds(-30));
  EXPECT_EQ(clock.at(base::Instant(seconds(100))).time_since_epoch(), milliseconds(999'970));
  EXPECT_EQ(clock.unskewed_at(base::Instant(seconds(100))).time_since_epoch(), seconds(1000));

  clock.observe(moment(seconds(110), seconds(4610)));  // an hour's sleep
  EXPECT_EQ(clock.at(base::Instant(seconds(110))).time_since_epoch(), milliseconds(4'609'970));

  clock.observe(moment(seconds(120), seconds(4615)));  // 5 s back
  EXPECT_EQ(clock.at(base::Instant(seconds(120))).time_since_epoch(), milliseconds(4'619'960));
}

TEST(ExchangeClock, NeverRunsBackwards) {
  ExchangeClock clock(moment(seconds(0), seconds(1000)), base::Duration::zero());
  base::WallTime last{};
  for (int step = 0; step < 50; ++step) {
    const int wobble = (step * 7 % 11 - 5) * 200;
    const auto mono = milliseconds(100 * step);
    clock.observe(moment(mono, seconds(1000) + mono + milliseconds(wobble)));
    EXPECT_GT(clock.at(base::Instant(mono)), last);
    last = clock.at(base::Instant(mono));
  }
}

TEST(ExchangeClock, ASkewEndsWithoutRunningBackwards) {
  const base::Now start = moment(seconds(0), seconds(1000));
  const auto shown = [&](ExchangeClock& clock, base::Duration mono) {
    clock.observe(moment(mono, seconds(1000) + mono));
    EXPECT_EQ(clock.unskewed_at(base::Instant(mono)).time_since_epoch(), seconds(1000) + mono);
    return clock.at(base::Instant(mono)).time_since_epoch() - seconds(1000) - mono;
  };
  ExchangeClock behind(start, milliseconds(-30));
  EXPECT_EQ(shown(behind, seconds(1)), milliseconds(-30));
  behind.end_skew();
  EXPECT_EQ(shown(behind, seconds(1)), milliseconds(0));

  ExchangeClock ahead(start, milliseconds(30));
  EXPECT_EQ(shown(ahead, seconds(1)), milliseconds(30));
  ahead.end_skew();
  EXPECT_EQ(shown(ahead, seconds(1)), milliseconds(30));
  EXPECT_EQ(shown(ahead, seconds(11)), milliseconds(20));
  EXPECT_EQ(shown(ahead, seconds(41)), milliseconds(0));
  EXPECT_EQ(shown(ahead, seconds(100)), milliseconds(0));
}

TEST(RateLimit, AllowsABurstThenThePace) {
  RateLimit limit({seconds(4), 3});
  const base::Instant start(seconds(1000));
  EXPECT_TRUE(limit.allow(start));
  EXPECT_TRUE(limit.allow(start));
  EXPECT_TRUE(limit.allow(start));
  EXPECT_FALSE(limit.allow(start));
  EXPECT_FALSE(limit.allow(start + milliseconds(3999)));
  EXPECT_TRUE(limit.allow(start + seconds(4)));
  EXPECT_FALSE(limit.allow(start + seconds(4)));
  EXPECT_TRUE(limit.allow(start + seconds(100)));
}

}  // namespace
}  // namespace tickwitness::sim
