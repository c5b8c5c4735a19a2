#include "feed/gap_ledger.h"

#include <gtest/gtest.h>

namespace tickwitness::feed {
namespace {

base::Now at(int seconds) {
  return {base::Instant(std::chrono::seconds(seconds)),
          base::WallTime(std::chrono::seconds(seconds))};
}

Gap trades(std::uint64_t from, std::uint64_t to) {
  return {.symbol = *market::Symbol::parse("BTC-USD"), .from = from, .to = to, .opened = at(1)};
}

TEST(GapLedger, AnEntryIsFilledWhenTheLastOfItsIdsIs) {
  GapLedger ledger;
  const auto id = ledger.open(trades(5, 7));
  EXPECT_EQ(ledger.open_count(), 1U);
  ledger.fill(id, 2, at(2));
  EXPECT_EQ(ledger.find(id)->state, GapState::open);
  ledger.set_filling(id);
  EXPECT_EQ(ledger.find(id)->state, GapState::filling);
  ledger.fill(id, 1, at(3));
  EXPECT_EQ(ledger.find(id)->state, GapState::filled);
  EXPECT_EQ(ledger.find(id)->closed->mono, at(3).mono);
  ledger.fill(id, 1, at(4));
  ledger.set_filling(id);
  EXPECT_EQ(ledger.find(id)->state, GapState::filled) << "closed is closed";
  const auto& totals = ledger.totals(market::Venue::kraken);
  EXPECT_EQ(totals.ids_missing, 3U);
  EXPECT_EQ(totals.ids_filled, 3U);
  EXPECT_EQ(totals.filled, 1U);
  EXPECT_EQ(ledger.open_count(), 0U);
  EXPECT_EQ(ledger.totals(market::Venue::binance).ids_missing, 0U);
}

TEST(GapLedger, WhatIsGivenUpSaysWhy) {
  GapLedger ledger;
  const auto id = ledger.open(trades(5, 7));
  ledger.give_up(id, 2, "nobody has them", at(2));
  EXPECT_EQ(ledger.find(id)->state, GapState::open);
  ledger.fill(id, 1, at(3));
  EXPECT_EQ(ledger.find(id)->state, GapState::unrecoverable);
  EXPECT_EQ(ledger.find(id)->lost, 2U);
  EXPECT_EQ(ledger.find(id)->reason, "nobody has them");
  EXPECT_EQ(ledger.totals(market::Venue::kraken).ids_unrecoverable, 2U);
  EXPECT_EQ(ledger.totals(market::Venue::kraken).unrecoverable, 1U);
}

TEST(GapLedger, WhatWasGivenUpAndComesAfterAllIsFilled) {
  GapLedger ledger;
  const auto id = ledger.open(trades(5, 7));
  ledger.give_up(id, 2, "nobody has them", at(2));
  ledger.fill(id, 1, at(3));
  ledger.take_back(id, 1, at(4));
  EXPECT_EQ(ledger.find(id)->state, GapState::unrecoverable) << "one is lost still";
  EXPECT_EQ(ledger.find(id)->lost, 1U);
  EXPECT_EQ(ledger.find(id)->reason, "nobody has them");
  EXPECT_EQ(ledger.find(id)->closed->mono, at(3).mono);
  ledger.take_back(id, 1, at(5));
  EXPECT_EQ(ledger.find(id)->state, GapState::filled);
  EXPECT_EQ(ledger.find(id)->lost, 0U);
  EXPECT_EQ(ledger.find(id)->reason, "");
  EXPECT_EQ(ledger.find(id)->closed->mono, at(5).mono);
  ledger.take_back(id, 1, at(6));
  EXPECT_EQ(ledger.find(id)->closed->mono, at(5).mono) << "nothing was lost any more";
  EXPECT_EQ(ledger.open_count(), 0U);
  const auto& totals = ledger.totals(market::Venue::kraken);
  EXPECT_EQ(totals.ids_filled, 3U);
  EXPECT_EQ(totals.ids_unrecoverable, 2U) << "they never fall";
  EXPECT_EQ(totals.ids_returned, 2U);
  EXPECT_EQ(totals.unrecoverable, 1U);
  EXPECT_EQ(totals.filled, 1U);
}

TEST(GapLedger, AnEntryThatIsStillOpenEndsByWhatIsLostThen) {
  GapLedger ledger;
  const auto id = ledger.open(trades(5, 7));
  ledger.give_up(id, 1, "nobody has it", at(2));
  ledger.take_back(id, 1, at(3));
  EXPECT_EQ(ledger.find(id)->state, GapState::open) << "two are missing";
  ledger.fill(id, 2, at(4));
  EXPECT_EQ(ledger.find(id)->state, GapState::filled);
  EXPECT_EQ(ledger.totals(market::Venue::kraken).unrecoverable, 0U);
}

TEST(GapLedger, AnEntryWithoutIdsIsClosed) {
  GapLedger ledger;
  Gap gap = trades(0, 0);
  gap.channel = exchange::Channel::book;
  gap.cause = GapCause::checksum;
  const auto id = ledger.open(gap);
  EXPECT_EQ(ledger.find(id)->missing, 0U);
  ledger.close(id, at(9));
  EXPECT_EQ(ledger.find(id)->state, GapState::filled);
  EXPECT_EQ(ledger.totals(market::Venue::kraken).by_cause[2], 1U);
}

TEST(GapLedger, ForgetsTheOldestThatIsClosedAndNeverAnOpenOne) {
  GapLedger ledger;
  const auto open = ledger.open(trades(1, 1));
  for (std::size_t i = 0; i < GapLedger::kClosedMax + 5; ++i) {
    ledger.fill(ledger.open(trades(10, 10)), 1, at(2));
  }
  EXPECT_EQ(ledger.take_changed().size(), GapLedger::kClosedMax + 6);
  EXPECT_NE(ledger.find(open + 5), nullptr) << "its end was only just told";
  EXPECT_TRUE(ledger.take_changed().empty());
  EXPECT_NE(ledger.find(open), nullptr);
  EXPECT_EQ(ledger.entries().size(), GapLedger::kClosedMax + 1);
  EXPECT_EQ(ledger.find(open + 5), nullptr);
  EXPECT_NE(ledger.find(open + 6), nullptr);
  ledger.fill(open + 5, 1, at(3));  // forgotten: nobody minds
  ledger.take_back(open + 5, 1, at(3));
}

TEST(GapLedger, WhatNobodyTakesIsBounded) {
  GapLedger ledger;
  const auto open = ledger.open(trades(1, 1));
  for (std::size_t i = 0; i < GapLedger::kUntoldMax + 5; ++i) {
    ledger.fill(ledger.open(trades(10, 10)), 1, at(2));
  }
  for (const std::uint64_t id : ledger.take_changed()) ledger.changed_again(id);
  EXPECT_EQ(ledger.entries().size(), GapLedger::kUntoldMax + 1);
  EXPECT_NE(ledger.find(open), nullptr);
  ledger.take_changed();
  ledger.take_changed();
  EXPECT_EQ(ledger.entries().size(), GapLedger::kClosedMax + 1);
}

TEST(GapLedger, EntriesOfAnEarlierProcessAreGoneOnWith) {
  GapLedger ledger;
  Gap gone = trades(3, 4), open = trades(5, 9), connection = trades(0, 0), closed = trades(1, 2);
  gone.id = 6;
  gone.missing = 2;
  open.id = 7;
  open.missing = 3;
  open.state = GapState::filling;
  connection.id = 8;
  connection.connection = "main";
  closed.id = 9;
  closed.closed = at(2);
  closed.state = GapState::filled;
  ledger.restore({gone, open, connection, closed}, 9, at(10));
  EXPECT_EQ(ledger.open_count(), 2U);
  EXPECT_EQ(ledger.find(7)->state, GapState::open) << "nobody asks for them yet";
  EXPECT_EQ(ledger.find(8)->state, GapState::filled);
  EXPECT_EQ(ledger.find(8)->closed->mono, at(10).mono);
  ledger.claim(7, 3);
  ledger.end_restore(at(10), [](const Gap& gap) { return gap.id == 6 ? "gone" : ""; });
  EXPECT_EQ(ledger.open_count(), 1U);
  EXPECT_EQ(ledger.find(6)->state, GapState::unrecoverable);
  EXPECT_EQ(ledger.find(6)->reason, "gone");
  EXPECT_EQ(ledger.take_changed(), (std::vector<std::uint64_t>{6, 7, 8}));
  const auto& totals = ledger.totals(market::Venue::kraken);
  EXPECT_EQ(totals.ids_missing, 3U);
  EXPECT_EQ(totals.filled, 0U);
  const exchange::Subscription btc{.symbol = open.symbol};
  EXPECT_EQ(ledger.entry_of(btc, market::Venue::kraken, {.from = 6, .to = 7}), 7U);
  EXPECT_EQ(ledger.entry_of(btc, market::Venue::kraken, {.from = 6, .to = 10}), 0U);
  EXPECT_EQ(ledger.entry_of(btc, market::Venue::binance, {.from = 6, .to = 7}), 0U);
  EXPECT_EQ(ledger.entry_of(btc, market::Venue::kraken, {.from = 1, .to = 2}), 0U) << "it is over";
  ledger.fill(7, 3, at(11));
  EXPECT_EQ(ledger.open(trades(20, 21)), 10U);
  EXPECT_EQ(ledger.take_changed(), (std::vector<std::uint64_t>{7, 10}));
  EXPECT_TRUE(ledger.take_changed().empty());
}

}  // namespace
}  // namespace tickwitness::feed
