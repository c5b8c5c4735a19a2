#include "telemetry/core/buckets.h"

#include <algorithm>
#include <limits>
#include <stdexcept>

namespace tickwitness::telemetry::core {

Buckets::Buckets(std::span<const std::int64_t> bounds)
    : bounds_(bounds.begin(), bounds.end()), bounds_as_given_(bounds.begin(), bounds.end()) {
  constexpr std::uint64_t kHighest = std::numeric_limits<std::int64_t>::max();
  if (std::ranges::adjacent_find(bounds, std::greater_equal{}) != bounds.end() ||
      bounds.size() > 60'000 ||
      (!bounds.empty() && (bounds[0] < 0 || bounds_.back() == kHighest))) {
    throw std::invalid_argument("histogram bounds must be ascending and not negative");
  }
  bounds_.push_back(kHighest);
  const auto bucket_of = [&](std::uint64_t value) {
    return static_cast<std::uint32_t>(std::ranges::lower_bound(bounds_, std::min(value, kHighest)) -
                                      bounds_.begin());
  };
  for (std::uint32_t key = 0; key < kKeys; ++key) {
    start_[key] = static_cast<std::uint16_t>(bucket_of(lowest(key)));
    const std::uint64_t highest = key + 1 < kKeys ? lowest(key + 1) - 1 : kHighest;
    steps_ = std::max(steps_, bucket_of(highest) - start_[key]);
  }
}

std::uint64_t Buckets::lowest(std::uint32_t key) {
  const std::uint32_t row = key >> kBits;
  if (row <= 1) return key;
  return std::uint64_t{(key & ((1U << kBits) - 1)) + (1U << kBits)} << (row - 1);
}

}  // namespace tickwitness::telemetry::core
