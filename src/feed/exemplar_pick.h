// Which observations of one series are worth an exemplar: at most one in a second, and one of the
// largest. Costs two comparisons and no clock of its own.
#pragma once

#include "base/time.h"

namespace tickwitness::feed {

// Not thread-safe.
class ExemplarPick {
 public:
  // Whether `value`, observed at `now`, gets one: the first in each second that is larger than all
  // of the second before (of the last one with observations). `now` does not fall.
  bool worth(base::Instant now, base::Duration value) {
    if (now >= end_) begin_second(now);
    if (value > largest_) largest_ = value;
    if (picked_ || value <= threshold_) return false;
    picked_ = true;
    return true;
  }

 private:
  void begin_second(base::Instant now) {
    end_ = now + std::chrono::seconds(1);
    threshold_ = largest_;
    largest_ = kNone;
    picked_ = false;
  }

  static constexpr base::Duration kNone = base::Duration(-1);  // less than any value
  base::Instant end_{};
  base::Duration threshold_ = kNone;
  base::Duration largest_ = kNone;
  bool picked_ = false;
};

}  // namespace tickwitness::feed
