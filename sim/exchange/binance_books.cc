#include "sim/exchange/binance_books.h"

namespace tickwitness::sim {
namespace {
constexpr std::uint64_t kIdsSeed = 0x1D51'1D51'1D51'1D51ULL;
}

BinanceBooks::BinanceBooks(const Settings& settings, const MarketFeed& feed)
    : books_(settings, feed) {
  base::Prng prng(settings.seed ^ kIdsSeed);
  for (std::size_t pair = 0; pair < settings.pairs.size(); ++pair)
    ids_.push_back(1'000'000'000 + prng.below(50'000'000'000));
}

const OrderBook* BinanceBooks::apply(const Publication& publication) {
  ids_[publication.pair] += 1 + publication.what.fill_count;
  OrderBook* const book = books_.find(publication.pair);
  if (book != nullptr) book->apply(publication.what);
  return book;
}

}  // namespace tickwitness::sim
