#include "feed/exemplar_pick.h"

#include <gtest/gtest.h>

namespace tickwitness::feed {
namespace {

using namespace std::chrono_literals;

struct Step {
  base::Duration at, value;
  bool worth;
};

TEST(ExemplarPick, TheFirstOfASecondThatExceedsTheSecondBefore) {
  const Step steps[] = {
      {0ms, 5ms, true},                             // nothing came before
      {100ms, 9ms, false},                          // one in a second
      {999ms, 7ms, false},   {1000ms, 9ms, false},  // no more than the largest of the second before
      {1500ms, 10ms, true},  {1600ms, 20ms, false},
      {2000ms, 20ms, false}, {2500ms, 6ms, false},  // a second without one
      {3000ms, 6ms, false},  {3100ms, 7ms, false},  // 20 ms were in the second before
      {4000ms, 8ms, true},    // a spike does not silence what comes after it for long
      {60000ms, 0ms, false},  // 8 ms, in the last second in which something came
      {61000ms, 0ms, false}, {61100ms, 1ns, true},
  };
  ExemplarPick pick;
  for (const auto& step : steps) {
    EXPECT_EQ(pick.worth(base::Instant(1000s) + step.at, step.value), step.worth)
        << step.at.count() << " ns";
  }
}

TEST(ExemplarPick, EvenNothingIsMoreThanNothingObserved) {
  ExemplarPick pick;
  EXPECT_TRUE(pick.worth(base::Instant(1000s), 0ns));
}

}  // namespace
}  // namespace tickwitness::feed
