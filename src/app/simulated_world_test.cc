#include "app/simulated_world.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/sanitized.h"

namespace tickwitness::app {
namespace {

using namespace std::chrono_literals;
using testing::IsEmpty;

SimulationResult run(std::uint64_t seed, const std::vector<std::string>& faults) {
  return SimulatedWorld(*sim::with_faults(sim::draw_plan(seed, 3min), faults)).run();
}

TEST(SimulatedWorld, TheSameSeedHasTheSameHistoryAnotherAnother) {
  const std::vector<std::string> faults{"reset@40s", "stall_engine@60s+3s", "crash@100s"};
  const auto first = run(5, faults);
  EXPECT_EQ(first.hash, run(5, faults).hash);
  EXPECT_NE(first.hash, run(6, faults).hash);
  EXPECT_NE(first.hash, run(5, {}).hash);
}

TEST(SimulatedWorld, LivesAreThoseThatCrashesBegin) {
  EXPECT_EQ(run(5, {}).lives, 2U);  // the last phase begins with a crash of its own
  EXPECT_EQ(run(5, {"crash@40s", "crash@80s"}).lives, 4U);
}

TEST(SimulatedWorld, EachFaultOfTheWorldIsSurvivedAndJudged) {
  for (const auto* fault :
       {"black_hole@30s+40s", "slow_network@30s+60s", "shred@30s+60s", "stall_engine@30s+25s",
        "stall_serve@30s+60s", "slow_page@30s+90s", "step=-3600s@40s", "step=3600s@40s",
        "drift=1ms@30s", "crash@40s", "reload@40s"}) {
    const auto result = run(4, {fault});
    EXPECT_THAT(result.report.failed(), IsEmpty()) << fault;
    EXPECT_GT(result.report.equalities().size(), 100U);
    EXPECT_GT(result.events, 100U);
  }
}

TEST(SimulatedWorld, WhateverDiskAndDatabaseDoEveryTradeIsStoredOnce) {
  for (const auto* fault : {"stall_spool@30s+25s", "disk_full@30s+60s", "sync_fails@30s+60s",
                            "reads_fail@30s+60s", "database_down@30s+100s", "slow_commit@30s+60s",
                            "commit_unknown@30s+60s", "deadlock@30s+60s", "connection_lost@40s"}) {
    for (const auto& faults : {std::vector<std::string>{fault}, {fault, "crash@60s"}}) {
      const auto result = run(4, faults);
      EXPECT_THAT(result.report.failed(), IsEmpty()) << fault << ", faults " << faults.size();
      EXPECT_GT(result.stored, 100U);
    }
  }
}

TEST(SimulatedWorld, EachFaultOfTheExchangeIsSurvivedAndJudged) {
  for (const auto* fault : {"disconnect@40s",
                            "reset@40s",
                            "silent@40s+60s",
                            "refuse_subscription",
                            "malformed@40s",
                            "bad_utf8@40s",
                            "down@40s+60s",
                            "hang@40s+60s",
                            "unanswered@0s+60s",
                            "flood@40s+5s",
                            "skew=-80ms",
                            "skew=80ms",
                            "zombie@40s",
                            "drop@40s+60s",
                            "duplicate@40s+60s",
                            "reorder@40s+60s",
                            "corrupt_book@40s",
                            "wrong_checksum@40s",
                            "instrument_change@40s",
                            "maintenance@40s+60s",
                            "msg_rate@0s+10s"}) {
    EXPECT_THAT(run(4, {fault}).report.failed(), IsEmpty()) << fault;
  }
}

TEST(SimulatedWorld, WhatRestDoesNotTellWhileItIsNeededIsToldLaterOrGivenUp) {
  for (const auto* fault : {"rate_limited@40s+60s", "rest_errors@40s+60s", "rest_refuses@0s"}) {
    EXPECT_THAT(run(4, {"drop@40s+60s", "reset@60s", fault}).report.failed(), IsEmpty()) << fault;
  }
}

// Trades were dropped, REST refuses to tell, and the snapshot of a new connection repeats them.
TEST(SimulatedWorld, WhatWasGivenUpAndComesAfterAllIsNotLost) {
  for (const std::uint64_t seed : {2U, 39U}) {
    const auto result = run(seed, {"drop@40s+60s", "reset@60s", "reset@80s", "rest_refuses@0s"});
    EXPECT_THAT(result.report.failed(), IsEmpty()) << seed;
  }
}

// Many worlds are evidence of what the engine does; a sanitizer needs few of them.
constexpr std::uint64_t kQuietWorlds = base::kSanitized ? 1 : 3;
constexpr base::Duration kQuietLength = base::kSanitized ? 10min : 1h;
constexpr std::uint64_t kZombieWorlds = base::kSanitized ? 1 : 20;

// A busy market beside one with a trade in ten minutes and a quote in two, for an hour.
sim::Plan busy_and_quiet(base::Duration length, const std::vector<std::string>& faults) {
  sim::Plan plan = *sim::with_faults(sim::draw_plan(1, length), faults);
  plan.exchange.pairs = sim::default_pairs();
  plan.exchange.pairs.resize(2);
  plan.exchange.pairs[0].trades_per_second = 10;
  plan.exchange.pairs[0].quotes_per_second = 20;
  plan.exchange.pairs[1].trades_per_second = 1.0 / 600;
  plan.exchange.pairs[1].quotes_per_second = 1.0 / 120;
  return plan;
}

TEST(SimulatedWorld, AnHourOfAQuietPairHasNoFalseAlarm) {
  for (std::uint64_t seed = 1; seed <= kQuietWorlds; ++seed) {
    sim::Plan plan = busy_and_quiet(kQuietLength, {});
    plan.exchange.seed = seed;
    // `liveness` complains of each subscription that is called dead in such a run.
    EXPECT_THAT(SimulatedWorld(plan).run().report.failed(), IsEmpty());
  }
}

TEST(SimulatedWorld, AZombieOnABusyPairIsFoundWithinFiveSeconds) {
  std::vector<double> found;
  for (std::uint64_t seed = 1; seed <= kZombieWorlds;
       ++seed) {  // the exchange's dice choose the channel
    sim::Plan plan = busy_and_quiet(10min, {"zombie@3m", "zombie@6m"});
    plan.exchange.seed = seed;
    plan.exchange.pairs.resize(1);
    const sim::Report report = SimulatedWorld(plan).run().report;
    EXPECT_THAT(report.failed(), IsEmpty()) << seed;
    for (const auto& bound : report.bounds()) {
      if (bound.name.starts_with("zombie_found_after_s")) found.push_back(bound.measured);
    }
  }
  ASSERT_GE(found.size(), kZombieWorlds);
  EXPECT_LE(*std::ranges::max_element(found), 5);
}

}  // namespace
}  // namespace tickwitness::app
