#include "base/backoff.h"

#include <algorithm>

namespace tickwitness::base {
namespace {

Duration scaled(Duration duration, double factor) {
  return Duration(static_cast<std::int64_t>(static_cast<double>(duration.count()) * factor));
}

}  // namespace

Backoff::Backoff(const BackoffSettings& settings, Prng random)
    : settings_(settings), random_(random) {}

Duration Backoff::next() {
  const double draw = random_.unit();
  if (attempts_++ == 0) return scaled(settings_.immediate_max, draw);
  Duration delay = settings_.first;
  for (int i = 2; i < attempts_ && delay < settings_.max; ++i) delay *= 2;
  delay = std::min(delay, settings_.max);
  return scaled(delay, 1.0 + settings_.jitter * (2.0 * draw - 1.0));
}

}  // namespace tickwitness::base
