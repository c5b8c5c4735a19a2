// What every database answers for a page, as tests that each runs on its own. To be included by one
// test file of a program, which says INSTANTIATE_TEST_SUITE_P(…, HistoryContract, …).
#pragma once

#include <algorithm>
#include <optional>
#include <ranges>
#include <stdexcept>
#include <string>
#include <tuple>
#include <utility>
#include <vector>

#include "store/batch/history.h"
#include "store/batch/sink_contract_for_tests.h"

namespace tickwitness::store::test {

using pipeline::History;
using pipeline::HistoryKind;
using pipeline::HistoryQuery;

class HistoryContract : public SinkTest, public testing::WithParamInterface<MakeStore> {
 protected:
  HistoryContract() : SinkTest(GetParam()()) {}

  History read(const HistoryQuery& asked) {
    auto history = store_->history(asked);
    if (!history) throw std::runtime_error(history.error().message);
    return std::move(*history);
  }
  static std::vector<std::uint64_t> ids(const History& history) {
    std::vector<std::uint64_t> all;
    for (const auto& one : history.ticks) all.push_back(std::get<market::Trade>(one.event).id);
    return all;
  }
};

TEST_P(HistoryContract, GivesTheNewestTradesOfAMarketInTheirOrder) {
  std::vector<pipeline::Tick> ticks;
  for (const std::uint64_t id : {5, 1, 3, 2, 4}) ticks.push_back(tick(trade(id)));
  ticks[0].late = true;
  auto elsewhere = tick(trade(9));
  elsewhere.venue = market::Venue::binance_us;
  ticks.push_back(elsewhere);
  put(ticks);
  const HistoryQuery all{.symbol = symbol("BTC-USD")};
  EXPECT_THAT(ids(read(all)), ElementsAre(1, 2, 3, 4, 5));
  EXPECT_FALSE(read(all).more);
  EXPECT_EQ(row(read(all).ticks[4]), row(ticks[0]));
  HistoryQuery some = all;
  some.limit = 2;
  EXPECT_THAT(ids(read(some)), ElementsAre(4, 5));
  EXPECT_TRUE(read(some).more);
  some.from = kNow + milliseconds(2);
  some.to = kNow + milliseconds(4);
  EXPECT_THAT(ids(read(some)), ElementsAre(2, 3));
  EXPECT_FALSE(read(some).more);
  HistoryQuery other = all;
  other.venue = market::Venue::binance_us;
  EXPECT_THAT(ids(read(other)), ElementsAre(9));
  other.symbol = symbol("XRP-EUR");
  EXPECT_THAT(read(other).ticks, IsEmpty());
}

TEST_P(HistoryContract, APageEndsBetweenTwoMomentsSoThatTheNextOneMissesNothing) {
  std::vector<pipeline::Tick> ticks;
  for (std::uint64_t id = 1; id <= 12; ++id) {
    auto& made = std::get<market::Trade>(ticks.emplace_back(tick(trade(id))).event);
    made.exchange_time = kNow + std::chrono::seconds(id <= 3 ? 1 : id <= 8 ? 2 : 3);
  }
  put(ticks);
  HistoryQuery page{.symbol = symbol("BTC-USD"), .limit = 6};
  EXPECT_THAT(ids(read(page)), ElementsAre(9, 10, 11, 12));
  EXPECT_TRUE(read(page).more);
  page.to = kNow + std::chrono::seconds(3);
  EXPECT_THAT(ids(read(page)), ElementsAre(4, 5, 6, 7, 8));
  page.limit = 5;
  EXPECT_THAT(ids(read(page)), ElementsAre(4, 5, 6, 7, 8));
  page.limit = 2;  // there is nothing else to give
  EXPECT_THAT(ids(read(page)), ElementsAre(7, 8));
  EXPECT_TRUE(read(page).more);
  page.to = kNow + std::chrono::seconds(2);
  page.limit = 3;
  EXPECT_THAT(ids(read(page)), ElementsAre(1, 2, 3));
  EXPECT_FALSE(read(page).more);
}

// Page after page is every trade: of busy days and of sparse ones, years apart, at times that make
// no sense.
TEST_P(HistoryContract, PageAfterPageIsEveryTradeOverDaysAndYears) {
  using std::chrono::hours;
  constexpr int kYear = 365 * 24;
  std::vector<pipeline::Tick> all;
  const auto add = [&](base::WallTime time) {
    auto made = trade(all.size() + 1);
    made.exchange_time = time;
    all.push_back(tick(made));
  };
  add(base::WallTime::min());
  add(kNow - hours(18 * kYear));
  for (int i = 40; i > 0; --i) add(kNow - hours(kYear + 24 * i));
  for (int i = 0; i < 700; ++i) add(kNow + std::chrono::seconds(i / 2));
  for (int i = 0; i < 50; ++i) add(kNow + hours(23) + minutes(i));
  for (int i = 0; i < 30; ++i) add(kNow + hours(30 + 7 * i));
  add(kNow + hours(24 * 20) - base::Duration(1));
  add(kNow + hours(24 * 20));
  add(kNow + hours(74 * kYear));
  add(base::WallTime::max() - base::Duration(1));
  put(all);
  std::vector<std::uint64_t> expected(all.size());
  for (std::size_t i = 0; i < all.size(); ++i) expected[i] = i + 1;
  for (const std::size_t limit : {2, 7, 100, 5000}) {
    std::vector<std::uint64_t> seen;
    HistoryQuery page{.symbol = symbol("BTC-USD"), .limit = limit};
    for (bool more = true; more;) {
      const auto history = read(page);
      ASSERT_FALSE(history.ticks.empty());
      ASSERT_LE(history.ticks.size(), limit);
      for (const auto id : ids(history) | std::views::reverse) seen.push_back(id);
      page.to = std::get<market::Trade>(history.ticks.front().event).exchange_time;
      more = history.more;
    }
    std::ranges::reverse(seen);
    EXPECT_EQ(seen, expected) << limit;
  }
  HistoryQuery day{.symbol = symbol("BTC-USD"), .from = kNow - hours(18 * kYear), .to = kNow};
  EXPECT_THAT(read(day).ticks, SizeIs(41));
  day.from = kNow + hours(74 * kYear);
  day.to = base::WallTime::max();
  EXPECT_THAT(read(day).ticks, SizeIs(2));
}

TEST_P(HistoryContract, GivesCandlesOfOneInterval) {
  const auto candle = [](std::uint32_t length, int number) {
    return tick(market::Candle{.symbol = symbol("BTC-USD"),
                               .interval_minutes = length,
                               .closed = true,
                               .begin = kNow + minutes(length * static_cast<unsigned>(number)),
                               .open = decimal("1.0"),
                               .high = decimal("4.0"),
                               .low = decimal("0.5"),
                               .close = decimal("2.0"),
                               .volume = decimal("10.00"),
                               .vwap = number == 0 ? std::nullopt : std::optional(decimal("1.5")),
                               .trades = 7});
  };
  put({candle(5, 0), candle(5, 1), candle(15, 0)});
  HistoryQuery asked{
      .kind = HistoryKind::candles, .symbol = symbol("BTC-USD"), .interval_minutes = 5};
  const auto five = read(asked);
  ASSERT_THAT(five.ticks, SizeIs(2));
  const auto& last = std::get<market::Candle>(five.ticks[1].event);
  EXPECT_EQ(last.begin, kNow + minutes(5));
  EXPECT_EQ(last.high.str() + last.low.str() + last.volume.str() + last.vwap->str(),
            "4.00.510.001.5");
  EXPECT_EQ(std::get<market::Candle>(five.ticks[0].event).vwap, std::nullopt);
  EXPECT_EQ(last.trades, 7U);
  asked.limit = 1;
  EXPECT_THAT(read(asked).ticks, SizeIs(1));
  EXPECT_TRUE(read(asked).more);
  asked.interval_minutes = 1;
  EXPECT_THAT(read(asked).ticks, IsEmpty());
}

TEST_P(HistoryContract, GivesQuotesWithWhatIsNotKnown) {
  put(market::Quote{.symbol = symbol("BTC-USD"), .bid = decimal("9.90")});
  put(std::vector{quote_at(kNow + minutes(1))});
  const auto quotes = read({.kind = HistoryKind::quotes, .symbol = symbol("BTC-USD")});
  ASSERT_THAT(quotes.ticks, SizeIs(2));
  const auto& first = std::get<market::Quote>(quotes.ticks[0].event);
  EXPECT_EQ(first.bid->str(), "9.90");
  EXPECT_FALSE(first.ask || first.bid_quantity || first.ask_quantity);
  EXPECT_EQ(quotes.ticks[0].received.wall, kNow);
  EXPECT_EQ(quotes.ticks[1].received.wall, kNow + minutes(1));
}

TEST_P(HistoryContract, WhatIsDamagedOrOfAnotherVersionIsToldOf) {
  put(trade(1));
  rows("UPDATE trades SET taker_side = 'both'");
  const auto damaged = store_->history({.symbol = symbol("BTC-USD")});
  ASSERT_FALSE(damaged);
  EXPECT_THAT(damaged.error().message, HasSubstr("a row of BTC-USD on kraken is damaged"));
  rows("UPDATE schema_version SET version = 99");
  const auto later = store_->history({.symbol = symbol("BTC-USD")});
  ASSERT_FALSE(later);
  EXPECT_THAT(later.error().message, HasSubstr("has schema version 99"));
}

}  // namespace tickwitness::store::test
