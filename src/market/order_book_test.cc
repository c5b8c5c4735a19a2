#include "market/order_book.h"

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include <map>

namespace tickwitness::market {
namespace {

Level level(std::int64_t price, std::int64_t quantity) {
  return {base::Decimal(price, 1), base::Decimal(quantity, 8)};
}

TEST(OrderBook, KeepsTheBestLevelsBestFirst) {
  OrderBook book(3);
  const Level bids[] = {level(100, 1), level(103, 2), level(101, 3), level(102, 4)};
  const Level asks[] = {level(107, 1), level(104, 2), level(106, 3), level(105, 4)};
  book.apply(bids, asks);
  ASSERT_EQ(book.bid_count(), 3U);
  EXPECT_EQ(book.bid(0), level(103, 2));
  EXPECT_EQ(book.bid(1), level(102, 4));
  EXPECT_EQ(book.bid(2), level(101, 3));
  ASSERT_EQ(book.ask_count(), 3U);
  EXPECT_EQ(book.ask(0), level(104, 2));
  EXPECT_EQ(book.ask(2), level(106, 3));
  EXPECT_FALSE(book.crossed());
}

TEST(OrderBook, OfAPriceThatComesTwiceTheLastCountsAndZeroDeletes) {
  OrderBook book(10);
  const Level first[] = {level(100, 1), level(100, 7), level(99, 2)};
  book.apply(first, {});
  EXPECT_EQ(book.bid(0), level(100, 7));
  const Level second[] = {level(100, 0), level(98, 0), level(99, 5), level(99, 0), level(99, 6)};
  book.apply(second, {});
  ASSERT_EQ(book.bid_count(), 1U);
  EXPECT_EQ(book.bid(0), level(99, 6));
  book.clear();
  EXPECT_TRUE(book.empty());
}

// The cut comes after the message: a level that is out of scope for a moment is not lost by it.
TEST(OrderBook, IsCutAfterTheWholeMessage) {
  OrderBook book(2);
  const Level full[] = {level(100, 1), level(99, 1)};
  book.apply(full, {});
  const Level update[] = {level(98, 1), level(100, 0)};
  book.apply(update, {});
  ASSERT_EQ(book.bid_count(), 2U);
  EXPECT_EQ(book.bid(1), level(98, 1));
}

TEST(OrderBook, PricesAreTheSameWhateverTheirScale) {
  OrderBook book(10);
  const Level fine[] = {{base::Decimal(10000, 3), base::Decimal(1, 0)}};
  const Level coarse[] = {{base::Decimal(10, 0), base::Decimal(0, 0)}};
  book.apply(fine, {});
  book.apply(coarse, {});
  EXPECT_TRUE(book.empty());
}

TEST(OrderBook, IsCrossedWhenSomebodyBidsWhatSomebodyAsks) {
  OrderBook book(10);
  const Level bids[] = {level(100, 1)};
  const Level asks[] = {level(100, 1)};
  book.apply(bids, {});
  EXPECT_FALSE(book.crossed());
  book.apply({}, asks);
  EXPECT_TRUE(book.crossed());
}

// Against a map that knows nothing of orders, steps or cuts.
RC_GTEST_PROP(OrderBook, HoldsWhatASortedMapHolds, ()) {
  const auto depth = *rc::gen::inRange<std::size_t>(1, 12);
  OrderBook book(depth);
  std::map<std::int64_t, std::int64_t> bids, asks;
  const auto messages = *rc::gen::inRange(1, 40);
  for (int m = 0; m < messages; ++m) {
    std::vector<Level> changed[2];
    for (int side = 0; side < 2; ++side) {
      const auto count = *rc::gen::inRange(0, 8);
      for (int i = 0; i < count; ++i) {
        const auto price = *rc::gen::inRange<std::int64_t>(1, 30);
        const auto quantity = *rc::gen::inRange<std::int64_t>(0, 3);
        changed[side].push_back(level(price, quantity));
        auto& truth = side == 0 ? bids : asks;
        truth[price] = quantity;
        if (quantity == 0) truth.erase(price);
      }
    }
    book.apply(changed[0], changed[1]);
    while (bids.size() > depth) bids.erase(bids.begin());
    while (asks.size() > depth) asks.erase(std::prev(asks.end()));
    RC_ASSERT(book.bid_count() == bids.size());
    RC_ASSERT(book.ask_count() == asks.size());
    std::size_t i = 0;
    for (auto it = bids.rbegin(); it != bids.rend(); ++it, ++i)
      RC_ASSERT(book.bid(i) == level(it->first, it->second));
    i = 0;
    for (const auto& [price, quantity] : asks) RC_ASSERT(book.ask(i++) == level(price, quantity));
  }
}

}  // namespace
}  // namespace tickwitness::market
