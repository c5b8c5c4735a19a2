// What found a ring full: each is counted as it comes, and told in one line for each 10 s.
#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <utility>

#include "base/time.h"
#include "telemetry/catalog.gen.h"

namespace tickwitness::store {

// One thread.
class RingLosses {
 public:
  // `lost` is the ring's own count since it was made. → how many there are to tell now.
  std::optional<std::uint64_t> observe(std::uint64_t lost, base::Instant now,
                                       telemetry::Counter& counter) {
    counter.add(lost - std::exchange(counted_, lost));
    if (lost == told_ || now < tell_at_) return std::nullopt;
    tell_at_ = now + std::chrono::seconds(10);
    return lost - std::exchange(told_, lost);
  }

 private:
  std::uint64_t counted_ = 0, told_ = 0;
  base::Instant tell_at_{};
};

}  // namespace tickwitness::store
