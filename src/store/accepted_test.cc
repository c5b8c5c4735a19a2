#include "store/accepted.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include <algorithm>
#include <chrono>
#include <set>

#include "store/batch/batch_format.h"

namespace tickwitness::store {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;
using testing::SizeIs;

const market::Symbol kBtc = *market::Symbol::parse("BTC-USD");

base::WallTime time_of(std::uint64_t id) {
  return base::WallTime(base::Duration(static_cast<std::int64_t>(id)));
}

pipeline::Tick trade(std::uint64_t id, market::Venue venue = market::Venue::kraken) {
  return {.event = market::Trade{.symbol = kBtc, .id = id, .exchange_time = time_of(id)},
          .venue = venue};
}

pipeline::GapEntry gap(std::uint64_t id, std::uint64_t from, std::uint64_t to, std::uint64_t lost,
                       bool closed = true) {
  pipeline::GapEntry entry{
      .id = id, .symbol = kBtc, .channel = "trade", .from = from, .to = to, .lost = lost};
  if (closed) entry.closed = time_of(to);
  return entry;
}

Accepted::Hole hole(std::uint64_t from, std::uint64_t to, std::uint64_t before,
                    bool given_up = false) {
  return {.from = from, .to = to, .before = time_of(before), .given_up = given_up};
}

TEST(Accepted, CountsTradesByMarketAndKnowsWhatIsMissing) {
  Accepted accepted;
  for (const std::uint64_t id : {10U, 11U, 15U}) accepted.add(trade(id));
  accepted.add(trade(7, market::Venue::binance));
  accepted.add(pipeline::Tick{.event = market::Quote{.symbol = kBtc}});
  ASSERT_THAT(accepted.markets(), SizeIs(2));
  const auto& kraken = accepted.markets()[0];
  EXPECT_EQ(kraken.trades, 3U);
  EXPECT_EQ(kraken.top, 15U);
  EXPECT_EQ(kraken.top_time, time_of(15));
  EXPECT_THAT(kraken.holes, ElementsAre(hole(12, 14, 11)));
  EXPECT_EQ(accepted.markets()[1].trades, 1U);
  EXPECT_EQ(accepted.ticks(), 5U);
  accepted.add(trade(13));
  accepted.add(trade(13));
  EXPECT_EQ(accepted.markets()[0].trades, 4U) << "each id once";
  EXPECT_THAT(accepted.markets()[0].holes, ElementsAre(hole(12, 12, 11), hole(14, 14, 11)));
  accepted.add(trade(12));
  accepted.add(trade(14));
  EXPECT_THAT(accepted.markets()[0].holes, IsEmpty());
}

TEST(Accepted, WhatTheLedgerGaveUpIsMarkedWhicheverComesFirst) {
  Accepted hole_first;
  for (const std::uint64_t id : {1U, 5U}) hole_first.add(trade(id));
  hole_first.add(gap(1, 2, 4, 3));
  Accepted entry_first;
  entry_first.add(trade(1));
  entry_first.add(gap(1, 2, 4, 3));
  entry_first.add(trade(5));
  for (const Accepted* one : {&hole_first, &entry_first}) {
    EXPECT_THAT(one->markets()[0].holes, ElementsAre(hole(2, 4, 1, true)));
  }
  hole_first.add(trade(3));  // comes after all
  EXPECT_EQ(hole_first.markets()[0].trades, 3U);
}

TEST(Accepted, ALaterEntryTakesThePlaceOfTheEarlierOne) {
  Accepted accepted;
  accepted.add(gap(1, 2, 4, 0, false));
  accepted.add(gap(1, 2, 4, 0));
  ASSERT_THAT(accepted.gaps(), SizeIs(1));
  EXPECT_TRUE(accepted.gaps().at(1).closed);
}

TEST(Accepted, IdsMayBeginAnew) {
  Accepted accepted;
  const auto at = [](std::uint64_t id, base::Duration time) {
    auto tick = trade(id);
    std::get<market::Trade>(tick.event).exchange_time = base::WallTime(time);
    return tick;
  };
  using std::chrono::seconds;
  for (const std::uint64_t id : {1000U, 1005U}) accepted.add(at(id, seconds(100)));
  accepted.add(at(7, seconds(105)));  // an old one, not news
  EXPECT_EQ(accepted.markets()[0].trades, 2U);
  accepted.add(at(7, seconds(111)));
  accepted.add(at(8, seconds(112)));
  EXPECT_EQ(accepted.markets()[0].trades, 4U);
  EXPECT_EQ(accepted.markets()[0].top, 8U);
  EXPECT_THAT(accepted.markets()[0].holes, IsEmpty());
  accepted.add(at(1'000'000, seconds(113)));  // nobody has so many trades in a second
  EXPECT_EQ(accepted.markets()[0].top, 1'000'000U);
  EXPECT_THAT(accepted.markets()[0].holes, IsEmpty());
  accepted.add(at(1'100'000, seconds(113)));  // some may have so many in the seconds around it
  EXPECT_THAT(accepted.markets()[0].holes, SizeIs(1));
}

TEST(Accepted, HasLimitsAndItsCheckpointFitsInARecord) {
  Accepted accepted;
  for (std::uint64_t id = 1; id < 10'000; id += 2) {
    accepted.add(trade(id));
    accepted.add(trade(id * 1'000'000, market::Venue::binance));
    accepted.add(trade(id * 1'000, market::Venue::binance_us));
    auto other = trade(id);
    std::get<market::Trade>(other.event).symbol = *market::Symbol::parse("ETH-USD");
    accepted.add(other);
    auto entry = gap(id, ~id, ~std::uint64_t{0}, ~id, id % 4 == 1);
    entry.reason = entry.connection = entry.cause = entry.state = entry.channel =
        std::string(500, 'x');
    accepted.add(entry);
  }
  std::size_t holes = 0;
  for (const auto& market : accepted.markets()) {
    EXPECT_LE(market.holes.size(), Accepted::kHolesMax);
    EXPECT_EQ(market.trades, 5000U);
    holes += market.holes.size();
  }
  EXPECT_LE(holes, Accepted::kHolesOfAllMax);
  EXPECT_EQ(accepted.markets()[0].holes.back(), hole(9998, 9998, 9997));
  EXPECT_LE(accepted.gaps().size(), Accepted::kClosedMax + Accepted::kOpenMax);
  EXPECT_LE(accepted.checkpoint().size(), std::size_t{1} << 20);
  const auto again = Accepted::read(accepted.checkpoint());
  ASSERT_TRUE(again);
  EXPECT_EQ(again->markets(), accepted.markets());
}

TEST(Accepted, ACheckpointOfNonsenseIsRefused) {
  Accepted accepted;
  for (const std::uint64_t id : {1U, 5U, 9U}) accepted.add(trade(id));
  accepted.add(gap(1, 2, 4, 3));
  const std::string whole = accepted.checkpoint();
  EXPECT_TRUE(Accepted::is_checkpoint(whole));
  EXPECT_FALSE(Accepted::is_checkpoint(""));
  EXPECT_FALSE(Accepted::is_checkpoint("\x01"));
  ASSERT_TRUE(Accepted::read(whole));
  for (std::size_t cut = 0; cut < whole.size(); ++cut) {
    EXPECT_FALSE(Accepted::read(std::string_view(whole).substr(0, cut))) << cut;
  }
  EXPECT_FALSE(Accepted::read(whole + "x"));
}

// What the process counts as it writes is what the next one reads, from wherever it begins.
RC_GTEST_PROP(Accepted, IsTheSameFromACheckpointAndWhatFollows, ()) {
  struct Truth {
    std::set<std::uint64_t> ids;
    std::uint64_t first = 0;
  } truth;
  Accepted kept, read_again;
  BatchWriter batch;
  for (int left = *rc::gen::inRange(1, 60); left > 0; --left) {
    const std::uint64_t id = *rc::gen::inRange<std::uint64_t>(1, 40);
    const std::uint64_t highest = truth.ids.empty() ? 0 : *truth.ids.rbegin();
    batch.clear();
    if (*rc::gen::inRange(0, 5) == 0) {
      batch.add(
          gap(id, id, id + 2, *rc::gen::inRange<std::uint64_t>(0, 2), *rc::gen::arbitrary<bool>()));
    } else {
      batch.add(trade(id));
      if (truth.first == 0) truth.first = id;
      if (id > truth.first || highest == 0) truth.ids.insert(id);
    }
    RC_ASSERT(kept.add_batch(batch.bytes()));
    if (*rc::gen::inRange(0, 8) == 0) {
      read_again = *Accepted::read(kept.checkpoint());
    } else {
      RC_ASSERT(read_again.add_batch(batch.bytes()));
    }
  }
  RC_ASSERT(read_again == kept);
  if (truth.ids.empty()) return;
  const auto& market = kept.markets().front();
  RC_ASSERT(market.trades == truth.ids.size());
  RC_ASSERT(market.top == *truth.ids.rbegin());
  std::uint64_t missing = 0;
  for (const auto& one : market.holes) {
    for (std::uint64_t id = one.from; id <= one.to; ++id, ++missing) {
      RC_ASSERT(!truth.ids.contains(id));
    }
  }
  RC_ASSERT(missing + truth.ids.size() == market.top - truth.first + 1);
}

}  // namespace
}  // namespace tickwitness::store
