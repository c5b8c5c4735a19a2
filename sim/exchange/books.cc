#include "sim/exchange/books.h"

namespace tickwitness::sim {
namespace {
// Generators of their own, so that no book moves the market.
constexpr std::uint64_t kBooksSeed = 0xB00C'B00C'B00C'B00CULL;
}  // namespace

Books::Books(const Settings& settings, const MarketFeed& feed)
    : settings_(settings), feed_(feed), books_(settings.pairs.size()) {
  base::Prng prng(settings.seed ^ kBooksSeed);
  for (std::size_t pair = 0; pair < books_.size(); ++pair) prngs_.push_back(prng.split());
  if (!settings.keep_books) return;
  for (std::size_t pair = 0; pair < books_.size(); ++pair) keep(pair);
}

OrderBook& Books::keep(std::size_t pair) {
  if (!books_[pair])
    books_[pair] =
        std::make_unique<OrderBook>(settings_.pairs[pair], prngs_[pair], feed_.tape(pair).quote());
  return *books_[pair];
}

}  // namespace tickwitness::sim
