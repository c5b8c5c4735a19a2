// At most so many messages in any second.
#pragma once

#include <chrono>
#include <cstdint>
#include <deque>

#include "base/time.h"

namespace tickwitness::sim {

class MessageWindow {
 public:
  explicit MessageWindow(std::uint32_t per_second) : per_second_(per_second) {}

  // Whether one more is allowed now; if so it is counted.
  bool allow(base::Instant now) {
    while (!recent_.empty() && recent_.front() + std::chrono::seconds(1) <= now)
      recent_.pop_front();
    if (recent_.size() >= per_second_) return false;
    recent_.push_back(now);
    return true;
  }

 private:
  std::uint32_t per_second_;
  std::deque<base::Instant> recent_;
};

}  // namespace tickwitness::sim
