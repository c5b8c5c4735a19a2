// What reached the engine lately, moment by moment: what windows over the last minute are held
// against.
#pragma once

#include <cstdint>
#include <deque>

#include "base/time.h"

namespace tickwitness::sim {

// By the engine's monotonic clock. Not thread-safe.
class LastMinute {
 public:
  // Longer ago than this nothing is kept: a minute, and what a product may be late and early.
  static constexpr base::Duration kKept = std::chrono::milliseconds(63'000);

  struct Moment {
    base::Instant at;
    base::Duration latency{};  // of one item, or 0
    std::uint32_t items = 0;
  };
  void add(const Moment& moment) {
    moments_.push_back(moment);
    while (moment.at - moments_.front().at > kKept) moments_.pop_front();
  }
  // Oldest first; some may be older than kKept where little came since.
  const std::deque<Moment>& moments() const { return moments_; }

 private:
  std::deque<Moment> moments_;
};

}  // namespace tickwitness::sim
