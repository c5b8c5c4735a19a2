// What every store does alike, as tests that each runs on its own database. To be included by one
// test file of a program, which says INSTANTIATE_TEST_SUITE_P(…, SinkContract, …).
#pragma once

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include <functional>
#include <limits>
#include <memory>
#include <stdexcept>
#include <string>
#include <vector>

#include "pipeline/history.h"
#include "store/batch/rows_for_tests.h"
#include "store/batch/trade_reader.h"

namespace tickwitness::store::test {

// A new, empty database and a store on it.
class StoreUnderTest {
 public:
  virtual ~StoreUnderTest() = default;
  virtual Sink& sink() = 0;
  // Another store on the same database.
  virtual std::unique_ptr<Sink> another() = 0;
  // Rows of the database, their columns with '|' between them; the names of tables are plain.
  virtual std::vector<std::string> query(const std::string& sql) = 0;
  virtual SinkResult<std::unique_ptr<TradeReader>> read(const TradeQuery& query) = 0;
  virtual SinkResult<pipeline::History> history(const pipeline::HistoryQuery& query) = 0;
  // All of them, as row() gives them, by venue, symbol and id.
  virtual std::vector<std::string> trades() = 0;
};
using MakeStore = std::unique_ptr<StoreUnderTest> (*)();

class SinkTest : public testing::Test {
 protected:
  explicit SinkTest(std::unique_ptr<StoreUnderTest> store) : store_(std::move(store)) {
    EXPECT_EQ(store_->sink().open(), Cursor{});
  }
  Stored put(const std::vector<pipeline::Tick>& ticks) {
    auto stored = store_->sink().store(ticks, {kSpool, ++lsn_});
    if (!stored) throw std::runtime_error(stored.error().message);
    return std::move(*stored);
  }
  Stored put(const market::Event& event) { return put(std::vector{tick(event)}); }
  std::vector<std::string> rows(const std::string& sql) { return store_->query(sql); }
  std::vector<std::string> trades() { return store_->trades(); }
  SinkResult<std::uint64_t> forget(base::WallTime before, std::uint64_t at_most) {
    return store_->sink().forget_quotes(before, at_most);
  }

  std::unique_ptr<StoreUnderTest> store_;
  std::uint64_t lsn_ = 0;
};

class SinkContract : public SinkTest, public testing::WithParamInterface<MakeStore> {
 protected:
  SinkContract() : SinkTest(GetParam()()) {}
};

using std::chrono::microseconds;
using std::chrono::milliseconds;
using std::chrono::minutes;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::SizeIs;

inline market::Candle candle(std::uint64_t trades, std::optional<bool> closed = true) {
  return {.symbol = symbol("BTC-USD"),
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
inline constexpr const char* kCandles =
    "SELECT interval_minutes, begin, open, high, low, close, volume, vwap, trades FROM candles";

inline pipeline::Tick quote_at(base::WallTime received, std::string_view pair = "BTC-USD") {
  auto made = tick(market::Quote{.symbol = symbol(pair),
                                 .bid = decimal("1.10"),
                                 .bid_quantity = decimal("20"),
                                 .ask_quantity = decimal("3.0")});
  made.received.wall = received;
  return made;
}

TEST_P(SinkContract, EachFieldOfATradeIsInItsColumn) {
  auto one = tick(trade(7, "64000.10", "0.50000000"));
  one.venue = market::Venue::binance_us;
  one.origin = pipeline::Origin::rest;
  one.late = true;
  one.received.wall = kNow + milliseconds(250);
  EXPECT_EQ(put(std::vector{one}).inserted, 1U);
  EXPECT_THAT(trades(), ElementsAre("binance_us|BTC-USD|7|buy|limit|64000.10|0.50000000|"
                                    "1772323200007000000|1772323200250000000|rest|1"));
}

TEST_P(SinkContract, ManyTradesAreReadBackAsTheyWere) {
  for (std::uint64_t number = 1; number <= 20; ++number) {
    EXPECT_EQ(put(batch(number)).inserted, std::uint64_t{kBatch});
  }
  EXPECT_EQ(sorted(trades()), rows_of_batches(20));
}

TEST_P(SinkContract, OfAnEntryOfTheGapLedgerTheLatestIsKept) {
  pipeline::GapEntry gap{.id = 3,
                         .venue = market::Venue::binance,
                         .symbol = symbol("BTC-USD"),
                         .channel = "trade",
                         .connection = "it's; --",
                         .from = 10,
                         .to = 12,
                         .missing = 3,
                         .cause = "missing",
                         .state = "open",
                         .opened = kNow};
  const auto keep = [&](const std::vector<pipeline::GapEntry>& gaps) {
    const auto stored = store_->sink().store({}, gaps, {kSpool, ++lsn_});
    ASSERT_TRUE(stored) << stored.error().message;
    EXPECT_EQ(stored->inserted + stored->duplicates, 0U) << "entries are no ticks";
  };
  auto other = gap;
  other.id = 4;
  keep({gap, other});
  auto filling = gap;
  filling.state = "filling";
  gap.state = "filled";
  gap.missing = 0;
  gap.closed = kNow + milliseconds(5);
  keep({filling, gap});
  EXPECT_THAT(rows("SELECT id, venue, symbol, channel, connection, first_id, last_id, missing, "
                   "lost, cause, state, opened, closed, reason FROM gaps ORDER BY id"),
              ElementsAre("3|binance|BTC-USD|trade|it's; --|10|12|0|0|missing|filled|"
                          "1772323200000000000|1772323200005000000|",
                          "4|binance|BTC-USD|trade|it's; --|10|12|3|0|missing|open|"
                          "1772323200000000000|NULL|"));
}

TEST_P(SinkContract, TheCursorIsTheLastOneAfterAStart) {
  put(batch(1));
  put(batch(2));
  const auto again = store_->another();
  EXPECT_EQ(again->open(), (Cursor{kSpool, 2}));
  EXPECT_EQ(again->cursor(kSpool), (Cursor{kSpool, 2}));
  EXPECT_EQ(again->cursor(5), (Cursor{5, 0}));
}

TEST_P(SinkContract, EachSpoolHasACursorOfItsOwn) {
  constexpr std::uint64_t kLargest = std::numeric_limits<std::uint64_t>::max();
  put(batch(1));
  const auto other = store_->another();
  EXPECT_EQ(other->open(), (Cursor{kSpool, 1}));
  ASSERT_TRUE(other->store(batch(2), {kLargest, kLargest}));
  put(batch(3));
  for (Sink* const sink : {&store_->sink(), other.get()}) {
    EXPECT_EQ(sink->open(), Cursor{});  // neither of the two
    EXPECT_EQ(sink->cursor(kSpool), (Cursor{kSpool, 2}));
    EXPECT_EQ(sink->cursor(kLargest), (Cursor{kLargest, kLargest}));
    EXPECT_EQ(sink->cursor(7), (Cursor{7, 0}));
  }
  EXPECT_EQ(sorted(trades()), rows_of_batches(3));
}

TEST_P(SinkContract, WhatIsThereAlreadyIsADuplicate) {
  put(batch(1));
  const auto again = put(batch(1));
  EXPECT_EQ(again.inserted, 0U);
  EXPECT_EQ(again.duplicates, std::uint64_t{kBatch});
  EXPECT_THAT(again.conflicts, IsEmpty());
  EXPECT_EQ(sorted(trades()), rows_of_batches(1));
}

TEST_P(SinkContract, ATradeMayComeTwiceInOneBatch) {
  const auto stored = put({tick(trade(1)), tick(trade(1)), tick(trade(1, "1.5"))});
  EXPECT_EQ(stored.inserted, 1U);
  EXPECT_EQ(stored.duplicates, 1U);
  EXPECT_THAT(stored.conflicts, SizeIs(1));
}

TEST_P(SinkContract, WhatTellsASecondOneApart) {
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
  const auto before = trades();
  for (const auto& one : cases) {
    auto changed = trade(1);
    one.change(changed);
    const auto stored = put(changed);
    EXPECT_EQ(stored.inserted, 0U) << one.name;
    EXPECT_EQ(stored.duplicates, one.same ? 1U : 0U) << one.name;
    EXPECT_EQ(stored.conflicts.size(), one.same ? 0U : 1U) << one.name;
  }
  EXPECT_EQ(trades(), before);
}

TEST_P(SinkContract, AConflictSaysWhatCameAndWhatIsThere) {
  put(trade(1));
  const auto stored = put({tick(trade(1, "1.5")), tick(trade(2))});
  EXPECT_EQ(stored.inserted, 1U);  // nothing keeps the rest away
  ASSERT_THAT(stored.conflicts, SizeIs(1));
  EXPECT_EQ(std::get<market::Trade>(stored.conflicts[0].tick.event).price, decimal("1.5"));
  EXPECT_EQ(stored.conflicts[0].stored,
            "buy 0.50000000 at 64000.10, 2026-03-01T00:00:00.001000Z, limit");
}

TEST_P(SinkContract, AnUnknownOrderTypeThatIsStoredTakesAny) {
  auto unknown = trade(1);
  unknown.order_type = market::OrderType::unknown;
  put(unknown);
  EXPECT_EQ(put(trade(1)).duplicates, 1U);
  EXPECT_THAT(rows("SELECT order_type FROM trades"), ElementsAre("NULL"));
}

TEST_P(SinkContract, TheSameIdOfAnotherMarketOrVenueIsAnotherTrade) {
  auto elsewhere = tick(trade(1));
  elsewhere.venue = market::Venue::binance;
  auto other = trade(1);
  other.symbol = symbol("ETH-USD");
  EXPECT_EQ(put({tick(trade(1)), elsewhere, tick(other)}).inserted, 3U);
}

TEST_P(SinkContract, IdsThatAreNoneOrTooLargeDoNotStopTheRest) {
  constexpr std::uint64_t kLargest = std::numeric_limits<std::int64_t>::max();
  const auto stored = put({tick(trade(0)), tick(trade(kLargest + 1)),
                           tick(trade(std::numeric_limits<std::uint64_t>::max())),
                           tick(trade(kLargest)), tick(trade(1))});
  EXPECT_EQ(stored.inserted, 2U);
  EXPECT_EQ(stored.refused, 2U);
  EXPECT_THAT(rows("SELECT id FROM trades ORDER BY id"), ElementsAre("1", "9223372036854775807"));
}

TEST_P(SinkContract, OnlyClosedCandlesAreStored) {
  EXPECT_EQ(put({tick(candle(1, std::nullopt)), tick(candle(2, false))}).inserted, 0U);
  EXPECT_EQ(put(candle(3)).inserted, 1U);
  EXPECT_THAT(rows(kCandles), ElementsAre("5|1772323200000000000|1.10|4|0.5|2.00|12.5000|NULL|3"));
}

TEST_P(SinkContract, ACandleWithMoreTradesTakesThePlaceOfTheOneBefore) {
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

TEST_P(SinkContract, AQuoteKeepsWhatIsUnknownUnknown) {
  EXPECT_EQ(put(std::vector{quote_at(kNow)}).inserted, 1U);
  EXPECT_EQ(put(std::vector{quote_at(kNow)}).duplicates, 1U);
  EXPECT_THAT(rows("SELECT time, bid, bid_quantity, ask, ask_quantity FROM quotes"),
              ElementsAre("1772323200000000000|1.10|20|NULL|3.0"));
}

TEST_P(SinkContract, OldQuotesAreForgottenStepByStep) {
  std::vector<pipeline::Tick> quotes;
  for (int i = 0; i < 10; ++i) {
    quotes.push_back(quote_at(kNow + minutes(i)));
    quotes.push_back(quote_at(kNow + minutes(i), "ETH-USD"));
  }
  put(quotes);
  put(trade(1));
  const auto before = kNow + minutes(7);
  EXPECT_EQ(forget(before, 4), 4U);
  EXPECT_THAT(rows("SELECT count(*) FROM quotes"), ElementsAre("16"));
  EXPECT_EQ(forget(before, 4), 4U);
  EXPECT_EQ(forget(before, 4), 4U);
  EXPECT_EQ(forget(before, 4), 2U);
  EXPECT_EQ(forget(before, 4), 0U);
  const auto first = std::to_string(before.time_since_epoch().count());
  EXPECT_THAT(rows("SELECT min(time), count(*) FROM quotes GROUP BY symbol"),
              ElementsAre(first + "|3", first + "|3"));
  EXPECT_THAT(trades(), SizeIs(1));
  EXPECT_EQ(store_->sink().open(), (Cursor{kSpool, 2}));
}

TEST_P(SinkContract, TellsWhatItsRowsTake) {
  const auto before = store_->sink().disk_bytes();
  ASSERT_TRUE(before && *before);
  for (std::uint64_t number = 1; number <= 50; ++number) put(batch(number));
  const auto after = store_->sink().disk_bytes();
  ASSERT_TRUE(after && *after);
  EXPECT_GT(**after, **before + std::uint64_t{50} * kBatch * 50);
}

TEST_P(SinkContract, NothingIsStoredBeforeItIsOpen) {
  const auto closed = store_->another();
  const auto stored = closed->store({}, {});
  ASSERT_FALSE(stored);
  EXPECT_THAT(stored.error().message, HasSubstr("is not open"));
  EXPECT_TRUE(stored.error().passing);
  EXPECT_FALSE(closed->cursor(kSpool));
  EXPECT_FALSE(closed->forget_quotes(kNow, 1));
  EXPECT_FALSE(closed->disk_bytes());
}

TEST_P(SinkContract, DecimalsAtTheirLimits) {
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
  EXPECT_EQ(trades(), expected);
}

TEST_P(SinkContract, AMixOfNewAndKnownTradesIsSorted) {
  put(batch(1));
  put(batch(3));
  std::vector<pipeline::Tick> mixed;
  for (std::uint64_t number = 1; number <= 4; ++number) {
    const auto more = batch(number);
    mixed.insert(mixed.end(), more.begin(), more.end());
  }
  for (int repeat = 0; repeat < 2; ++repeat) {
    const auto stored = put(mixed);
    EXPECT_EQ(stored.inserted, repeat == 0 ? 2U * kBatch : 0U);
    EXPECT_EQ(stored.duplicates, (repeat == 0 ? 2U : 4U) * kBatch);
  }
  EXPECT_EQ(put(batch(5)).inserted, std::uint64_t{kBatch});  // after known ones
  EXPECT_EQ(put(batch(6)).inserted, std::uint64_t{kBatch});
  EXPECT_EQ(sorted(trades()), rows_of_batches(6));
}

TEST_P(SinkContract, ACandleMayComeSeveralTimesInOneBatch) {
  auto later = candle(5);
  later.close = decimal("3");
  const auto stored =
      put({tick(candle(3)), tick(later), tick(candle(4)), tick(trade(1)), tick(candle(5))});
  EXPECT_EQ(stored.inserted, 3U);  // the first, the later, the trade
  EXPECT_EQ(stored.duplicates, 2U);
  EXPECT_THAT(rows("SELECT close, trades FROM candles"), ElementsAre("3|5"));
}

TEST_P(SinkContract, TwoEnginesOnOneDatabaseStoreEachTradeOnce) {
  const auto other = store_->another();
  ASSERT_TRUE(other->open());
  for (std::uint64_t number = 1; number <= 6; ++number) {
    EXPECT_EQ(put(batch(number)).inserted, std::uint64_t{kBatch});
    const auto again = other->store(batch(number), {9, number});
    ASSERT_TRUE(again);
    EXPECT_EQ(again->duplicates, std::uint64_t{kBatch});
    const auto ahead = other->store(batch(number + 6), {9, number});
    ASSERT_TRUE(ahead);
    EXPECT_EQ(ahead->inserted, std::uint64_t{kBatch});
  }
  EXPECT_EQ(sorted(trades()), rows_of_batches(12));
}

// Prices and quantities of any size, with zeros behind: what was stored is what is read, to the
// digit. One batch of all, since each is a transaction of its own.
TEST_P(SinkContract, AnyDecimalComesBack) {
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
  EXPECT_EQ(trades(), expected);
}

}  // namespace tickwitness::store::test
