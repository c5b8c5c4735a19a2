#include "market/order_book.h"

#include <algorithm>

namespace tickwitness::market {
namespace {

// `side` is sorted worst first; `better(a, b)`: price a is better than b.
template <class Better>
void set_level(std::vector<Level>& side, const Level& level, Better better) {
  // Most changes are near the best price: doubling steps from there find the stretch to search.
  const auto begin = side.begin();
  auto high = side.end();  // first that is better than the price, or the end
  std::ptrdiff_t step = 1;
  auto low = high;
  while (low != begin) {
    low -= std::min(step, low - begin);
    if (!better(low->price, level.price)) break;
    high = low;
    step *= 2;
  }
  const auto at =
      std::lower_bound(low, high, level.price,
                       [&](const Level& l, base::Decimal price) { return better(price, l.price); });
  const bool present = at != side.end() && at->price == level.price;
  if (level.quantity.is_zero()) {
    if (present) side.erase(at);
  } else if (present) {
    *at = level;
  } else {
    side.insert(at, level);
  }
}

void cut(std::vector<Level>& side, std::size_t depth) {
  if (side.size() <= depth) return;
  side.erase(side.begin(), side.end() - static_cast<std::ptrdiff_t>(depth));
}

}  // namespace

void OrderBook::clear() {
  bids_.clear();
  asks_.clear();
}

void OrderBook::apply(std::span<const Level> bids, std::span<const Level> asks) {
  for (const Level& level : bids) {
    set_level(bids_, level, [](base::Decimal a, base::Decimal b) { return a > b; });
  }
  for (const Level& level : asks) {
    set_level(asks_, level, [](base::Decimal a, base::Decimal b) { return a < b; });
  }
  cut(bids_, depth_);
  cut(asks_, depth_);
}

bool OrderBook::crossed() const {
  return !bids_.empty() && !asks_.empty() && bids_.back().price >= asks_.back().price;
}

}  // namespace tickwitness::market
