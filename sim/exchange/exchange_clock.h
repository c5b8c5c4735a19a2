// The exchange's own clock: the given wall clock plus a skew, never running backwards. When the
// machine's clock steps forward or wakes from sleep it follows at once; when that is set back it
// lags behind by at most 1 ms per second. A skew that ends goes by the same rule.
#pragma once

#include <algorithm>

#include "base/time.h"

namespace tickwitness::sim {

class ExchangeClock {
 public:
  ExchangeClock(base::Now start, base::Duration skew)
      : skew_(skew), offset_(offset_of(start)), seen_(start.mono) {}

  void observe(base::Now now) {
    const base::Duration slack = std::max(now.mono - seen_, base::Duration::zero()) / 1000;
    offset_ = std::max(offset_of(now), offset_ - slack);
    if (skew_ends_) skew_ = std::max(base::Duration::zero(), skew_ - slack);
    seen_ = std::max(seen_, now.mono);
  }

  // From now on there shall be none: a clock behind is put right at once, one ahead loses at most
  // 1 ms per second. As of the last observe().
  void end_skew() {
    skew_ends_ = true;
    skew_ = std::max(base::Duration::zero(), skew_);
  }

  // The wall time that is right now, without the skew.
  base::WallTime unskewed_at(base::Instant instant) const {
    return base::WallTime(instant.time_since_epoch() + offset_);
  }

  base::WallTime at(base::Instant instant) const { return unskewed_at(instant) + skew_; }

 private:
  static base::Duration offset_of(base::Now now) {
    return now.wall.time_since_epoch() - now.mono.time_since_epoch();
  }
  base::Duration skew_;
  bool skew_ends_ = false;
  base::Duration offset_;  // wall minus monotonic
  base::Instant seen_;
};

}  // namespace tickwitness::sim
