#include "feed/clock_offset.h"

#include <gtest/gtest.h>

#include "base/prng.h"

namespace tickwitness::feed {
namespace {

using namespace std::chrono_literals;

// Our clocks and the venue's, and two ways of some length between.
struct Ways {
  ClockOffset offset;
  base::Duration t{0};
  base::Duration ahead = 1270ms;  // the venue's clock, of true time
  base::Duration stepped{0};      // our wall clock
  std::uint64_t id = 0;

  base::Now now() const {
    return {base::Instant(5000s + t), base::WallTime(1'700'000'000s + t + stepped)};
  }
  base::WallTime venue() const { return base::WallTime(1'700'000'000s + t + ahead); }
  std::optional<ClockOffset::Sample> ping(base::Duration there, base::Duration held,
                                          base::Duration back) {
    offset.on_ping(++id, now());
    t += there;
    const auto received = venue();
    t += held;
    const auto sent = venue();
    t += back;
    return offset.on_pong(id, received, sent, now());
  }
  base::Duration truth() const { return ahead - stepped; }
};

TEST(ClockOffset, IsExactOnEqualWaysAndKnowsNothingWithoutAPong) {
  Ways ways;
  EXPECT_FALSE(ways.offset.at(ways.now()));
  const auto sample = ways.ping(20ms, 5ms, 20ms);
  ASSERT_TRUE(sample);
  EXPECT_EQ(sample->round_trip, 40ms);
  EXPECT_EQ(sample->offset, ways.truth());
  const auto estimate = ways.offset.at(ways.now());
  ASSERT_TRUE(estimate);
  EXPECT_EQ(estimate->offset, ways.truth());
  EXPECT_EQ(estimate->uncertainty, 20ms);
}

TEST(ClockOffset, TheShortestRoundTripSpeaks) {
  Ways ways;
  ways.ping(10ms, 0ms, 10ms);
  ways.t += 30s;
  ways.ping(200ms, 0ms, 10ms);  // stuck on the way there
  const auto estimate = ways.offset.at(ways.now());
  EXPECT_EQ(estimate->offset, ways.truth());
  EXPECT_LT(estimate->uncertainty, 12ms);
}

TEST(ClockOffset, AgesByFiftyMillionthsAndIsForgottenAfterTenMinutes) {
  Ways ways;
  ways.ping(10ms, 0ms, 10ms);
  ways.t += 100s;
  EXPECT_EQ(ways.offset.at(ways.now())->uncertainty, 10ms + 5ms);
  ways.t += 500s;
  EXPECT_EQ(ways.offset.at(ways.now())->uncertainty, 10ms + 30ms);
  ways.t += 1ns;
  EXPECT_FALSE(ways.offset.at(ways.now()));
}

// An old sample with a short way loses to a new one that is certain within less.
TEST(ClockOffset, TheMoreCertainOfTwoSpeaks) {
  Ways ways;
  ways.ping(10ms, 0ms, 10ms);
  ways.t += 590s;  // 29.5 ms of drift, perhaps
  ways.ping(10ms, 0ms, 20ms);
  EXPECT_LT(ways.offset.at(ways.now())->uncertainty, 16ms);
}

TEST(ClockOffset, AStepOfOurWallClockIsFollowedAtOnce) {
  for (const base::Duration step : {base::Duration(1h), base::Duration(-1h)}) {
    Ways ways;
    ways.ping(20ms, 0ms, 20ms);
    ways.t += 10s;
    ways.stepped = step;
    EXPECT_EQ(ways.offset.at(ways.now())->offset, ways.truth());
  }
}

// Whatever the ways are like and however the venue's clock drifts: the truth is within.
TEST(ClockOffset, TheTruthIsNeverOutsideOfTheUncertainty) {
  for (std::uint64_t seed = 1; seed <= 50; ++seed) {
    base::Prng random(seed);
    Ways ways;
    const auto ppm = static_cast<std::int64_t>(random.below(2 * ClockOffset::kDriftPpm + 1)) -
                     ClockOffset::kDriftPpm;
    for (int i = 0; i < 200; ++i) {
      const base::Duration there{random.below(100'000'000)};
      const base::Duration held{random.below(1'000'000)};
      const base::Duration back{random.below(100'000'000)};
      ways.ping(there, held, back);
      const base::Duration pause{random.below(60'000'000'000)};
      ways.t += pause;
      ways.ahead += pause / 1'000'000 * ppm;
      const auto estimate = ways.offset.at(ways.now());
      ASSERT_TRUE(estimate);
      EXPECT_LE(std::chrono::abs(estimate->offset - ways.truth()), estimate->uncertainty + 1us)
          << "seed " << seed << " ping " << i;
    }
  }
}

TEST(ClockOffset, WhatCannotBeIsNoSample) {
  Ways ways;
  const base::WallTime wall = ways.venue();
  ways.offset.on_ping(7, ways.now());
  ways.t += 10ms;
  EXPECT_FALSE(ways.offset.on_pong(8, wall, wall, ways.now()));  // not ours
  ways.offset.on_ping(9, ways.now());
  EXPECT_FALSE(ways.offset.on_pong(9, std::nullopt, wall, ways.now()));  // no times
  ways.offset.on_ping(10, ways.now());
  EXPECT_FALSE(ways.offset.on_pong(10, wall, wall - 1ms, ways.now()));  // sent before received
  ways.offset.on_ping(11, ways.now());
  EXPECT_FALSE(
      ways.offset.on_pong(11, wall, wall + 1s, ways.now()));  // held for longer than it took
  ways.offset.on_ping(12, ways.now());
  const base::WallTime far = wall + std::chrono::hours(24 * 365 * 200);
  EXPECT_FALSE(ways.offset.on_pong(12, far, far, ways.now()));
  EXPECT_EQ(ways.offset.samples(), 0U);
  EXPECT_FALSE(ways.offset.at(ways.now()));
}

}  // namespace
}  // namespace tickwitness::feed
