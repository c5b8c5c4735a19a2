#include "sim/exchange/depth_journal.h"

#include <gtest/gtest.h>

namespace tickwitness::sim {
namespace {

constexpr BookSide kBid = BookSide::bid, kAsk = BookSide::ask;

TEST(DepthJournal, TellsTheLastWordOnEachPriceAndAllIdsSince) {
  DepthJournal journal;
  journal.begin(100);
  const BookChange first[] = {{kAsk, {51, 4}}, {kBid, {49, 1}}, {kBid, {48, 2}}, {kBid, {49, 0}}};
  const BookChange second[] = {{kAsk, {50, 9}}, {kBid, {48, 7}}, {kBid, {50, 3}}};
  EXPECT_TRUE(journal.add(first, 103));
  EXPECT_FALSE(journal.add(second, 105));
  const DepthUpdate& update = journal.take();
  EXPECT_EQ(update.first_id, 101U);
  EXPECT_EQ(update.last_id, 105U);
  const std::pair<BookSide, Level> expected[] = {
      {kBid, {50, 3}}, {kBid, {49, 0}}, {kBid, {48, 7}}, {kAsk, {50, 9}}, {kAsk, {51, 4}}};
  ASSERT_EQ(update.levels.size(), std::size(expected));
  for (std::size_t i = 0; i < std::size(expected); ++i) {
    EXPECT_EQ(update.levels[i].side, expected[i].first) << i;
    EXPECT_EQ(update.levels[i].level, expected[i].second) << i;
  }
}

TEST(DepthJournal, IdsWithoutAChangeBelongToTheNextMessage) {
  DepthJournal journal;
  journal.begin(100);
  EXPECT_FALSE(journal.add({}, 102));
  EXPECT_TRUE(journal.take().levels.empty());
  const BookChange change[] = {{kAsk, {51, 4}}};
  EXPECT_TRUE(journal.add(change, 103));
  EXPECT_EQ(journal.take().first_id, 101U);
  EXPECT_TRUE(journal.add(change, 104));
  EXPECT_EQ(journal.take().first_id, 104U);
}

}  // namespace
}  // namespace tickwitness::sim
