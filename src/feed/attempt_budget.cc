#include "feed/attempt_budget.h"

#include <algorithm>

namespace tickwitness::feed {

base::Instant AttemptBudget::earliest(base::Instant wanted) const {
  if (attempts_.size() < attempts_max_) return wanted;
  return std::max(wanted, attempts_[attempts_.size() - attempts_max_] + window_);
}

void AttemptBudget::record(base::Instant now) {
  attempts_.push_back(now);
  while (attempts_.size() > attempts_max_) attempts_.pop_front();
}

void AttemptBudget::set_attempts_max(std::size_t attempts_max) {
  attempts_max_ = attempts_max;
  while (attempts_.size() > attempts_max_) attempts_.pop_front();
}

}  // namespace tickwitness::feed
