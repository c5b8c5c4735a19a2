#include "store/sqlite/history_reader.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "store/sqlite/rows_for_tests.h"
#include "store/sqlite/sqlite_store.h"

namespace tickwitness::store::sqlite {
namespace {

using pipeline::HistoryKind;
using pipeline::HistoryQuery;
using test::decimal;
using test::kNow;
using test::query;
using test::symbol;
using test::tick;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

class HistoryReaderTest : public testing::Test {
 protected:
  void SetUp() override { ASSERT_TRUE(store_.open()); }
  void store(const std::vector<pipeline::Tick>& ticks) {
    ASSERT_TRUE(store_.store(ticks, {1, ++lsn_}));
  }
  pipeline::History read(const HistoryQuery& asked) {
    auto reader = HistoryReader::open(path_);
    if (!reader) throw std::runtime_error(reader.error().message);
    auto history = reader->read(asked);
    if (!history) throw std::runtime_error(history.error().message);
    return std::move(*history);
  }
  static std::vector<std::uint64_t> ids(const pipeline::History& history) {
    std::vector<std::uint64_t> all;
    for (const auto& one : history.ticks) all.push_back(std::get<market::Trade>(one.event).id);
    return all;
  }

  runtime::TemporaryDirectory directory_ = test::make_directory();
  std::string path_ = directory_.path() + "/market.sqlite";
  SqliteStore store_{{.path = path_}};
  std::uint64_t lsn_ = 0;
};

TEST_F(HistoryReaderTest, GivesTheNewestTradesOfAMarketInTheirOrder) {
  std::vector<pipeline::Tick> ticks;
  for (const std::uint64_t id : {5, 1, 3, 2, 4}) ticks.push_back(tick(test::trade(id)));
  auto elsewhere = tick(test::trade(9));
  elsewhere.venue = market::Venue::binance;
  ticks.push_back(elsewhere);
  store(ticks);
  const HistoryQuery all{.symbol = symbol("BTC-USD")};
  EXPECT_THAT(ids(read(all)), ElementsAre(1, 2, 3, 4, 5));
  EXPECT_FALSE(read(all).more);
  EXPECT_EQ(test::row(read(all).ticks[4]), test::row(ticks[0]));
  HistoryQuery some = all;
  some.limit = 2;
  EXPECT_THAT(ids(read(some)), ElementsAre(4, 5));
  EXPECT_TRUE(read(some).more);
  some.from = kNow + std::chrono::milliseconds(2);
  some.to = kNow + std::chrono::milliseconds(4);
  EXPECT_THAT(ids(read(some)), ElementsAre(2, 3));
  EXPECT_FALSE(read(some).more);
  HistoryQuery other = all;
  other.venue = market::Venue::binance;
  EXPECT_THAT(ids(read(other)), ElementsAre(9));
  other.symbol = symbol("XRP-EUR");
  EXPECT_THAT(read(other).ticks, IsEmpty());
}

TEST_F(HistoryReaderTest, APageEndsBetweenTwoMomentsSoThatTheNextOneMissesNothing) {
  std::vector<pipeline::Tick> ticks;
  for (std::uint64_t id = 1; id <= 12; ++id) {
    auto& trade = std::get<market::Trade>(ticks.emplace_back(tick(test::trade(id))).event);
    trade.exchange_time = kNow + std::chrono::seconds(id <= 3 ? 1 : id <= 8 ? 2 : 3);
  }
  store(ticks);
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

TEST_F(HistoryReaderTest, GivesCandlesOfOneInterval) {
  const auto candle = [](std::uint32_t minutes, int number) {
    return tick(market::Candle{.symbol = symbol("BTC-USD"),
                               .interval_minutes = minutes,
                               .closed = true,
                               .begin = kNow + std::chrono::minutes(minutes * number),
                               .open = decimal("1.0"),
                               .high = decimal("4.0"),
                               .low = decimal("0.5"),
                               .close = decimal("2.0"),
                               .volume = decimal("10.00"),
                               .vwap = number == 0 ? std::nullopt : std::optional(decimal("1.5")),
                               .trades = 7});
  };
  store({candle(5, 0), candle(5, 1), candle(15, 0)});
  const auto five =
      read({.kind = HistoryKind::candles, .symbol = symbol("BTC-USD"), .interval_minutes = 5});
  ASSERT_EQ(five.ticks.size(), 2U);
  const auto& last = std::get<market::Candle>(five.ticks[1].event);
  EXPECT_EQ(last.begin, kNow + std::chrono::minutes(5));
  EXPECT_EQ(last.high.str() + last.low.str() + last.volume.str() + last.vwap->str(),
            "4.00.510.001.5");
  EXPECT_EQ(std::get<market::Candle>(five.ticks[0].event).vwap, std::nullopt);
  EXPECT_EQ(last.trades, 7U);
  EXPECT_THAT(read({.kind = HistoryKind::candles, .symbol = symbol("BTC-USD")}).ticks, IsEmpty());
}

TEST_F(HistoryReaderTest, GivesQuotesWithWhatIsNotKnown) {
  auto quote = tick(market::Quote{.symbol = symbol("BTC-USD"), .bid = decimal("9.90")});
  store({quote});
  const auto read_back = read({.kind = HistoryKind::quotes, .symbol = symbol("BTC-USD")});
  ASSERT_EQ(read_back.ticks.size(), 1U);
  const auto& same = std::get<market::Quote>(read_back.ticks[0].event);
  EXPECT_EQ(same.bid->str(), "9.90");
  EXPECT_FALSE(same.ask || same.bid_quantity || same.ask_quantity);
  EXPECT_EQ(read_back.ticks[0].received.wall, kNow);
}

TEST_F(HistoryReaderTest, WhatIsDamagedOrMissingIsToldOf) {
  EXPECT_THAT(HistoryReader::open(directory_.path() + "/none").error().message,
              HasSubstr("cannot be opened"));
  store({tick(test::trade(1))});
  query(path_, "UPDATE trades SET price = 'much'");
  auto reader = HistoryReader::open(path_);
  ASSERT_TRUE(reader);
  EXPECT_THAT(reader->read({.symbol = symbol("BTC-USD")}).error().message,
              HasSubstr("a row of BTC-USD on kraken is damaged"));
}

}  // namespace
}  // namespace tickwitness::store::sqlite
