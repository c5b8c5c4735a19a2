#include "store/sqlite/trade_reader.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>

#include "store/sqlite/rows_for_tests.h"
#include "store/sqlite/sqlite_store.h"

namespace tickwitness::store::sqlite {
namespace {

using market::Venue;
using test::batch;
using test::kNow;
using test::row;
using test::symbol;
using testing::ElementsAreArray;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::SizeIs;

class TradeReaderTest : public testing::Test {
 protected:
  TradeReaderTest() { EXPECT_TRUE(store_.open()); }
  void put(const std::vector<pipeline::Tick>& ticks) { EXPECT_TRUE(store_.store(ticks, {1, 1})); }
  std::vector<std::string> read(const TradeQuery& query) {
    auto reader = TradeReader::open(path_, query);
    if (!reader) throw std::runtime_error(reader.error().message);
    std::vector<std::string> rows;
    for (;;) {
      const auto next = reader->next();
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

  runtime::TemporaryDirectory directory_ = test::make_directory();
  std::string path_ = directory_.path() + "/store.db";
  SqliteStore store_{{.path = path_}};
};

TEST_F(TradeReaderTest, GivesTheTradesOfOneMarketInOrder) {
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
  EXPECT_EQ(read({.venue = Venue::binance, .symbol = eth}),
            expected(all, [&](const auto& one, const auto& t) {
              return one.venue == Venue::binance && t.symbol == eth;
            }));
}

TEST_F(TradeReaderTest, TheBeginningIsInTheTimeAndTheEndIsNot) {
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

TEST_F(TradeReaderTest, ManyOfOneTimeAreAllThereOverThePages) {
  std::vector<pipeline::Tick> all;
  for (std::uint64_t id = 1; id <= 2500; ++id) {
    auto made = test::trade(id);
    made.exchange_time = kNow;
    all.push_back(test::tick(made));
    all.back().venue = id % 5 == 0 ? Venue::binance_us : Venue::kraken;
  }
  put(all);
  EXPECT_EQ(read({.symbol = symbol("BTC-USD")}),
            expected(all, [](const auto&, const auto&) { return true; }));
}

TEST_F(TradeReaderTest, WhatNobodyTradedIsEmpty) {
  put(batch(1));
  EXPECT_THAT(read({.symbol = symbol("XRP-USD")}), IsEmpty());
  EXPECT_THAT(read({.venue = Venue::binance_us, .symbol = symbol("BTC-USD")}), IsEmpty());
}

TEST_F(TradeReaderTest, WhoReadsDoesNotHoldUpWhoWrites) {
  put(batch(1));
  auto reader = TradeReader::open(path_, {.symbol = symbol("BTC-USD")});
  ASSERT_TRUE(reader);
  ASSERT_TRUE(reader->next());
  EXPECT_TRUE(store_.store(batch(2), {1, 2}));
  EXPECT_TRUE(store_.open());
  EXPECT_TRUE(reader->next());
}

TEST_F(TradeReaderTest, ADamagedRowIsAnErrorNotATrade) {
  put(batch(1));
  test::query(path_, "UPDATE trades SET price = 'much' WHERE id = 4");
  auto reader = TradeReader::open(path_, {.symbol = symbol("BTC-USD")});
  ASSERT_TRUE(reader);
  SinkResult<std::optional<pipeline::Tick>> next;
  for (int i = 0; i < 3 && next; ++i) next = reader->next();
  ASSERT_FALSE(next);
  EXPECT_THAT(next.error().message, HasSubstr("the trade 4 of BTC-USD on "));
}

TEST_F(TradeReaderTest, SaysWhyThereIsNothingToRead) {
  const auto missing = TradeReader::open(directory_.path() + "/none.db", {});
  ASSERT_FALSE(missing);
  EXPECT_THAT(missing.error().message, HasSubstr("none.db: cannot be opened"));
  test::query(path_, "UPDATE schema_version SET version = 99");
  const auto later = TradeReader::open(path_, {});
  ASSERT_FALSE(later);
  EXPECT_THAT(later.error().message, HasSubstr("has schema version 99"));
}

}  // namespace
}  // namespace tickwitness::store::sqlite
