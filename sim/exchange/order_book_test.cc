#include "sim/exchange/order_book.h"

#include <gtest/gtest.h>

#include <map>
#include <set>

#include "sim/exchange/crc32.h"
#include "sim/exchange/price_process.h"

namespace tickwitness::sim {
namespace {

TEST(Crc32, IsThatOfTheCheckValueAndOfARecordedBook) {
  EXPECT_EQ(crc32(""), 0U);
  EXPECT_EQ(crc32("123456789"), 3421780262U);
  EXPECT_EQ(
      crc32("633485331067363350215342746335071260566335085019216633509510063351633270772633517"
            "60995873633527504640006335415100633566235571346334841215834763348178928964633478"
            "51006334727893001763345815110556334515960180633447510063344578933399633430157871"
            "6334281000000"),
      2976216659U);
}

using Prices = std::map<std::int64_t, std::int64_t>;  // the lower the better: bids negative

Prices keyed(const OrderBook& book, BookSide side, std::size_t count) {
  Prices prices;
  for (const Level& level : book.top(side, count))
    prices[side == BookSide::ask ? level.price : -level.price] = level.quantity;
  return prices;
}

// Books under every depth and market, held by clients who know nothing but the changes.
struct Watched {
  explicit Watched(PairSettings pair, std::uint64_t seed)
      : settings(std::move(pair)), process(settings, base::Prng(seed)) {
    process.make_quote(stamp, happening);
    book.emplace(settings, base::Prng(seed + 1), happening.quote);
    for (std::size_t depth = 0; depth < kDepths.size(); ++depth)
      for (const BookSide side : {BookSide::bid, BookSide::ask})
        held[depth][side] = keyed(*book, side, kDepths[depth]);
  }

  void step(bool trades) {
    stamp += std::chrono::milliseconds(70);
    if (trades) {
      process.make_trades(stamp, happening);
    } else {
      process.make_quote(stamp, happening);
    }
    apply();
  }
  void apply() {
    book->apply(happening);
    for (std::size_t depth = 0; depth < kDepths.size(); ++depth) {
      book->changes_for(depth, changes);
      std::map<std::int64_t, int> times;
      for (const BookChange& change : changes) {
        if (++times[change.level.price] == 2) ++twice;
        const std::int64_t key =
            change.side == BookSide::ask ? change.level.price : -change.level.price;
        Prices& prices = held[depth][change.side];
        if (change.level.quantity == 0) {
          if (prices.erase(key) == 0) ++needless;
        } else {
          prices[key] = change.level.quantity;
        }
      }
      for (auto& [side, prices] : held[depth])
        for (; prices.size() > kDepths[depth]; prices.erase(std::prev(prices.end()))) ++cut;
    }
  }
  void expect_held() {
    for (std::size_t depth = 0; depth < kDepths.size(); ++depth)
      for (const BookSide side : {BookSide::bid, BookSide::ask})
        ASSERT_EQ(held[depth][side], keyed(*book, side, kDepths[depth])) << kDepths[depth];
    ASSERT_EQ(book->level(BookSide::bid, 0),
              (Level{happening.quote.bid, happening.quote.bid_quantity}));
    ASSERT_EQ(book->level(BookSide::ask, 0),
              (Level{happening.quote.ask, happening.quote.ask_quantity}));
  }

  PairSettings settings;
  PriceProcess process;
  base::WallTime stamp{std::chrono::hours(400'000)};
  Happening happening;
  std::optional<OrderBook> book;
  std::vector<BookChange> changes;
  std::map<BookSide, Prices> held[kDepths.size()];
  std::size_t twice = 0, needless = 0, cut = 0;
};

TEST(OrderBook, EveryDepthFollowsByItsChangesAlone) {
  PairSettings cheap = default_pairs()[2];
  cheap.start_price = 700;  // bids end at price 1
  PairSettings wild = default_pairs()[0];
  wild.step_ppb = 3'000'000;
  std::uint64_t seed = 3;
  for (const PairSettings& pair : {default_pairs()[0], default_pairs()[3], cheap, wild}) {
    Watched watched(pair, seed++);
    for (int i = 0; i < 3000; ++i) {
      watched.step(i % 4 == 0);
      if (i % 10 == 0) {
        ASSERT_NO_FATAL_FAILURE(watched.expect_held()) << pair.symbol << " after " << i;
      }
    }
    EXPECT_GT(watched.twice, 100U);
    EXPECT_GT(watched.cut, 100U);
    EXPECT_EQ(watched.needless, 0U);
    EXPECT_GT(watched.book->size(BookSide::ask), 1000U);
  }
}

TEST(OrderBook, ALeapOfThePriceLeavesItWhole) {
  Watched watched(default_pairs()[0], 5);
  for (const std::int64_t leap : {20'000, -30'000, 5, 600'000, -600'000}) {
    watched.happening.fill_count = 0;
    watched.happening.quote.bid += leap;
    watched.happening.quote.ask += leap;
    watched.apply();
    ASSERT_NO_FATAL_FAILURE(watched.expect_held()) << leap;
    EXPECT_GT(watched.book->size(BookSide::bid), 1000U);
  }
}

TEST(OrderBook, TradesEatFromIt) {
  Watched watched(default_pairs()[0], 6);
  const std::vector<Level> before = watched.book->top(BookSide::ask, 3);
  Happening& buy = watched.happening;
  buy.fill_count = 2;
  buy.fill_storage[0] = {.price = before[0].price, .quantity = before[0].quantity};
  buy.fill_storage[1] = {.price = before[1].price, .quantity = 1};
  buy.quote.ask = before[1].price;
  buy.quote.ask_quantity = before[1].quantity + 100;
  watched.apply();
  watched.book->changes_for(0, watched.changes);
  std::vector<std::int64_t> quantities;
  for (const BookChange& change : watched.changes)
    if (change.side == BookSide::ask && change.level.price <= before[1].price)
      quantities.push_back(change.level.quantity);
  EXPECT_EQ(quantities,
            (std::vector<std::int64_t>{0, before[1].quantity - 1, before[1].quantity + 100}));
}

TEST(OrderBook, DepthsAreThoseOfTheExchange) {
  EXPECT_EQ(depth_index(10), 0U);
  EXPECT_EQ(depth_index(1000), 4U);
  for (const std::uint64_t depth : {0, 1, 11, 50, 1001})
    EXPECT_EQ(depth_index(depth), std::nullopt);
}

}  // namespace
}  // namespace tickwitness::sim
