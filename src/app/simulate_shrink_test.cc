#include "app/simulate_shrink.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>

namespace tickwitness::app {
namespace {

using namespace std::chrono_literals;
using testing::ElementsAre;

sim::Plan plan_with(const std::vector<std::string>& faults) {
  return *sim::with_faults(sim::draw_plan(17, 1h), faults);
}

bool has(const sim::Plan& plan, std::string_view fault) {
  const auto faults = plan.fault_texts();
  return std::ranges::find(faults, fault) != faults.end();
}

const std::vector<std::string> kMany{"disconnect@20s", "reset@90s",      "silent@200s+60s",
                                     "crash@100s",     "shred@300s+20s", "step=-60s@400s"};

TEST(Shrink, FindsTheOneFaultThatMatters) {
  const auto shrunk = shrink(plan_with(kMany), {"page"}, 100, [](const sim::Plan& plan) {
    return has(plan, "crash@100s") ? std::vector<std::string>{"page"} : std::vector<std::string>{};
  });
  EXPECT_THAT(shrunk.plan.fault_texts(), ElementsAre("crash@100s"));
  EXPECT_EQ(shrunk.plan.length, 112'500ms);  // halved as long as the fault lies within
  EXPECT_EQ(command_of(shrunk.plan),
            "tickwitness simulate --seeds 17 --hours 0.03125 --fault crash@100s");
}

TEST(Shrink, FindsTwoThatMatterTogether) {
  const auto shrunk = shrink(plan_with(kMany), {"page", "states"}, 100, [](const sim::Plan& plan) {
    return has(plan, "disconnect@20s") && has(plan, "step=-60s@400s") && plan.length == 1h
               ? std::vector<std::string>{"bounds", "states"}
               : std::vector<std::string>{};
  });
  EXPECT_THAT(shrunk.plan.fault_texts(), ElementsAre("disconnect@20s", "step=-60s@400s"));
  EXPECT_EQ(shrunk.plan.length, 1h);
}

TEST(Shrink, AnotherFailureIsNotTheSame) {
  const auto shrunk = shrink(plan_with(kMany), {"page"}, 100,
                             [](const sim::Plan&) { return std::vector<std::string>{"states"}; });
  EXPECT_EQ(shrunk.plan.fault_texts(), plan_with(kMany).fault_texts());
}

TEST(Shrink, StopsAfterSoManyRuns) {
  std::size_t runs = 0;
  const auto shrunk = shrink(plan_with(kMany), {"page"}, 3, [&](const sim::Plan&) {
    ++runs;
    return std::vector<std::string>{};
  });
  EXPECT_EQ(runs, 3U);
  EXPECT_EQ(shrunk.runs, 3U);
}

TEST(Shrink, ACommandWithoutFaultsSaysSo) {
  EXPECT_EQ(command_of(plan_with({})), "tickwitness simulate --seeds 17 --hours 1 --fault none");
}

}  // namespace
}  // namespace tickwitness::app
