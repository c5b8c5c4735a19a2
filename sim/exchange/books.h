// The order books that somebody wanted to see: a book is kept from then on, and the market is the
// same whether or not.
#pragma once

#include <memory>
#include <vector>

#include "sim/exchange/market_feed.h"
#include "sim/exchange/order_book.h"
#include "sim/exchange/settings.h"

namespace tickwitness::sim {

class Books {
 public:
  // Both must outlive it. With Settings::keep_books it has them all at once.
  Books(const Settings& settings, const MarketFeed& feed);

  // nullptr while nobody wanted to see it. `pair`: index into Settings::pairs.
  OrderBook* find(std::size_t pair) { return books_[pair].get(); }
  const OrderBook* find(std::size_t pair) const { return books_[pair].get(); }
  // Begins it around the quote that is on the tape.
  OrderBook& keep(std::size_t pair);

 private:
  const Settings& settings_;
  const MarketFeed& feed_;
  std::vector<base::Prng> prngs_;
  std::vector<std::unique_ptr<OrderBook>> books_;  // as Settings::pairs
};

}  // namespace tickwitness::sim
