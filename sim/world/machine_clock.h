// The clocks of one simulated machine: both may run fast or slow against true time, the wall clock
// may step as well.
#pragma once

#include <cstdint>

#include "base/time.h"
#include "runtime/clock.h"

namespace tickwitness::sim {

// True time is the world's own: a duration since its start, which never falls. Not thread-safe.
class MachineClock final : public runtime::Clock {
 public:
  // `true_time` is read whenever somebody asks for the time, and outlives the clock.
  MachineClock(const base::Duration& true_time, base::Now at_start);

  base::Now now() const override;
  base::Instant mono_at(base::Duration true_time) const;
  // The first true time at which the monotonic clock shows `instant` or later.
  base::Duration when(base::Instant instant) const;

  // From now on the clocks gain this many nanoseconds in each true second; |ppb| < 10^8.
  void set_drift(std::int64_t ppb);
  // The wall clock jumps; the monotonic one does not.
  void step_wall(base::Duration by) { wall_ahead_ += by; }

 private:
  const base::Duration& true_time_;
  base::Duration anchor_;      // the true time since which the drift holds
  base::Instant anchor_mono_;  // what the monotonic clock showed then
  base::Duration wall_ahead_;  // wall clock minus monotonic clock
  std::int64_t drift_ppb_ = 0;
};

}  // namespace tickwitness::sim
