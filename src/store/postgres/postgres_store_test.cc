#include "store/postgres/postgres_store.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include <functional>
#include <limits>

#include "store/postgres/test_rows.h"

namespace tickwitness::store::postgres {
namespace {

using std::chrono::hours;
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

class PostgresStoreTest : public testing::Test {
 protected:
  PostgresStoreTest() { EXPECT_EQ(store_.open(), Cursor{}); }

  Stored put(const std::vector<pipeline::Tick>& ticks) {
    auto stored = store_.store(ticks, {kSpool, ++lsn_});
    if (!stored) throw std::runtime_error(stored.error().message);
    return std::move(*stored);
  }
  Stored put(const market::Event& event) { return put(std::vector{tick(event)}); }
  std::vector<std::string> rows(const std::string& sql = kAllTrades) {
    return query(database_, "SET search_path = tickwitness; " + sql);
  }

  std::string database_ = test::server().trusted(test::server().make_database());
  PostgresStore store_{{.database = base::Secret(database_)}};
  std::uint64_t lsn_ = 0;
};

TEST_F(PostgresStoreTest, EachFieldOfATradeIsInItsColumn) {
  auto one = tick(trade(7, "64000.10", "0.50000000"));
  one.venue = market::Venue::binance_us;
  one.origin = pipeline::Origin::rest;
  one.late = true;
  one.received.wall = kNow + milliseconds(250);
  EXPECT_EQ(put(std::vector{one}).inserted, 1U);
  EXPECT_THAT(rows(), ElementsAre("binance_us|BTC-USD|7|buy|limit|64000.10|0.50000000|"
                                  "1772323200007000000|1772323200250000000|rest|1"));
}

TEST_F(PostgresStoreTest, ManyTradesAreReadBackAsTheyWere) {
  for (std::uint64_t number = 1; number <= 20; ++number) {
    EXPECT_EQ(put(batch(number)).inserted, std::uint64_t{test::kBatch});
  }
  EXPECT_EQ(test::stored_trades(database_), test::rows_of_batches(20));
}

TEST_F(PostgresStoreTest, TheCursorIsTheLastOneAfterAStart) {
  put(batch(1));
  put(batch(2));
  PostgresStore again({.database = base::Secret(database_)});
  EXPECT_EQ(again.open(), (Cursor{kSpool, 2}));
  ASSERT_TRUE(again.store({}, {5, std::numeric_limits<std::uint64_t>::max()}));
  EXPECT_EQ(again.open(), (Cursor{5, std::numeric_limits<std::uint64_t>::max()}));
  EXPECT_THAT(rows("SELECT count(*) FROM sink_cursor"), ElementsAre("1"));
}

TEST_F(PostgresStoreTest, WhatIsThereAlreadyIsADuplicate) {
  put(batch(1));
  const auto again = put(batch(1));
  EXPECT_EQ(again.inserted, 0U);
  EXPECT_EQ(again.duplicates, std::uint64_t{test::kBatch});
  EXPECT_THAT(again.conflicts, IsEmpty());
  EXPECT_EQ(test::stored_trades(database_), test::rows_of_batches(1));
}

TEST_F(PostgresStoreTest, ATradeMayComeTwiceInOneBatch) {
  const auto stored = put({tick(trade(1)), tick(trade(1)), tick(trade(1, "1.5"))});
  EXPECT_EQ(stored.inserted, 1U);
  EXPECT_EQ(stored.duplicates, 1U);
  EXPECT_THAT(stored.conflicts, SizeIs(1));
}

TEST_F(PostgresStoreTest, WhatTellsASecondOneApart) {
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

TEST_F(PostgresStoreTest, AConflictSaysWhatCameAndWhatIsThere) {
  put(trade(1));
  const auto stored = put({tick(trade(1, "1.5")), tick(trade(2))});
  EXPECT_EQ(stored.inserted, 1U);  // nothing keeps the rest away
  ASSERT_THAT(stored.conflicts, SizeIs(1));
  EXPECT_EQ(std::get<market::Trade>(stored.conflicts[0].tick.event).price, decimal("1.5"));
  EXPECT_EQ(stored.conflicts[0].stored,
            "buy 0.50000000 at 64000.10, 2026-03-01T00:00:00.001000Z, limit");
}

TEST_F(PostgresStoreTest, AnUnknownOrderTypeThatIsStoredTakesAny) {
  auto unknown = trade(1);
  unknown.order_type = market::OrderType::unknown;
  put(unknown);
  EXPECT_EQ(put(trade(1)).duplicates, 1U);
  EXPECT_THAT(rows("SELECT order_type FROM trades"), ElementsAre("NULL"));
}

TEST_F(PostgresStoreTest, TheSameIdOfAnotherMarketOrVenueIsAnotherTrade) {
  auto elsewhere = tick(trade(1));
  elsewhere.venue = market::Venue::binance;
  auto other = trade(1);
  other.symbol = test::symbol("ETH-USD");
  EXPECT_EQ(put({tick(trade(1)), elsewhere, tick(other)}).inserted, 3U);
}

TEST_F(PostgresStoreTest, IdsThatAreNoneOrTooLargeDoNotStopTheRest) {
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

TEST_F(PostgresStoreTest, OnlyClosedCandlesAreStored) {
  EXPECT_EQ(put({tick(candle(1, std::nullopt)), tick(candle(2, false))}).inserted, 0U);
  EXPECT_EQ(put(candle(3)).inserted, 1U);
  EXPECT_THAT(rows(kCandles), ElementsAre("5|1772323200000000000|1.10|4|0.5|2.00|12.5000|NULL|3"));
}

TEST_F(PostgresStoreTest, ACandleWithMoreTradesTakesThePlaceOfTheOneBefore) {
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

TEST_F(PostgresStoreTest, AQuoteKeepsWhatIsUnknownUnknown) {
  EXPECT_EQ(put(std::vector{quote_at(kNow)}).inserted, 1U);
  EXPECT_EQ(put(std::vector{quote_at(kNow)}).duplicates, 1U);
  EXPECT_THAT(rows("SELECT time, bid, bid_quantity, ask, ask_quantity FROM quotes"),
              ElementsAre("1772323200000000000|1.10|20|NULL|3.0"));
}

TEST_F(PostgresStoreTest, DecimalsAtTheirLimits) {
  std::vector<pipeline::Tick> ticks;
  std::vector<std::string> expected;
  for (const auto mantissa : {std::numeric_limits<std::int64_t>::min(), std::int64_t{-1},
                              std::int64_t{0}, std::int64_t{1}, std::int64_t{9999},
                              std::int64_t{10'000}, std::numeric_limits<std::int64_t>::max()}) {
    for (int scale = 0; scale <= base::Decimal::kScaleMax; ++scale) {
      auto made = trade(ticks.size() + 1);
      made.price = made.quantity = base::Decimal(mantissa, scale);
      ticks.push_back(tick(made));
      expected.push_back(row(ticks.back()));
    }
  }
  put(ticks);
  EXPECT_EQ(rows(), expected);
}

constexpr const char* kParts =
    "SELECT c.relname FROM pg_inherits i JOIN pg_class c ON c.oid = inhrelid "
    "WHERE inhparent = 'trades'::regclass ORDER BY 1";

TEST_F(PostgresStoreTest, EachDayHasItsPartAndTheNextOneIsThereBeforeMidnight) {
  auto last = trade(1), first = trade(2);
  last.exchange_time = kNow + hours(24) - base::Duration(1);
  first.exchange_time = kNow + hours(24);
  put(last);
  EXPECT_THAT(rows(kParts), ElementsAre("trades_2026_03_01", "trades_2026_03_02"));
  put(std::vector{tick(first), tick(trade(3))});
  EXPECT_THAT(rows(kParts),
              ElementsAre("trades_2026_03_01", "trades_2026_03_02", "trades_2026_03_03"));
  EXPECT_THAT(rows("SELECT tableoid::regclass, id FROM trades ORDER BY id"),
              ElementsAre("trades_2026_03_01|1", "trades_2026_03_02|2", "trades_2026_03_01|3"));
}

TEST_F(PostgresStoreTest, TimesThatMakeNoSenseShareTwoParts) {
  std::vector<pipeline::Tick> ticks;
  for (const auto time : {base::WallTime::min(), kNow - hours(24 * 365 * 18),
                          kNow + hours(24 * 365 * 74), base::WallTime::max()}) {
    auto made = trade(ticks.size() + 1);
    made.exchange_time = time;
    ticks.push_back(tick(made));
  }
  EXPECT_EQ(put(ticks).inserted, 4U);
  EXPECT_EQ(put(ticks).duplicates, 4U);
  EXPECT_THAT(rows("SELECT tableoid::regclass, count(*) FROM trades GROUP BY 1 ORDER BY 1::text"),
              ElementsAre("trades_after|2", "trades_before|2"));
}

TEST_F(PostgresStoreTest, ATradeIsFoundInThePartOfAnotherDay) {
  auto live = trade(5), rest = trade(5), other = trade(5);
  live.exchange_time = kNow - microseconds(300);  // REST tells milliseconds: the day after
  rest.exchange_time = kNow;
  other.exchange_time = kNow + hours(200);
  put(live);
  EXPECT_EQ(put(rest).duplicates, 1U);
  const auto stored = put({tick(other), tick(trade(6)), tick(trade(7))});
  EXPECT_EQ(stored.inserted, 2U);
  ASSERT_THAT(stored.conflicts, SizeIs(1));
  EXPECT_EQ(stored.conflicts[0].stored,
            "buy 0.50000000 at 64000.10, 2026-02-28T23:59:59.999700Z, limit");
  EXPECT_THAT(rows("SELECT id FROM trades ORDER BY id"), ElementsAre("5", "6", "7"));
}

// Ids of two days that lie among each other are no reason to refuse any.
TEST_F(PostgresStoreTest, DaysWhoseIdsOverlapAreBothStored) {
  for (const std::uint64_t id : {1, 5, 3, 7, 2, 6, 4}) {
    auto made = trade(id);
    made.exchange_time += hours(24 * (id % 2));
    EXPECT_EQ(put(made).inserted, 1U) << id;
  }
  for (std::uint64_t id = 1; id <= 7; ++id) EXPECT_EQ(put(trade(id)).inserted, 0U) << id;
  EXPECT_THAT(rows("SELECT count(*) FROM trades"), ElementsAre("7"));
}

TEST_F(PostgresStoreTest, AMixOfNewAndKnownTradesIsSorted) {
  put(batch(1));
  put(batch(3));
  std::vector<pipeline::Tick> mixed;
  for (std::uint64_t number = 1; number <= 4; ++number) {
    const auto more = batch(number);
    mixed.insert(mixed.end(), more.begin(), more.end());
  }
  for (int repeat = 0; repeat < 2; ++repeat) {
    const auto stored = put(mixed);
    EXPECT_EQ(stored.inserted, repeat == 0 ? 2U * test::kBatch : 0U);
    EXPECT_EQ(stored.duplicates, (repeat == 0 ? 2U : 4U) * test::kBatch);
  }
  EXPECT_EQ(put(batch(5)).inserted, std::uint64_t{test::kBatch});  // after known ones
  EXPECT_EQ(put(batch(6)).inserted, std::uint64_t{test::kBatch});
  EXPECT_EQ(test::stored_trades(database_), test::rows_of_batches(6));
}

TEST_F(PostgresStoreTest, ACandleMayComeSeveralTimesInOneBatch) {
  auto later = candle(5);
  later.close = decimal("3");
  const auto stored =
      put({tick(candle(3)), tick(later), tick(candle(4)), tick(trade(1)), tick(candle(5))});
  EXPECT_EQ(stored.inserted, 3U);  // the first, the later, the trade
  EXPECT_EQ(stored.duplicates, 2U);
  EXPECT_THAT(rows("SELECT close, trades FROM candles"), ElementsAre("3|5"));
}

TEST_F(PostgresStoreTest, TwoEnginesOnOneDatabaseStoreEachTradeOnce) {
  PostgresStore other{{.database = base::Secret(database_)}};
  ASSERT_TRUE(other.open());
  for (std::uint64_t number = 1; number <= 6; ++number) {
    EXPECT_EQ(put(batch(number)).inserted, std::uint64_t{test::kBatch});
    const auto again = other.store(batch(number), {9, number});
    ASSERT_TRUE(again);
    EXPECT_EQ(again->duplicates, std::uint64_t{test::kBatch});
    const auto ahead = other.store(batch(number + 6), {9, number});
    ASSERT_TRUE(ahead);
    EXPECT_EQ(ahead->inserted, std::uint64_t{test::kBatch});
  }
  EXPECT_EQ(test::stored_trades(database_), test::rows_of_batches(12));
}

TEST_F(PostgresStoreTest, OldQuotesAreForgottenStepByStep) {
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

TEST_F(PostgresStoreTest, NothingIsStoredBeforeItIsOpen) {
  PostgresStore closed({.database = base::Secret(database_)});
  const auto stored = closed.store({}, {});
  ASSERT_FALSE(stored);
  EXPECT_THAT(stored.error().message, HasSubstr("is not open"));
  EXPECT_TRUE(stored.error().passing);
  EXPECT_FALSE(closed.forget_quotes(kNow, 1));
}

// Prices and quantities of any size, with zeros behind: what was stored is what is read, to the
// digit. One batch of all, since each is a transaction.
TEST_F(PostgresStoreTest, AnyDecimalComesBack) {
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
}  // namespace tickwitness::store::postgres
