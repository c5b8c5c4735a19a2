#include "feed/gap_entry.h"

#include <gtest/gtest.h>

namespace tickwitness::feed {
namespace {

constexpr base::Instant kRead{std::chrono::seconds(5)};

TEST(GapEntry, EveryWordOfALedgerComesBack) {
  using exchange::Channel;
  for (const auto state :
       {GapState::open, GapState::filling, GapState::filled, GapState::unrecoverable}) {
    for (const auto cause : {GapCause::disconnect, GapCause::missing, GapCause::checksum,
                             GapCause::sequence, GapCause::crossed}) {
      for (const auto channel : {Channel::trade, Channel::spread, Channel::ohlc,
                                 Channel::instrument, Channel::book, Channel::agg_trade}) {
        const auto entry =
            to_entry({.channel = channel, .cause = cause, .state = state, .opened = {}});
        const auto gap = to_gap(entry, kRead);
        ASSERT_TRUE(gap);
        EXPECT_EQ(gap->state, state);
        EXPECT_EQ(gap->cause, cause);
        EXPECT_EQ(gap->channel, channel);
      }
    }
  }
}

TEST(GapEntry, EveryFieldComesBackButTheMonotonicClock) {
  const base::WallTime wall{std::chrono::seconds(1'800'000'000)};
  const Gap gap{.id = 1,
                .venue = market::Venue::binance,
                .symbol = *market::Symbol::parse("BTC-USD"),
                .connection = "main",
                .from = 2,
                .to = 3,
                .missing = 4,
                .lost = 5,
                .opened = {base::Instant(std::chrono::hours(1)), wall},
                .closed = base::Now{base::Instant(std::chrono::hours(2)), wall},
                .reason = "why"};
  const auto again = to_gap(to_entry(gap), kRead);
  ASSERT_TRUE(again);
  EXPECT_EQ(to_entry(*again), to_entry(gap));
  EXPECT_EQ(again->opened.mono, kRead);
  EXPECT_EQ(again->closed->mono, kRead);
  EXPECT_EQ(again->opened.wall, wall);
}

TEST(GapEntry, WordsOfALaterVersionAreNoEntryOfOurs) {
  pipeline::GapEntry entry = to_entry({});
  EXPECT_TRUE(to_gap(entry, kRead));
  entry.cause = "eclipse";
  EXPECT_FALSE(to_gap(entry, kRead));
}

}  // namespace
}  // namespace tickwitness::feed
