// What reached the engine lately, moment by moment: what windows over the last minute are held
// against.
#pragma once

#include <algorithm>
#include <cstdint>
#include <deque>

#include "base/time.h"

namespace tickwitness::sim {

// By the engine's monotonic clock. Not thread-safe.
class LastMinute {
 public:
  // What the product counts within less than this may become visible at once.
  static constexpr base::Duration kTick = std::chrono::milliseconds(1'500);
  // Longer ago than this nothing is kept: a minute, and what a product may be late and early.
  static constexpr base::Duration kKept = std::chrono::milliseconds(63'000);

  // Moments from `from` on are kept until `until`, however old they get; several such times that
  // overlap are one.
  void keep(base::Instant from, base::Instant until) {
    if (from > kept_until_) kept_from_ = from;
    kept_until_ = std::max(kept_until_, until);
  }

  struct Moment {
    base::Instant at;
    base::Duration latency{};  // of one item, or 0
    std::uint32_t items = 0;
  };
  void add(const Moment& moment) {
    moments_.push_back(moment);
    while (moment.at - moments_.front().at > kKept && !is_kept(moment.at)) moments_.pop_front();
  }
  // Oldest first; some may be older than kKept where little came since.
  const std::deque<Moment>& moments() const { return moments_; }

 private:
  bool is_kept(base::Instant now) const {
    return now <= kept_until_ && moments_.front().at >= kept_from_;
  }

  std::deque<Moment> moments_;
  base::Instant kept_from_{}, kept_until_ = base::Instant::min();
};

}  // namespace tickwitness::sim
