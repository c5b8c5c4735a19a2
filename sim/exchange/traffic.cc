#include "sim/exchange/traffic.h"

#include <algorithm>

namespace tickwitness::sim {
namespace {

void add_items(ItemCounts& counts, const Parcel& parcel) {
  (parcel.snapshot ? counts.snapshot : counts.update) += parcel.items;
}

// Of a trade frame.
std::uint64_t newest_id(const Parcel& parcel) {
  if (parcel.snapshot) return parcel.id[0] + parcel.items;
  return *std::ranges::max_element(parcel.id) + 1;
}

}  // namespace

void Traffic::add(const Parcel& parcel, std::size_t frame_bytes) {
  ++frames[static_cast<std::size_t>(parcel.kind)];
  bytes += frame_bytes;
  if (parcel.kind == SentKind::malformed) ++malformed[parcel.reason];
  if (parcel.kind == SentKind::instrument) instruments += parcel.items;
  if (!parcel.pair) return;
  if (pairs.size() <= *parcel.pair) pairs.resize(*parcel.pair + std::size_t{1});
  PairTraffic& pair = pairs[*parcel.pair];
  pair.stamped += parcel.stamps;
  if (parcel.last_price && newest_id(parcel) >= pair.newest_id) {
    pair.newest_id = newest_id(parcel);
    pair.last_price = parcel.last_price;
  }
  if (parcel.kind == SentKind::trade) add_items(pair.trades, parcel);
  if (parcel.kind == SentKind::aggregate) pair.aggregates += parcel.items;
  if (parcel.kind == SentKind::ticker) add_items(pair.quotes, parcel);
  if (parcel.kind == SentKind::book) {
    ++(parcel.snapshot ? pair.books.snapshot : pair.books.update);
    if (parcel.falsified) ++pair.books_falsified;
  }
  if (parcel.kind == SentKind::ohlc) {
    add_items(pair.candles, parcel);
    if (const auto interval = interval_index(parcel.interval))
      add_items(pair.candles_by_interval[*interval], parcel);
  }
}

std::uint64_t Traffic::frames_total() const {
  std::uint64_t total = 0;
  for (const std::uint64_t count : frames) total += count;
  return total;
}

}  // namespace tickwitness::sim
