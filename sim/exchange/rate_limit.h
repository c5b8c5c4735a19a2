// A leaky bucket (GCRA): `burst` at once, one more each `every`.
#pragma once

#include <algorithm>

#include "base/time.h"
#include "sim/exchange/settings.h"

namespace tickwitness::sim {

class RateLimit {
 public:
  explicit RateLimit(Pace pace) : pace_(pace) {}

  // Whether one more is allowed now; if so it is counted.
  bool allow(base::Instant now) {
    const base::Instant full = std::max(full_until_, now);
    if (full - now > pace_.every * (pace_.burst - 1)) return false;
    full_until_ = full + pace_.every;
    return true;
  }

 private:
  Pace pace_;
  base::Instant full_until_{};
};

}  // namespace tickwitness::sim
