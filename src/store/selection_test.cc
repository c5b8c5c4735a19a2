#include "store/selection.h"

#include <gtest/gtest.h>

namespace tickwitness::store {
namespace {

using namespace std::chrono_literals;
using market::Candle;
using market::Quote;
using market::Symbol;
using market::Trade;
using pipeline::Tick;

const Symbol kBtc = *Symbol::parse("BTC-USD");
const Symbol kEth = *Symbol::parse("ETH-USD");

Tick tick(market::Event event, base::Duration at = {}) {
  return {.event = event, .received = {.mono = base::Instant(1000s + at)}};
}
Tick candle(int begin, std::optional<bool> closed, std::uint64_t trades = 1,
            const Symbol& symbol = kBtc) {
  return tick(Candle{.symbol = symbol,
                     .interval_minutes = 1,
                     .closed = closed,
                     .begin = base::WallTime(std::chrono::minutes(begin)),
                     .trades = trades});
}

TEST(Selection, KeepsEachTradeThatHasAnId) {
  Selection selection(1s);
  EXPECT_TRUE(selection.pick(tick(Trade{.symbol = kBtc, .id = 1})));
  EXPECT_TRUE(selection.pick(tick(Trade{.symbol = kBtc, .id = 1})));
  EXPECT_FALSE(selection.pick(tick(Trade{.symbol = kBtc, .id = 0})));
}

TEST(Selection, KeepsAQuoteOfEachMarketFromTimeToTime) {
  Selection selection(1s);
  EXPECT_TRUE(selection.pick(tick(Quote{.symbol = kBtc}, 0ms)));
  EXPECT_TRUE(selection.pick(tick(Quote{.symbol = kEth}, 1ms)));
  EXPECT_FALSE(selection.pick(tick(Quote{.symbol = kBtc}, 999ms)));
  EXPECT_TRUE(selection.pick(tick(Quote{.symbol = kBtc}, 1s)));
  EXPECT_FALSE(selection.pick(tick(Quote{.symbol = kBtc}, 1'999ms)));
  Tick elsewhere = tick(Quote{.symbol = kBtc}, 1'999ms);
  elsewhere.venue = market::Venue::binance;
  EXPECT_TRUE(selection.pick(elsewhere));
}

TEST(Selection, KeepsCandlesThatTheVenueCallsClosed) {
  Selection selection(1s);
  EXPECT_FALSE(selection.pick(candle(1, false)));
  EXPECT_TRUE(selection.pick(candle(1, true)));
  EXPECT_FALSE(selection.pick(candle(2, false)));
}

// It is as old as what tells so: not behind by the silence before.
TEST(Selection, ThatACandleIsOverCameWithTheNext) {
  Selection selection(1s);
  EXPECT_FALSE(selection.pick(candle(1, std::nullopt)));
  Tick next = candle(2, std::nullopt);
  next.received.mono += 50s;
  const auto over = selection.pick(next);
  ASSERT_TRUE(over);
  EXPECT_EQ(std::get<Candle>(over->event).begin, base::WallTime(1min));
  EXPECT_EQ(over->received.mono, next.received.mono);
}

TEST(Selection, ACandleIsOverWhenTheNextBeginsIfTheVenueDoesNotTell) {
  Selection selection(1s);
  EXPECT_FALSE(selection.pick(candle(1, std::nullopt, 5)));
  EXPECT_FALSE(selection.pick(candle(1, std::nullopt, 7)));
  EXPECT_FALSE(selection.pick(candle(2, std::nullopt, 1, kEth)));
  const auto ended = selection.pick(candle(2, std::nullopt, 1));
  ASSERT_TRUE(ended);
  const auto& kept = std::get<Candle>(ended->event);
  EXPECT_EQ(kept.trades, 7U);
  EXPECT_EQ(kept.closed, true);
  EXPECT_FALSE(selection.pick(candle(1, std::nullopt, 8)));  // out of turn
  EXPECT_EQ(std::get<Candle>(selection.pick(candle(3, std::nullopt))->event).begin,
            base::WallTime(std::chrono::minutes(2)));
}

}  // namespace
}  // namespace tickwitness::store
