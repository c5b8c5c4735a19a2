#include "serve/losses.h"

#include <gtest/gtest.h>

#include "serve/test_status.h"

namespace tickwitness::serve {
namespace {

using namespace test;
using feed::BookState;

// at() is in the evening of 2023-11-14, UTC.
constexpr std::chrono::sys_days kToday = std::chrono::sys_days(std::chrono::days(19'675));

TEST(Losses, NothingKnownIsNotComplete) {
  const Losses none = losses(engine({}), at().wall);
  EXPECT_EQ(none.gaps_open, 0);
  EXPECT_EQ(none.completeness, std::nullopt);
  EXPECT_EQ(none.books_quarantined, 0);
}

struct Case {
  std::vector<feed::DayOfTrades> btc, eth;
  std::optional<double> lowest;
};

TEST(Losses, TheLowestMarketOfTodayDecides) {
  const auto yesterday = kToday - std::chrono::days(1);
  const auto tomorrow = kToday + std::chrono::days(1);
  const Case cases[] = {
      {{{kToday, 3, 1}}, {{kToday, 9, 1}}, 0.75},
      {{{kToday, 9, 1}}, {{kToday, 3, 1}}, 0.75},
      {{{yesterday, 1, 9}, {kToday, 5, 0}}, {}, 1},
      {{{yesterday, 1, 9}, {tomorrow, 1, 9}}, {}, std::nullopt},
      {{{kToday, 0, 0}}, {}, std::nullopt},
      {{{kToday, 0, 7}}, {{kToday, 5, 0}}, 0},
  };
  for (const auto& c : cases) {
    EngineStatus status = engine({});
    status.feeds[0].trades = {{.days = c.btc}};
    status.feeds.push_back({.venue = market::Venue::binance, .trades = {{.days = c.eth}}});
    EXPECT_EQ(losses(status, at().wall).completeness, c.lowest) << &c - cases;
  }
}

TEST(Losses, TheDayIsThatOfUtc) {
  EngineStatus status = engine({});
  status.feeds[0].trades = {{.days = {{kToday, 1, 1}, {kToday + std::chrono::days(1), 3, 1}}}};
  const base::WallTime midnight = kToday + std::chrono::days(1);
  EXPECT_EQ(losses(status, midnight - 1ns).completeness, 0.5);
  EXPECT_EQ(losses(status, midnight).completeness, 0.75);
}

TEST(Losses, CountsWhatIsOpenAndWhatIsInQuarantine) {
  EngineStatus status = engine({});
  status.gaps_open = 2;
  status.feeds[0].books = {{.state = BookState::quarantined}, {.state = BookState::waiting}};
  status.feeds.push_back(
      {.books = {{.state = BookState::valid}, {.state = BookState::quarantined}}});
  const Losses sums = losses(status, at().wall);
  EXPECT_EQ(sums.gaps_open, 2);
  EXPECT_EQ(sums.books_quarantined, 2);
}

}  // namespace
}  // namespace tickwitness::serve
