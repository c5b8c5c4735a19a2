#include "app/simulated_world.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

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

TEST(SimulatedWorld, EachFaultOfTheExchangeIsSurvivedAndJudged) {
  for (const auto* fault : {"disconnect@40s", "reset@40s", "silent@40s+60s", "refuse_subscription",
                            "malformed@40s", "bad_utf8@40s", "down@40s+60s", "hang@40s+60s",
                            "unanswered@0s+60s", "flood@40s+5s", "skew=-80ms", "skew=80ms"}) {
    EXPECT_THAT(run(4, {fault}).report.failed(), IsEmpty()) << fault;
  }
}

}  // namespace
}  // namespace tickwitness::app
