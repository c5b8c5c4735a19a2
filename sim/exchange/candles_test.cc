#include "sim/exchange/candles.h"

#include <gtest/gtest.h>

#include "sim/exchange/tape.h"

namespace tickwitness::sim {
namespace {

using std::chrono::minutes;
using std::chrono::seconds;

constexpr base::WallTime kStart{std::chrono::hours(480'000)};  // midnight, UTC

Fill fill(base::Duration after, std::int64_t price, std::int64_t quantity) {
  return {.price = price, .quantity = quantity, .time = kStart + after};
}

TEST(Candles, CollectsAndRolls) {
  CandleSeries series(5, 2);
  EXPECT_FALSE(series.running());
  EXPECT_TRUE(series.add(fill(seconds(10), 100, 3)));
  EXPECT_FALSE(series.add(fill(seconds(10), 120, 1)));
  EXPECT_FALSE(series.add(fill(seconds(299), 90, 4)));
  EXPECT_EQ(series.running()->begin, kStart);
  EXPECT_EQ(series.running()->open, 100);
  EXPECT_EQ(series.running()->high, 120);
  EXPECT_EQ(series.running()->low, 90);
  EXPECT_EQ(series.running()->close, 90);
  EXPECT_EQ(series.running()->volume, 8);
  EXPECT_EQ(series.running()->trades, 3U);
  EXPECT_EQ(series.running()->vwap(), 98);  // 780 / 8 = 97.5, half up

  EXPECT_TRUE(series.add(fill(seconds(300), 91, 1)));
  EXPECT_TRUE(series.add(fill(minutes(20), 92, 1)));  // none for the quiet ten minutes
  ASSERT_EQ(series.past().size(), 2U);
  EXPECT_EQ(series.past()[1].begin, kStart + minutes(5));
  EXPECT_EQ(series.running()->begin, kStart + minutes(20));
  EXPECT_TRUE(series.add(fill(minutes(25), 93, 1)));
  EXPECT_EQ(series.past().front().begin, kStart + minutes(5));
}

TEST(Tape, DayFiguresRollOver24Hours) {
  Tape tape(10);
  const auto trade = [&tape](base::Duration after, std::int64_t price, std::int64_t quantity) {
    Happening happening;
    happening.fill_storage[0] = fill(after, price, quantity);
    happening.fill_count = 1;
    tape.apply(happening, false);
  };
  trade(seconds(0), 1000, 5);
  trade(minutes(1), 4000, 1);
  trade(minutes(30), 2000, 2);
  EXPECT_EQ(tape.day().sums.volume, 8);
  EXPECT_EQ(tape.day().change, 1000);
  EXPECT_EQ(tape.day().change_percent, 10'000);
  trade(minutes(24 * 60 + 10), 1500, 1);  // the first two minutes are older than a day
  EXPECT_EQ(tape.day().sums.volume, 3);
  EXPECT_EQ(tape.day().sums.high, 2000);
  EXPECT_EQ(tape.day().sums.low, 1500);
  EXPECT_EQ(tape.day().change, -500);
  EXPECT_EQ(tape.day().change_percent, -2500);
}

TEST(Tape, ForgetsTheOldestTradesAndSaysSo) {
  Tape tape(3);
  Happening happening;
  happening.fill_count = 2;
  for (std::uint64_t id = 0; id < 6; id += 2) {
    happening.fill_storage[0] = fill(seconds(1), 1, 1);
    happening.fill_storage[0].id = id;
    happening.fill_storage[1] = happening.fill_storage[0];
    happening.fill_storage[1].id = id + 1;
    tape.apply(happening, false);
  }
  ASSERT_EQ(tape.trades().size(), 3U);
  EXPECT_EQ(tape.trades().front().fill.id, 3U);
  EXPECT_EQ(tape.trades_forgotten(), 3U);
}

}  // namespace
}  // namespace tickwitness::sim
