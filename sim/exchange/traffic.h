// Sums over parcels: what came through at any place of the way, in the terms of Truth. Where
// nothing was lost, the sum of what was received equals the truth of what was sent.
#pragma once

#include <array>
#include <cstdint>
#include <map>
#include <optional>
#include <string_view>
#include <vector>

#include "base/decimal.h"
#include "sim/exchange/candles.h"
#include "sim/exchange/parcel.h"
#include "sim/exchange/truth.h"

namespace tickwitness::sim {

struct PairTraffic {
  ItemCounts trades;
  ItemCounts quotes;
  ItemCounts candles;
  ItemCounts books;                   // frames: each bears one checksum
  std::uint64_t books_falsified = 0;  // of these, by fault
  std::uint64_t aggregates = 0;
  std::array<ItemCounts, kIntervals.size()> candles_by_interval{};  // as kIntervals
  std::uint64_t stamped = 0;                // items that bear a time of the exchange
  std::uint64_t newest_id = 0;              // one above the highest id of a trade
  std::optional<base::Decimal> last_price;  // of that trade
};

// Plain sums; not thread-safe.
struct Traffic {
  std::array<std::uint64_t, kSentKinds> frames{};  // acks and refusals are kinds
  std::uint64_t bytes = 0;
  std::uint64_t instruments = 0;
  std::vector<PairTraffic> pairs;  // by the index in Settings::pairs; as many as were met
  std::map<std::string_view, std::uint64_t> malformed;  // frames by reason

  // `bytes`: of the frame's text.
  void add(const Parcel& parcel, std::size_t bytes);

  std::uint64_t sent(SentKind kind) const { return frames[static_cast<std::size_t>(kind)]; }
  std::uint64_t frames_total() const;
};

}  // namespace tickwitness::sim
