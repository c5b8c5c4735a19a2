// The order book of one market as a venue tells it: the best levels of each side, exactly.
#pragma once

#include <cstddef>
#include <span>
#include <vector>

#include "market/book.h"

namespace tickwitness::market {

// Not thread-safe. Lookups and changes near the best price cost a few comparisons, far from it a
// binary search and a shift of what lies behind; memory is kept from snapshot to snapshot.
class OrderBook {
 public:
  // At most `depth` (≥ 1) levels are kept on each side.
  explicit OrderBook(std::size_t depth) : depth_(depth) {}

  void clear();
  // From the next apply() on.
  void set_depth(std::size_t depth) { depth_ = depth; }
  // Sets each level to its absolute quantity, in the order given (of a price that comes twice the
  // last counts; 0 deletes), then cuts each side to the depth: a venue sends no deletion for what
  // falls out of its scope.
  void apply(std::span<const Level> bids, std::span<const Level> asks);

  std::size_t depth() const { return depth_; }
  bool empty() const { return bids_.empty() && asks_.empty(); }
  std::size_t bid_count() const { return bids_.size(); }
  std::size_t ask_count() const { return asks_.size(); }
  // From the best (0) to the worst; `index` below the count.
  const Level& bid(std::size_t index) const { return bids_[bids_.size() - 1 - index]; }
  const Level& ask(std::size_t index) const { return asks_[asks_.size() - 1 - index]; }
  // Somebody bids at least what somebody asks: no matching engine leaves that standing.
  bool crossed() const;

 private:
  // Worst first, so that what changes most is at the end.
  std::vector<Level> bids_, asks_;
  std::size_t depth_;
};

}  // namespace tickwitness::market
