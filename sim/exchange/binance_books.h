// Binance's update ids: they count on with every event of a pair's market, whether or not somebody
// keeps its book, and say how far a snapshot and a change of the book have come.
#pragma once

#include <cstdint>
#include <vector>

#include "sim/exchange/books.h"

namespace tickwitness::sim {

class BinanceBooks {
 public:
  // Both must outlive it.
  BinanceBooks(const Settings& settings, const MarketFeed& feed);

  // The book, if it is kept, is as the event left it; nullptr if not.
  const OrderBook* apply(const Publication& publication);

  // As Books has them.
  const OrderBook* find(std::size_t pair) const { return books_.find(pair); }
  const OrderBook& keep(std::size_t pair) { return books_.keep(pair); }
  // Of what happened last; what the book is as of.
  std::uint64_t last_id(std::size_t pair) const { return ids_[pair]; }

 private:
  Books books_;
  std::vector<std::uint64_t> ids_;  // as Settings::pairs
};

}  // namespace tickwitness::sim
