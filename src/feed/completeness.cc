#include "feed/completeness.h"

#include <algorithm>

namespace tickwitness::feed {

DayOfTrades& Completeness::at(base::WallTime time) {
  const auto day = std::chrono::floor<std::chrono::days>(time);
  if (last_hit_ < days_.size() && days_[last_hit_].day == day) return days_[last_hit_];
  if (days_.size() == kDaysMax && day < days_.front().day) return days_.front();
  auto found = std::ranges::lower_bound(days_, day, {}, &DayOfTrades::day);
  if (found == days_.end() || found->day != day) {
    found = days_.insert(found, {.day = day});
    if (days_.size() > kDaysMax) {
      days_.erase(days_.begin());
      --found;
    }
  }
  last_hit_ = static_cast<std::size_t>(found - days_.begin());
  return *found;
}

void Completeness::on_found(base::WallTime before, std::uint64_t count) {
  DayOfTrades& day = at(before);
  day.missing -= std::min(day.missing, count);
}

}  // namespace tickwitness::feed
