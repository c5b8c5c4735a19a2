// What every store's reader gives back of its trades, as tests that each runs on its own database.
// To be included by one test file of a program, which says INSTANTIATE_TEST_SUITE_P(…,
// TradeReaderContract, …).
#pragma once

#include <algorithm>
#include <stdexcept>
#include <string>
#include <tuple>
#include <vector>

#include "store/batch/sink_contract_for_tests.h"
#include "store/batch/trade_reader.h"

namespace tickwitness::store::test {

class TradeReaderContract : public SinkTest, public testing::WithParamInterface<MakeStore> {
 protected:
  TradeReaderContract() : SinkTest(GetParam()()) {}

  std::vector<std::string> read(const TradeQuery& query) {
    const auto reader = store_->read(query);
    if (!reader) throw std::runtime_error(reader.error().message);
    std::vector<std::string> rows;
    for (;;) {
      const auto next = (*reader)->next();
      if (!next) throw std::runtime_error(next.error().message);
      if (!*next) return rows;
      rows.push_back(row(**next));
    }
  }
  // The same by hand: those that are `wanted`, in the reader's order.
  template <class Wanted>
  static std::vector<std::string> expected(std::vector<pipeline::Tick> ticks, Wanted wanted) {
    std::erase_if(
        ticks, [&](const auto& one) { return !wanted(one, std::get<market::Trade>(one.event)); });
    std::ranges::sort(ticks, {}, [](const auto& one) {
      const auto& trade = std::get<market::Trade>(one.event);
      return std::tuple(trade.exchange_time, one.venue, trade.id);
    });
    std::vector<std::string> rows(ticks.size());
    std::ranges::transform(ticks, rows.begin(), row);
    return rows;
  }
};

TEST_P(TradeReaderContract, GivesTheTradesOfOneMarketInOrder) {
  std::vector<pipeline::Tick> all;
  for (std::uint64_t number = 1; number <= 120; ++number) {
    const auto some = batch(number);
    all.insert(all.begin(), some.begin(), some.end());
  }
  put(all);  // more than two pages, the latest first
  const auto eth = symbol("ETH-USD");
  const auto of_all = expected(all, [&](const auto&, const auto& t) { return t.symbol == eth; });
  EXPECT_GT(of_all.size(), 2000U);
  EXPECT_EQ(read({.symbol = eth}), of_all);
  EXPECT_EQ(read({.venue = market::Venue::binance, .symbol = eth}),
            expected(all, [&](const auto& one, const auto& t) {
              return one.venue == market::Venue::binance && t.symbol == eth;
            }));
}

TEST_P(TradeReaderContract, TheBeginningIsInTheTimeAndTheEndIsNot) {
  std::vector<pipeline::Tick> all = batch(1);
  put(all);
  const auto time = [&](std::size_t i) {
    return std::get<market::Trade>(all[i].event).exchange_time;
  };
  const auto btc = symbol("BTC-USD");
  EXPECT_EQ(read({.symbol = btc, .from = time(3), .to = time(9)}),
            expected({all[3], all[6]}, [](const auto&, const auto&) { return true; }));
  EXPECT_THAT(read({.symbol = btc, .from = time(4), .to = time(6)}), IsEmpty());
}

TEST_P(TradeReaderContract, ManyOfOneTimeAreAllThereOverThePages) {
  std::vector<pipeline::Tick> all;
  for (std::uint64_t id = 1; id <= 2500; ++id) {
    auto made = trade(id);
    made.exchange_time = kNow;
    all.push_back(tick(made));
    all.back().venue = id % 5 == 0 ? market::Venue::binance_us : market::Venue::kraken;
  }
  put(all);
  EXPECT_EQ(read({.symbol = symbol("BTC-USD")}),
            expected(all, [](const auto&, const auto&) { return true; }));
}

TEST_P(TradeReaderContract, WhatNobodyTradedIsEmpty) {
  put(batch(1));
  EXPECT_THAT(read({.symbol = symbol("XRP-USD")}), IsEmpty());
  EXPECT_THAT(read({.venue = market::Venue::binance_us, .symbol = symbol("BTC-USD")}), IsEmpty());
}

// Days with many trades and with one, years without any, and times that make no sense.
TEST_P(TradeReaderContract, OverDaysAndYears) {
  std::vector<pipeline::Tick> all;
  const auto add = [&](base::WallTime time) {
    auto made = trade(all.size() + 1);
    made.exchange_time = time;
    all.push_back(tick(made));
    all.back().venue = all.size() % 3 == 0 ? market::Venue::binance : market::Venue::kraken;
  };
  using std::chrono::hours;
  constexpr int kYear = 365 * 24;
  add(base::WallTime::min());
  add(kNow - hours(18 * kYear));
  add(kNow - hours(3 * kYear));
  for (int i = 0; i < 5000; ++i) add(kNow + base::Duration(i % 7));
  for (int i = 0; i < 3000; ++i) add(kNow + std::chrono::seconds(i));
  add(kNow + hours(24) - base::Duration(1));
  add(kNow + hours(24));
  for (int i = 0; i < 30; ++i) add(kNow + hours(24 + i));
  add(kNow + hours(kYear));
  add(kNow + hours(74 * kYear));
  add(base::WallTime::max() - base::Duration(1));
  put(all);
  const auto any = [](const auto&, const auto&) { return true; };
  EXPECT_EQ(read({.symbol = symbol("BTC-USD")}), expected(all, any));
  const auto from = kNow + base::Duration(3), to = kNow + hours(24) + base::Duration(1);
  EXPECT_EQ(
      read({.venue = market::Venue::binance, .symbol = symbol("BTC-USD"), .from = from, .to = to}),
      expected(all, [&](const auto& one, const auto& made) {
        return one.venue == market::Venue::binance && made.exchange_time >= from &&
               made.exchange_time < to;
      }));
}

TEST_P(TradeReaderContract, WhoReadsDoesNotHoldUpWhoWrites) {
  put(batch(1));
  const auto reader = store_->read({.symbol = symbol("BTC-USD")});
  ASSERT_TRUE(reader);
  ASSERT_TRUE((*reader)->next());
  put(batch(2));
  EXPECT_TRUE(store_->sink().open());
  EXPECT_TRUE((*reader)->next());
}

TEST_P(TradeReaderContract, ADamagedRowIsAnErrorNotATrade) {
  put(batch(1));
  rows("UPDATE trades SET taker_side = 'both' WHERE id = 4");
  const auto reader = store_->read({.symbol = symbol("BTC-USD")});
  ASSERT_TRUE(reader);
  SinkResult<std::optional<pipeline::Tick>> next;
  for (int i = 0; i < 3 && next; ++i) next = (*reader)->next();
  ASSERT_FALSE(next);
  EXPECT_THAT(next.error().message, HasSubstr("the trade 4 of BTC-USD on "));
}

TEST_P(TradeReaderContract, ALaterVersionIsNotRead) {
  rows("UPDATE schema_version SET version = 99");
  const auto later = store_->read({});
  ASSERT_FALSE(later);
  EXPECT_THAT(later.error().message, HasSubstr("has schema version 99"));
}

}  // namespace tickwitness::store::test
