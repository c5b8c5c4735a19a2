#include "sim/record/trade_ids.h"

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include <set>

namespace tickwitness::sim {
namespace {

TEST(TradeIds, CountsEachOnceFromTheFirstOn) {
  TradeIds ids;
  EXPECT_EQ(ids.missing(), 0U);
  EXPECT_TRUE(ids.add(10));
  EXPECT_TRUE(ids.add(13));
  EXPECT_EQ(ids.missing(), 2U);
  EXPECT_FALSE(ids.add(10));
  EXPECT_FALSE(ids.add(9)) << "before the beginning";
  EXPECT_TRUE(ids.add(12));
  EXPECT_TRUE(ids.add(11));
  EXPECT_EQ(ids.missing(), 0U);
  EXPECT_EQ(ids.first(), 10U);
  EXPECT_EQ(ids.last(), 13U);
  EXPECT_EQ(ids.count(), 4U);
}

TEST(TradeIds, GoesOnWhereAnEarlierLifeEnded) {
  TradeIds ids;
  ids.restore(20, {{.from = 10, .to = 12}, {.from = 15, .to = 15, .given_up = true}});
  EXPECT_TRUE(ids.begun());
  EXPECT_EQ(ids.count(), 0U);
  EXPECT_EQ(ids.known(), 8U);  // 9, 13, 14, 16 to 20
  EXPECT_EQ(ids.missing(), 3);
  EXPECT_EQ(ids.all_missing(), 4U);
  EXPECT_FALSE(ids.add(20));
  EXPECT_FALSE(ids.add(7));
  EXPECT_TRUE(ids.add(23));
  EXPECT_TRUE(ids.add(11));
  EXPECT_EQ(ids.count(), 2U);
  EXPECT_EQ(ids.missing(), 4);
  EXPECT_TRUE(ids.add(15)) << "it was given up, and is new all the same";
  EXPECT_EQ(ids.missing(), 3);
  EXPECT_EQ(ids.all_missing(), 4U);
  TradeIds whole;
  whole.restore(20, {});
  EXPECT_EQ(whole.missing(), 0);
  EXPECT_TRUE(whole.add(22));
  EXPECT_EQ(whole.missing(), 1);
}

RC_GTEST_PROP(TradeIds, IsASet, ()) {
  TradeIds ids;
  std::set<std::uint64_t> truth;
  ids.add(0);
  truth.insert(0);
  for (const auto id :
       *rc::gen::container<std::vector<std::uint64_t>>(rc::gen::inRange<std::uint64_t>(0, 60))) {
    RC_ASSERT(ids.add(id) == truth.insert(id).second);
    RC_ASSERT(ids.count() == truth.size());
    RC_ASSERT(ids.last() == *truth.rbegin());
  }
}

TEST(TradeIds, KnowsTheStretchesThatAreMissing) {
  TradeIds ids;
  EXPECT_TRUE(ids.holes().empty());
  for (const std::uint64_t id : {5U, 6U, 9U, 10U, 12U}) ids.add(id);
  using Holes = std::vector<std::pair<std::uint64_t, std::uint64_t>>;
  EXPECT_EQ(ids.holes(), (Holes{{7, 8}, {11, 11}}));
}

}  // namespace
}  // namespace tickwitness::sim
