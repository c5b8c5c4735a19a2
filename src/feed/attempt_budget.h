// Connection attempts that a host allows in a sliding window, shared by all connections to it.
#pragma once

#include <deque>

#include "base/time.h"

namespace tickwitness::feed {

// Kraken bans an address for 10 minutes after about 150 attempts in 10 minutes (protocols:
// reconnect guide); REST shares the edge, so a retry storm would also kill back-fill. Not
// thread-safe.
class AttemptBudget {
 public:
  AttemptBudget(std::size_t attempts_max, base::Duration window)
      : attempts_max_(attempts_max), window_(window) {}

  // The first moment at or after `wanted` at which one more attempt fits.
  base::Instant earliest(base::Instant wanted) const;
  void record(base::Instant now);
  // New limit at a reload. A higher one counts from what a lower one remembered.
  void set_attempts_max(std::size_t attempts_max);

 private:
  std::size_t attempts_max_;
  base::Duration window_;
  std::deque<base::Instant> attempts_;  // the last attempts_max_ at most, oldest first
};

}  // namespace tickwitness::feed
