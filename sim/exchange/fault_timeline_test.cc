#include "sim/exchange/fault_timeline.h"

#include <gtest/gtest.h>

namespace tickwitness::sim {
namespace {

using std::chrono::seconds;

constexpr base::Instant kStart{std::chrono::hours(1)};

Fault fault(FaultKind kind, int at) {
  return {.kind = kind, .at = seconds(at)};
}

TEST(FaultTimeline, BeginsInTheOrderOfTimeAndEndsTheSoonestFirst) {
  FaultTimeline line({fault(FaultKind::drop, 9), fault(FaultKind::down, 4)}, kStart);
  EXPECT_EQ(line.next_begin(), kStart + seconds(4));
  EXPECT_EQ(line.take_begin().kind, FaultKind::down);
  EXPECT_EQ(line.next_begin(), kStart + seconds(9));
  EXPECT_EQ(line.take_begin().kind, FaultKind::drop);
  EXPECT_EQ(line.next_begin(), base::Instant::max());
  EXPECT_EQ(line.next_end(), base::Instant::max());
  line.last(FaultKind::drop, kStart + seconds(20));
  line.last(FaultKind::down, kStart + seconds(15));
  line.last(FaultKind::down, kStart + seconds(12));  // no sooner for that
  EXPECT_EQ(line.next_end(), kStart + seconds(15));
  EXPECT_TRUE(line.is_on(FaultKind::down, kStart + seconds(14)));
  EXPECT_FALSE(line.is_on(FaultKind::down, kStart + seconds(15)));
  EXPECT_TRUE(line.is_on(FaultKind::down));  // nobody carried it out yet
  EXPECT_EQ(line.take_end(), FaultKind::down);
  EXPECT_FALSE(line.is_on(FaultKind::down));
  EXPECT_FALSE(line.over());
  EXPECT_EQ(line.take_end(), FaultKind::drop);
  EXPECT_TRUE(line.over());
}

TEST(FaultTimeline, WhatFallsDueWhileTheHostStandsStillComesAfterwards) {
  FaultTimeline line({fault(FaultKind::drop, 5)}, kStart);
  line.last(FaultKind::hang, kStart + seconds(30));
  EXPECT_EQ(line.next_begin(), kStart + seconds(30));
  EXPECT_EQ(line.cancel().size(), 1U);
  EXPECT_EQ(line.hung_until(), base::Instant::min());
  EXPECT_TRUE(line.over());
}

TEST(FaultTimeline, WhatWaitsIsNotOver) {
  FaultTimeline line({}, kStart);
  line.wait(fault(FaultKind::zombie, 1));
  EXPECT_TRUE(line.waits(FaultKind::zombie));
  EXPECT_FALSE(line.over());
  line.has_hit(FaultKind::zombie);
  EXPECT_TRUE(line.over());
}

}  // namespace
}  // namespace tickwitness::sim
