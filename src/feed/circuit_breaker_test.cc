#include "feed/circuit_breaker.h"

#include <gtest/gtest.h>

#include "feed/attempt_budget.h"
#include "feed/clock_offset.h"

namespace tickwitness::feed {
namespace {

using namespace std::chrono_literals;

base::Now at(base::Duration since_start) {
  return {base::Instant(100s + since_start), base::WallTime(1'700'000'000s + since_start)};
}

TEST(CircuitBreaker, OpensAfterMaxFailuresInARowOnly) {
  CircuitBreaker breaker({.max_failures = 3, .timeout = 60s, .half_open_timeout = 30s});
  breaker.on_failure(at(1s), "a");
  breaker.on_failure(at(2s), "b");
  breaker.on_success();
  breaker.on_failure(at(3s), "c");
  breaker.on_failure(at(4s), "d");
  EXPECT_EQ(breaker.state(), BreakerState::closed);
  EXPECT_EQ(breaker.trips(), 0u);
  EXPECT_FALSE(breaker.last_trip());
  breaker.on_failure(at(5s), "refused");
  EXPECT_EQ(breaker.state(), BreakerState::open);
  EXPECT_EQ(breaker.trips(), 1u);
  EXPECT_EQ(breaker.last_trip(), at(5s).wall);
  EXPECT_EQ(breaker.open_until(), at(65s).wall);
  EXPECT_EQ(breaker.reason(), "refused");
  EXPECT_EQ(breaker.allowed_at(at(6s).mono), at(65s).mono);
}

TEST(CircuitBreaker, HalfOpenClosesOnSuccessAndTripsAgainOnFailure) {
  CircuitBreaker breaker({.max_failures = 1, .timeout = 10s, .half_open_timeout = 5s});
  breaker.on_failure(at(0s), "x");
  ASSERT_EQ(breaker.state(), BreakerState::open);
  EXPECT_FALSE(breaker.probe_deadline());
  breaker.on_attempt(at(10s));
  EXPECT_EQ(breaker.state(), BreakerState::half_open);
  EXPECT_EQ(breaker.probe_deadline(), at(15s).mono);
  EXPECT_EQ(breaker.allowed_at(at(11s).mono), at(11s).mono);
  breaker.on_failure(at(12s), "y");
  EXPECT_EQ(breaker.state(), BreakerState::open);
  EXPECT_EQ(breaker.trips(), 2u);
  EXPECT_EQ(breaker.open_until(), at(22s).wall);
  breaker.on_attempt(at(22s));
  breaker.on_success();
  EXPECT_EQ(breaker.state(), BreakerState::closed);
  EXPECT_FALSE(breaker.open_until());
  EXPECT_EQ(breaker.trips(), 2u);
}

TEST(AttemptBudget, HoldsTheCountOfAnyWindow) {
  AttemptBudget budget(3, 600s);
  for (const auto t : {0s, 10s, 20s}) {
    EXPECT_EQ(budget.earliest(at(t).mono), at(t).mono);
    budget.record(at(t).mono);
  }
  EXPECT_EQ(budget.earliest(at(30s).mono), at(600s).mono);
  budget.record(at(600s).mono);
  EXPECT_EQ(budget.earliest(at(601s).mono), at(610s).mono);
  EXPECT_EQ(budget.earliest(at(900s).mono), at(900s).mono);
}

TEST(ClockOffset, FourTimestamps) {
  ClockOffset offset;
  offset.on_ping(7, at(0ms));
  // The venue's clock is 500 ms ahead; 20 ms there, 3 ms held, 40 ms back.
  const auto sample = offset.on_pong(7, at(520ms).wall, at(523ms).wall, at(63ms));
  ASSERT_TRUE(sample);
  EXPECT_EQ(sample->round_trip, 60ms);
  EXPECT_EQ(sample->offset, 490ms);  // the true 500 within half the round trip
  EXPECT_LE(500ms - sample->offset, sample->round_trip / 2);
}

TEST(ClockOffset, WhatIsNoMeasurementIsNone) {
  ClockOffset offset;
  offset.on_ping(7, at(0ms));
  EXPECT_FALSE(offset.on_pong(8, at(1ms).wall, at(2ms).wall, at(5ms))) << "another's answer";
  EXPECT_FALSE(offset.on_pong(7, {}, at(2ms).wall, at(5ms))) << "no time";
  offset.on_ping(9, at(10ms));
  EXPECT_FALSE(offset.on_pong(9, at(0ms).wall, at(50ms).wall, at(20ms)))
      << "held longer than it took";
  EXPECT_FALSE(offset.on_pong(9, at(11ms).wall, at(12ms).wall, at(20ms))) << "answered twice";
  EXPECT_FALSE(offset.last());
}

}  // namespace
}  // namespace tickwitness::feed
