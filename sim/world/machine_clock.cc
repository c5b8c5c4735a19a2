#include "sim/world/machine_clock.h"

namespace tickwitness::sim {
namespace {

__extension__ using Product = __int128;
constexpr std::int64_t kBillion = 1'000'000'000;

base::Duration scaled(base::Duration duration, std::int64_t ppb) {
  return base::Duration(static_cast<std::int64_t>(static_cast<Product>(duration.count()) *
                                                  (kBillion + ppb) / kBillion));
}

}  // namespace

MachineClock::MachineClock(const base::Duration& true_time, base::Now at_start)
    : true_time_(true_time),
      anchor_(true_time),
      anchor_mono_(at_start.mono),
      wall_ahead_(at_start.wall.time_since_epoch() - at_start.mono.time_since_epoch()) {}

base::Instant MachineClock::mono_at(base::Duration true_time) const {
  return anchor_mono_ + scaled(true_time - anchor_, drift_ppb_);
}

base::Now MachineClock::now() const {
  const base::Instant mono = mono_at(true_time_);
  return {mono, base::WallTime(mono.time_since_epoch() + wall_ahead_)};
}

base::Duration MachineClock::when(base::Instant instant) const {
  if (instant <= anchor_mono_) return anchor_;
  const auto ahead = static_cast<Product>((instant - anchor_mono_).count());
  base::Duration at =
      anchor_ +
      base::Duration(static_cast<std::int64_t>(ahead * kBillion / (kBillion + drift_ppb_)));
  while (mono_at(at) < instant) at += base::Duration(1);  // division rounded down: a step or two
  return at;
}

void MachineClock::set_drift(std::int64_t ppb) {
  anchor_mono_ = mono_at(true_time_);
  anchor_ = true_time_;
  drift_ppb_ = ppb;
}

}  // namespace tickwitness::sim
