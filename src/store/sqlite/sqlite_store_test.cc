#include "store/sqlite/sqlite_store.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include <functional>
#include <limits>

#include "store/sqlite/decimal_text.h"
#include "store/sqlite/rows_for_tests.h"

namespace tickwitness::store::sqlite {
namespace {

using std::chrono::microseconds;
using std::chrono::milliseconds;
using std::chrono::minutes;
using test::batch;
using test::decimal;
using test::kAllTrades;
using test::kNow;
using test::kSpool;
using test::query;
using test::row;
using test::tick;
using test::trade;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::SizeIs;

class SqliteStoreTest : public testing::Test {
 protected:
  SqliteStoreTest() { EXPECT_EQ(store_.open(), Cursor{}); }

  Stored put(const std::vector<pipeline::Tick>& ticks) {
    auto stored = store_.store(ticks, {kSpool, ++lsn_});
    if (!stored) throw std::runtime_error(stored.error().message);
    return std::move(*stored);
  }
  Stored put(const market::Event& event) { return put(std::vector{tick(event)}); }
  std::vector<std::string> rows(const std::string& sql = kAllTrades) { return query(path_, sql); }

  runtime::TemporaryDirectory directory_ = test::make_directory();
  std::string path_ = directory_.path() + "/store.db";
  SqliteStore store_{{.path = path_}};
  std::uint64_t lsn_ = 0;
};

TEST_F(SqliteStoreTest, EachFieldOfATradeIsInItsColumn) {
  auto one = tick(trade(7, "64000.10", "0.50000000"));
  one.venue = market::Venue::binance_us;
  one.origin = pipeline::Origin::rest;
  one.late = true;
  one.received.wall = kNow + milliseconds(250);
  EXPECT_EQ(put(std::vector{one}).inserted, 1U);
  EXPECT_THAT(rows(), ElementsAre("binance_us|BTC-USD|7|buy|limit|64000.10|0.50000000|"
                                  "1772323200007000000|1772323200250000000|rest|1"));
}

TEST_F(SqliteStoreTest, ManyTradesAreReadBackAsTheyWere) {
  for (std::uint64_t number = 1; number <= 20; ++number) {
    EXPECT_EQ(put(batch(number)).inserted, std::uint64_t{test::kBatch});
  }
  EXPECT_EQ(test::stored_trades(path_), test::rows_of_batches(20));
}

TEST_F(SqliteStoreTest, TheCursorIsTheLastOneAfterAStart) {
  put(batch(1));
  put(batch(2));
  SqliteStore again({.path = path_});
  EXPECT_EQ(again.open(), (Cursor{kSpool, 2}));
  ASSERT_TRUE(again.store({}, {5, std::numeric_limits<std::uint64_t>::max()}));
  EXPECT_EQ(again.open(), (Cursor{5, std::numeric_limits<std::uint64_t>::max()}));
  EXPECT_THAT(rows("SELECT count(*) FROM sink_cursor"), ElementsAre("1"));
}

TEST_F(SqliteStoreTest, WhatIsThereAlreadyIsADuplicate) {
  put(batch(1));
  const auto again = put(batch(1));
  EXPECT_EQ(again.inserted, 0U);
  EXPECT_EQ(again.duplicates, std::uint64_t{test::kBatch});
  EXPECT_THAT(again.conflicts, IsEmpty());
  EXPECT_EQ(test::stored_trades(path_), test::rows_of_batches(1));
}

TEST_F(SqliteStoreTest, ATradeMayComeTwiceInOneBatch) {
  const auto stored = put({tick(trade(1)), tick(trade(1)), tick(trade(1, "1.5"))});
  EXPECT_EQ(stored.inserted, 1U);
  EXPECT_EQ(stored.duplicates, 1U);
  EXPECT_THAT(stored.conflicts, SizeIs(1));
}

TEST_F(SqliteStoreTest, WhatTellsASecondOneApart) {
  struct Case {
    const char* name;
    std::function<void(market::Trade&)> change;
    bool same;
  };
  const Case cases[] = {
      {"nothing", [](auto&) {}, true},
      {"zeros of the price", [](auto& t) { t.price = decimal("64000.1"); }, true},
      {"zeros of the quantity", [](auto& t) { t.quantity = decimal("0.5"); }, true},
      {"price", [](auto& t) { t.price = decimal("64000.11"); }, false},
      {"quantity", [](auto& t) { t.quantity = decimal("0.50000001"); }, false},
      {"side", [](auto& t) { t.taker_side = market::Side::sell; }, false},
      {"a millisecond later", [](auto& t) { t.exchange_time += milliseconds(1); }, true},
      {"a millisecond earlier", [](auto& t) { t.exchange_time -= milliseconds(1); }, true},
      {"more than that", [](auto& t) { t.exchange_time += microseconds(1001); }, false},
      {"before time", [](auto& t) { t.exchange_time = base::WallTime::min(); }, false},
      {"unknown type", [](auto& t) { t.order_type = market::OrderType::unknown; }, true},
      {"type", [](auto& t) { t.order_type = market::OrderType::market; }, false},
  };
  put(trade(1));
  const auto before = rows();
  for (const auto& one : cases) {
    auto changed = trade(1);
    one.change(changed);
    const auto stored = put(changed);
    EXPECT_EQ(stored.inserted, 0U) << one.name;
    EXPECT_EQ(stored.duplicates, one.same ? 1U : 0U) << one.name;
    EXPECT_EQ(stored.conflicts.size(), one.same ? 0U : 1U) << one.name;
  }
  EXPECT_EQ(rows(), before);
}

TEST_F(SqliteStoreTest, AConflictSaysWhatCameAndWhatIsThere) {
  put(trade(1));
  const auto stored = put({tick(trade(1, "1.5")), tick(trade(2))});
  EXPECT_EQ(stored.inserted, 1U);  // nothing keeps the rest away
  ASSERT_THAT(stored.conflicts, SizeIs(1));
  EXPECT_EQ(std::get<market::Trade>(stored.conflicts[0].tick.event).price, decimal("1.5"));
  EXPECT_EQ(stored.conflicts[0].stored,
            "buy 0.50000000 at 64000.10, 2026-03-01T00:00:00.001000Z, limit");
}

TEST_F(SqliteStoreTest, AnUnknownOrderTypeThatIsStoredTakesAny) {
  auto unknown = trade(1);
  unknown.order_type = market::OrderType::unknown;
  put(unknown);
  EXPECT_EQ(put(trade(1)).duplicates, 1U);
  EXPECT_THAT(rows("SELECT order_type FROM trades"), ElementsAre("NULL"));
}

TEST_F(SqliteStoreTest, TheSameIdOfAnotherMarketOrVenueIsAnotherTrade) {
  auto elsewhere = tick(trade(1));
  elsewhere.venue = market::Venue::binance;
  auto other = trade(1);
  other.symbol = test::symbol("ETH-USD");
  EXPECT_EQ(put({tick(trade(1)), elsewhere, tick(other)}).inserted, 3U);
}

TEST_F(SqliteStoreTest, IdsThatAreNoneOrTooLargeDoNotStopTheRest) {
  constexpr std::uint64_t kLargest = std::numeric_limits<std::int64_t>::max();
  const auto stored = put({tick(trade(0)), tick(trade(kLargest + 1)),
                           tick(trade(std::numeric_limits<std::uint64_t>::max())),
                           tick(trade(kLargest)), tick(trade(1))});
  EXPECT_EQ(stored.inserted, 2U);
  EXPECT_EQ(stored.refused, 2U);
  EXPECT_THAT(rows("SELECT id FROM trades ORDER BY id"), ElementsAre("1", "9223372036854775807"));
}

market::Candle candle(std::uint64_t trades, std::optional<bool> closed = true) {
  return {.symbol = test::symbol("BTC-USD"),
          .interval_minutes = 5,
          .closed = closed,
          .begin = kNow,
          .open = decimal("1.10"),
          .high = decimal("4"),
          .low = decimal("0.5"),
          .close = decimal("2.00"),
          .volume = decimal("12.5000"),
          .trades = trades};
}
constexpr const char* kCandles =
    "SELECT interval_minutes, begin, open, high, low, close, volume, vwap, trades FROM candles";

TEST_F(SqliteStoreTest, OnlyClosedCandlesAreStored) {
  EXPECT_EQ(put({tick(candle(1, std::nullopt)), tick(candle(2, false))}).inserted, 0U);
  EXPECT_EQ(put(candle(3)).inserted, 1U);
  EXPECT_THAT(rows(kCandles), ElementsAre("5|1772323200000000000|1.10|4|0.5|2.00|12.5000|NULL|3"));
}

TEST_F(SqliteStoreTest, ACandleWithMoreTradesTakesThePlaceOfTheOneBefore) {
  put(candle(3));
  auto same = candle(3), fewer = candle(2), more = candle(4);
  same.close = fewer.close = decimal("9");
  more.vwap = decimal("1.70");
  EXPECT_EQ(put(same).duplicates, 1U);
  EXPECT_EQ(put(fewer).duplicates, 1U);
  EXPECT_EQ(put(more).inserted, 1U);
  EXPECT_THAT(rows(kCandles), ElementsAre("5|1772323200000000000|1.10|4|0.5|2.00|12.5000|1.70|4"));
  EXPECT_EQ(put(candle(std::numeric_limits<std::uint64_t>::max())).refused, 1U);
}

pipeline::Tick quote_at(base::WallTime received, std::string_view pair = "BTC-USD") {
  auto made = tick(market::Quote{.symbol = test::symbol(pair),
                                 .bid = decimal("1.10"),
                                 .bid_quantity = decimal("20"),
                                 .ask_quantity = decimal("3.0")});
  made.received.wall = received;
  return made;
}

TEST_F(SqliteStoreTest, AQuoteKeepsWhatIsUnknownUnknown) {
  EXPECT_EQ(put(std::vector{quote_at(kNow)}).inserted, 1U);
  EXPECT_EQ(put(std::vector{quote_at(kNow)}).duplicates, 1U);
  EXPECT_THAT(rows("SELECT time, bid, bid_quantity, ask, ask_quantity FROM quotes"),
              ElementsAre("1772323200000000000|1.10|20|NULL|3.0"));
}

TEST_F(SqliteStoreTest, OldQuotesAreForgottenStepByStep) {
  std::vector<pipeline::Tick> quotes;
  for (int i = 0; i < 10; ++i) {
    quotes.push_back(quote_at(kNow + minutes(i)));
    quotes.push_back(quote_at(kNow + minutes(i), "ETH-USD"));
  }
  put(quotes);
  put(trade(1));
  const auto before = kNow + minutes(7);
  EXPECT_EQ(store_.forget_quotes(before, 4), 4U);
  EXPECT_THAT(rows("SELECT count(*) FROM quotes"), ElementsAre("16"));
  EXPECT_EQ(store_.forget_quotes(before, 4), 4U);
  EXPECT_EQ(store_.forget_quotes(before, 4), 4U);
  EXPECT_EQ(store_.forget_quotes(before, 4), 2U);
  EXPECT_EQ(store_.forget_quotes(before, 4), 0U);
  const auto first = std::to_string(before.time_since_epoch().count());
  EXPECT_THAT(rows("SELECT min(time), count(*) FROM quotes GROUP BY symbol"),
              ElementsAre(first + "|3", first + "|3"));
  EXPECT_THAT(rows(), SizeIs(1));
  EXPECT_EQ(store_.open(), (Cursor{kSpool, 2}));
}

TEST_F(SqliteStoreTest, NothingIsStoredBeforeItIsOpen) {
  SqliteStore closed({.path = path_});
  const auto stored = closed.store({}, {});
  ASSERT_FALSE(stored);
  EXPECT_THAT(stored.error().message, HasSubstr("is not open"));
  EXPECT_TRUE(stored.error().passing);
  EXPECT_FALSE(closed.forget_quotes(kNow, 1));
}

RC_GTEST_PROP(DecimalText, IsWhatTheDecimalIsWrittenAs, (std::int64_t mantissa)) {
  const int scale = *rc::gen::inRange(0, base::Decimal::kScaleMax + 1);
  const base::Decimal value(mantissa, scale);
  RC_ASSERT(DecimalText(value).view() == value.str());
}

TEST(DecimalText, OfTheLargest) {
  for (const auto mantissa : {std::numeric_limits<std::int64_t>::min(),
                              std::numeric_limits<std::int64_t>::max(), std::int64_t{0}}) {
    for (const int scale : {0, 1, 17, 18}) {
      const base::Decimal value(mantissa, scale);
      EXPECT_EQ(DecimalText(value).view(), value.str());
    }
  }
}

// Prices and quantities of any size, with zeros behind: what was stored is what is read, to the
// digit. One batch of all, since each is a sync of the disk.
TEST_F(SqliteStoreTest, AnyDecimalComesBack) {
  std::vector<pipeline::Tick> ticks;
  std::vector<std::string> expected;
  const auto any = [] {
    const auto mantissa = *rc::gen::arbitrary<std::int32_t>();
    const auto zeros = *rc::gen::element<std::int64_t>(1, 10, 1000, 1'000'000'000);
    return base::Decimal(mantissa * zeros, *rc::gen::inRange(0, base::Decimal::kScaleMax + 1));
  };
  rc::check("a trade of any price and quantity", [&] {
    auto made = trade(ticks.size() + 1);
    made.price = any();
    made.quantity = any();
    ticks.push_back(tick(made));
    expected.push_back(row(ticks.back()));
  });
  EXPECT_GE(ticks.size(), 100U);
  put(ticks);
  EXPECT_EQ(rows(), expected);
}

}  // namespace
}  // namespace tickwitness::store::sqlite
