#include "feed/trade_sequence.h"

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include <algorithm>
#include <numeric>
#include <set>

namespace tickwitness::feed {
namespace {

base::Now at(int seconds) {
  return {base::Instant(std::chrono::seconds(seconds)),
          base::WallTime(std::chrono::seconds(seconds))};
}

market::Trade trade(std::uint64_t id) {
  return {.id = id, .exchange_time = base::WallTime(std::chrono::milliseconds(id))};
}

struct Bench {
  TradeSequence sequence{TradeSequenceLimits{.held_max = 4, .holes_max = 2, .given_up_max = 3}};
  std::vector<SequencedTrade> out;
  std::uint64_t filled = 0, returned = 0;

  bool take(std::uint64_t id, TradeOrigin origin = TradeOrigin::live, int second = 0) {
    return sequence.on_trade(at(second), trade(id), origin, out, [&](const TradeHole& hole) {
      RC_ASSERT(hole.from <= id && id <= hole.to);
      ++(hole.given_up ? returned : filled);
    });
  }
  // The ids given out since the last call; a late one is negative.
  std::vector<std::int64_t> given() {
    std::vector<std::int64_t> ids;
    for (const auto& one : out) {
      const auto id = static_cast<std::int64_t>(one.trade.id);
      ids.push_back(one.late ? -id : id);
    }
    out.clear();
    return ids;
  }
  std::vector<std::pair<std::uint64_t, std::uint64_t>> holes() {
    std::vector<std::pair<std::uint64_t, std::uint64_t>> found;
    for (const auto& hole : sequence.holes()) found.emplace_back(hole.from, hole.to);
    return found;
  }
};

using Ids = std::vector<std::int64_t>;
using Holes = std::vector<std::pair<std::uint64_t, std::uint64_t>>;

TEST(TradeSequence, BeginsWhereTheFirstTradeIsAndGivesOutAtOnceWhatIsInOrder) {
  Bench b;
  EXPECT_FALSE(b.sequence.begun());
  for (const std::uint64_t id : {70U, 71U, 72U}) EXPECT_TRUE(b.take(id));
  EXPECT_EQ(b.given(), (Ids{70, 71, 72}));
  EXPECT_EQ(b.holes(), Holes{});
  EXPECT_FALSE(b.take(71));
  EXPECT_FALSE(b.take(69)) << "below the first nothing is missing";
  EXPECT_EQ(b.given(), Ids{});
  EXPECT_EQ(b.sequence.top(), 72U);
}

TEST(TradeSequence, WhatIsBehindAHoleWaitsForIt) {
  Bench b;
  b.take(10);
  b.take(14, TradeOrigin::live, 3);
  b.take(15);
  EXPECT_EQ(b.given(), (Ids{10}));
  EXPECT_EQ(b.holes(), (Holes{{11, 13}}));
  EXPECT_EQ(b.sequence.holes()[0].since.mono, at(3).mono);
  EXPECT_EQ(b.sequence.holes()[0].before, base::WallTime(std::chrono::milliseconds(10)));
  EXPECT_TRUE(b.take(12, TradeOrigin::rest));
  EXPECT_EQ(b.given(), Ids{});
  EXPECT_EQ(b.holes(), (Holes{{11, 11}, {13, 13}}));
  EXPECT_FALSE(b.take(12));
  EXPECT_FALSE(b.take(15));
  EXPECT_TRUE(b.take(11));
  EXPECT_EQ(b.given(), (Ids{11, 12}));
  EXPECT_TRUE(b.take(13));
  EXPECT_EQ(b.given(), (Ids{13, 14, 15}));
  EXPECT_EQ(b.filled, 3U);
  EXPECT_EQ(b.sequence.held(), 0U);
}

TEST(TradeSequence, AHoleThatDoesNotBlockLetsOthersPassAndIsFilledLate) {
  Bench b;
  b.take(1);
  b.take(4);
  b.take(6);
  b.sequence.holes()[0].blocking = false;
  b.sequence.release(b.out);
  EXPECT_EQ(b.given(), (Ids{1, 4}));
  EXPECT_TRUE(b.take(2));
  EXPECT_EQ(b.given(), (Ids{-2}));
  b.sequence.holes()[1].blocking = false;
  b.sequence.release(b.out);
  EXPECT_EQ(b.given(), (Ids{6}));
  EXPECT_TRUE(b.take(5));
  EXPECT_EQ(b.given(), (Ids{-5}));
  EXPECT_EQ(b.holes(), (Holes{{3, 3}}));
}

TEST(TradeSequence, WhatIsGivenUpHoldsNothingBack) {
  Bench b;
  b.take(1);
  b.take(9);
  b.take(12);
  b.sequence.give_up(3, 4, b.out);
  EXPECT_EQ(b.holes(), (Holes{{2, 2}, {5, 8}, {10, 11}}));
  b.sequence.give_up(2, 5, b.out);
  EXPECT_EQ(b.holes(), (Holes{{6, 8}, {10, 11}}));
  b.sequence.give_up(0, 10, b.out);
  EXPECT_EQ(b.holes(), (Holes{{11, 11}}));
  EXPECT_EQ(b.given(), (Ids{1, 9}));
  b.sequence.give_up(11, 11, b.out);
  EXPECT_EQ(b.given(), (Ids{12}));
}

TEST(TradeSequence, WhatWasGivenUpAndComesAfterAllIsTakenOnce) {
  Bench b;
  b.take(1);
  b.take(9);
  b.sequence.give_up(2, 8, b.out);
  EXPECT_EQ(b.given(), (Ids{1, 9}));
  EXPECT_TRUE(b.sequence.is_missing(4));
  EXPECT_TRUE(b.take(4));
  EXPECT_FALSE(b.take(4));
  EXPECT_FALSE(b.sequence.is_missing(4));
  EXPECT_TRUE(b.take(2));
  EXPECT_TRUE(b.take(8));
  EXPECT_EQ(b.given(), (Ids{-4, -2, -8}));
  EXPECT_EQ(b.returned, 3U);
  EXPECT_EQ(b.filled, 0U);
  EXPECT_EQ(b.holes(), Holes{}) << "nobody waits for the others again";
  // Behind a hole that still blocks it is in its order.
  b.take(11);
  b.take(13);
  b.sequence.give_up(12, 12, b.out);
  EXPECT_TRUE(b.take(12));
  EXPECT_EQ(b.given(), Ids{});
  EXPECT_TRUE(b.take(10));
  EXPECT_EQ(b.given(), (Ids{10, 11, 12, 13}));
}

TEST(TradeSequence, OfTooManyStretchesThatWereGivenUpTheLowestAreForgotten) {
  Bench b;
  b.take(1);
  for (const std::uint64_t id : {3U, 5U, 7U, 9U}) b.take(id);
  b.sequence.give_up(0, 9, b.out);
  EXPECT_FALSE(b.take(2)) << "the first of four";
  EXPECT_TRUE(b.take(4));
  b.take(15);
  b.sequence.give_up(10, 14, b.out);
  EXPECT_TRUE(b.take(12)) << "which leaves two stretches of one: four again";
  EXPECT_FALSE(b.take(6));
  EXPECT_TRUE(b.take(8));
  EXPECT_TRUE(b.take(10));
  EXPECT_TRUE(b.take(14));
}

TEST(TradeSequence, SaysWhenItsLimitsAreReached) {
  Bench b;
  b.take(1);
  for (const std::uint64_t id : {3U, 4U, 5U, 6U}) b.take(id);
  EXPECT_FALSE(b.sequence.too_many_held());
  b.take(7);
  EXPECT_TRUE(b.sequence.too_many_held());
  b.take(9);
  EXPECT_FALSE(b.sequence.too_many_holes());
  b.take(11);
  EXPECT_TRUE(b.sequence.too_many_holes());
}

// However trades are swapped, doubled and lost on their way: each that came is given out once, in
// order while every hole blocks, and what is missing is what never came.
RC_GTEST_PROP(TradeSequence, GivesOutEachOnceAndKnowsWhatIsMissing, ()) {
  const auto count = *rc::gen::inRange<std::uint64_t>(2, 40);
  std::vector<std::uint64_t> wire(count);
  std::iota(wire.begin(), wire.end(), 100);
  const auto swaps = *rc::gen::inRange(0, 20);
  for (int i = 0; i < swaps; ++i) {
    const auto a = *rc::gen::inRange<std::size_t>(1, count);
    const auto b = *rc::gen::inRange<std::size_t>(1, count);
    std::swap(wire[a], wire[b]);  // the first stays: it begins the sequence
  }
  std::set<std::uint64_t> came;
  Bench b;
  for (const auto id : wire) {
    if (id != 100 && *rc::gen::inRange(0, 5) == 0) continue;  // lost
    const bool fresh = came.insert(id).second;
    RC_ASSERT(b.take(id) == fresh);
    if (*rc::gen::inRange(0, 4) == 0) RC_ASSERT(!b.take(id));
  }
  std::set<std::uint64_t> missing;
  for (std::uint64_t id = 100; id <= b.sequence.top(); ++id) {
    if (!came.contains(id)) missing.insert(id);
  }
  std::set<std::uint64_t> said;
  for (const auto& hole : b.sequence.holes()) {
    for (std::uint64_t id = hole.from; id <= hole.to; ++id) RC_ASSERT(said.insert(id).second);
  }
  RC_ASSERT(said == missing);
  const auto first_missing = missing.empty() ? b.sequence.top() + 1 : *missing.begin();
  auto ids = b.given();
  RC_ASSERT(std::is_sorted(ids.begin(), ids.end()));
  RC_ASSERT(ids.size() == first_missing - 100);
  b.sequence.give_up(0, UINT64_MAX, b.out);
  const auto rest = b.given();
  RC_ASSERT(std::is_sorted(rest.begin(), rest.end()));
  ids.insert(ids.end(), rest.begin(), rest.end());
  RC_ASSERT(ids.size() == came.size());
  RC_ASSERT(b.sequence.held() == 0U);
  if (said.empty()) return;
  const auto newest = *said.rbegin();  // is remembered, however many were given up
  RC_ASSERT(b.take(newest));
  RC_ASSERT(b.returned == 1U);
  RC_ASSERT(!b.take(newest));
}

}  // namespace
}  // namespace tickwitness::feed
