#include "sim/world/plan.h"

#include <gmock/gmock.h>

#include <algorithm>
#include <set>

namespace tickwitness::sim {
namespace {

using namespace std::chrono_literals;

TEST(Plan, TheSameSeedDrawsTheSamePlanAnotherAnother) {
  std::set<std::string> all;
  for (std::uint64_t seed = 1; seed <= 200; ++seed) {
    const Plan plan = draw_plan(seed, 1h);
    const Plan again = draw_plan(seed, 1h);
    EXPECT_EQ(plan.fault_texts(), again.fault_texts());
    EXPECT_EQ(plan.exchange.seed, again.exchange.seed);
    EXPECT_EQ(plan.promises.healthy_after, again.promises.healthy_after);
    all.insert(std::to_string(plan.exchange.seed));
  }
  EXPECT_EQ(all.size(), 200U);
}

TEST(Plan, SomeSeedsHaveNoFaultsSomeOnlyCrashesMostHaveMany) {
  int none = 0;
  int crashes = 0;
  int many = 0;
  for (std::uint64_t seed = 1; seed <= 400; ++seed) {
    const Plan plan = draw_plan(seed, 1h);
    const bool only_crashes = !plan.faults.empty() && plan.exchange.faults.empty() &&
                              std::ranges::all_of(plan.faults, [](const WorldFault& fault) {
                                return fault.kind == WorldFaultKind::crash;
                              });
    if (plan.fault_texts().empty()) ++none;
    if (only_crashes) ++crashes;
    if (plan.fault_texts().size() > 8) ++many;
  }
  // One in eight each; four standard deviations are 26.
  EXPECT_NEAR(none, 50, 26);
  EXPECT_NEAR(crashes, 50, 26);
  EXPECT_GT(many, 200);
}

TEST(Plan, EveryKindOfFaultIsDrawn) {
  std::set<FaultKind> exchange;
  std::set<WorldFaultKind> world;
  for (std::uint64_t seed = 1; seed <= 100; ++seed) {
    const Plan plan = draw_plan(seed, 1h);
    for (const auto& fault : plan.exchange.faults) exchange.insert(fault.kind);
    for (const auto& fault : plan.faults) world.insert(fault.kind);
  }
  EXPECT_EQ(exchange.size(), 23U);  // all of Kraken's
  EXPECT_EQ(world.size(), kWorldFaultKinds);
}

TEST(Plan, FaultsLieWithinTheRunInTheOrderOfTime) {
  for (std::uint64_t seed = 1; seed <= 100; ++seed) {
    const Plan plan = draw_plan(seed, 10min);
    EXPECT_TRUE(std::ranges::is_sorted(plan.faults, {}, &WorldFault::at));
    for (const auto& fault : plan.faults) {
      EXPECT_GE(fault.at, 20s);
      EXPECT_LE(fault.at, 9min);
    }
  }
}

TEST(Plan, TheMedianLoadIsTenEventsASecond) {
  std::vector<double> loads;
  for (std::uint64_t seed = 1; seed <= 401; ++seed) {
    double load = 0;
    for (const auto& pair : draw_plan(seed, 1h).exchange.pairs) {
      load += pair.trades_per_second + pair.quotes_per_second;
    }
    loads.push_back(load);
  }
  std::ranges::nth_element(loads, loads.begin() + 200);
  EXPECT_NEAR(loads[200], 10, 0.001);
}

TEST(Plan, FaultsCanBeGivenInsteadAndReadBack) {
  const std::vector<std::string> faults{"disconnect@20s", "black_hole@1s+5s", "step=-3600s@61s"};
  const auto plan = with_faults(draw_plan(3, 1h), faults);
  ASSERT_TRUE(plan);
  EXPECT_EQ(plan->fault_texts(), faults);
  const auto wrong = with_faults(draw_plan(3, 1h), {"disconnect@20s", "meteor@3s"});
  ASSERT_FALSE(wrong);
  EXPECT_THAT(wrong.error().message, testing::HasSubstr("meteor"));
}

TEST(Plan, WhatItDrawsItsOwnTextsRepeat) {
  for (std::uint64_t seed = 1; seed <= 50; ++seed) {
    const Plan plan = draw_plan(seed, 1h);
    const auto again = with_faults(plan, plan.fault_texts());
    ASSERT_TRUE(again) << again.error().message;
    EXPECT_EQ(again->exchange.faults, plan.exchange.faults);
    EXPECT_EQ(again->faults, plan.faults);
  }
}

}  // namespace
}  // namespace tickwitness::sim
