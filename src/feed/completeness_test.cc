#include "feed/completeness.h"

#include <gtest/gtest.h>

namespace tickwitness::feed {
namespace {

base::WallTime on_day(int day) {
  return base::WallTime(std::chrono::days(20'000 + day)) + std::chrono::hours(23);
}

TEST(Completeness, IsTheShareThatWasReceivedByUtcDay) {
  Completeness c;
  for (int i = 0; i < 99'998; ++i) c.on_received(on_day(0));
  c.on_missing(on_day(0), 2);
  c.on_received(on_day(1));
  ASSERT_EQ(c.days().size(), 2U);
  EXPECT_DOUBLE_EQ(c.days()[0].ratio().value(), 0.99998);
  EXPECT_EQ(c.days()[1].ratio(), 1.0);
  c.on_found(on_day(0), 2);
  c.on_received(on_day(0));
  c.on_received(on_day(0));
  EXPECT_EQ(c.days()[0].ratio(), 1.0);
  EXPECT_EQ(c.days()[0].received, 100'000U);
}

TEST(Completeness, RemembersTheLastDays) {
  Completeness c;
  for (int day = 0; day < 12; ++day) c.on_received(on_day(day));
  ASSERT_EQ(c.days().size(), Completeness::kDaysMax);
  EXPECT_EQ(c.days().front().day, std::chrono::sys_days(std::chrono::days(20'004)));
  c.on_missing(on_day(2), 7);
  EXPECT_EQ(c.days().front().missing, 7U) << "what is older counts on the oldest";
  EXPECT_EQ(c.days().size(), Completeness::kDaysMax);
  c.on_found(on_day(4), 100);
  EXPECT_EQ(c.days().front().missing, 0U);
  EXPECT_FALSE(DayOfTrades{}.ratio());
}

}  // namespace
}  // namespace tickwitness::feed
