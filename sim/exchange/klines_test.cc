#include "sim/exchange/klines.h"

#include <gtest/gtest.h>

#include <chrono>

namespace tickwitness::sim {
namespace {

using std::chrono::days;
using std::chrono::hours;
using std::chrono::sys_days;
using namespace std::chrono_literals;

std::size_t index_of(std::string_view name) {
  std::size_t i = 0;
  while (kKlineIntervals[i].name != name) ++i;
  return i;
}

Fill fill_at(base::WallTime time, std::uint64_t id = 1) {
  return {.id = id, .price = 100, .quantity = 3, .time = time};
}

TEST(Klines, BeginWhereTheCalendarSays) {
  // Thursday, 2026-01-29T13:47:58.5Z.
  const base::WallTime time = sys_days(2026y / 1 / 29) + 13h + 47min + 58s + 500ms;
  struct Case {
    std::string_view interval;
    base::WallTime begin, end;
  };
  const base::WallTime day = sys_days(2026y / 1 / 29);
  const Case cases[] = {
      {"1s", day + 13h + 47min + 58s, day + 13h + 47min + 59s},
      {"1m", day + 13h + 47min, day + 13h + 48min},
      {"3m", day + 13h + 45min, day + 13h + 48min},
      {"1h", day + 13h, day + 14h},
      {"4h", day + 12h, day + 16h},
      {"1d", day, day + days(1)},
      {"1w", sys_days(2026y / 1 / 26), sys_days(2026y / 2 / 2)},  // Mondays
      {"1M", sys_days(2026y / 1 / 1), sys_days(2026y / 2 / 1)},
  };
  for (const Case& c : cases) {
    KlineSeries series(index_of(c.interval));
    EXPECT_FALSE(series.add(fill_at(time)));
    EXPECT_EQ(series.running()->begin, c.begin) << c.interval;
    EXPECT_EQ(series.running()->end, c.end) << c.interval;
  }
}

TEST(Klines, AreTheSumOfTheirFills) {
  KlineSeries series(index_of("1m"));
  const base::WallTime minute = sys_days(2026y / 1 / 29);
  using market::Side;
  series.add({.id = 7, .price = 50, .quantity = 2, .taker_side = Side::buy, .time = minute});
  series.add({.id = 8, .price = 70, .quantity = 3, .taker_side = Side::sell, .time = minute + 1s});
  series.add({.id = 9, .price = 40, .quantity = 5, .taker_side = Side::buy, .time = minute + 59s});
  const auto ended = series.add(fill_at(minute + 60s, 10));
  ASSERT_TRUE(ended);
  EXPECT_EQ(ended->open, 50);
  EXPECT_EQ(ended->high, 70);
  EXPECT_EQ(ended->low, 40);
  EXPECT_EQ(ended->close, 40);
  EXPECT_EQ(ended->volume, 10);
  EXPECT_EQ(ended->bought, 7);
  EXPECT_TRUE(ended->notional == 100 + 210 + 200);
  EXPECT_TRUE(ended->notional_bought == 100 + 200);
  EXPECT_EQ(ended->first_id, 7U);
  EXPECT_EQ(ended->last_id, 9U);
  EXPECT_EQ(ended->trades, 3U);
  EXPECT_EQ(series.running()->first_id, 10U);
  EXPECT_EQ(series.running()->trades, 1U);
}

}  // namespace
}  // namespace tickwitness::sim
