#include "runtime/clock.h"

namespace tickwitness::runtime {

base::Now SystemClock::now() const {
  return {.mono = base::Instant(std::chrono::duration_cast<base::Duration>(
              std::chrono::steady_clock::now().time_since_epoch())),
          .wall = std::chrono::time_point_cast<base::Duration>(std::chrono::system_clock::now())};
}

}  // namespace tickwitness::runtime
