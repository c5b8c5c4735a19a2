// How long to wait before the next connection attempt: at once after a first loss, then
// exponentially with jitter.
#pragma once

#include "base/prng.h"
#include "base/time.h"

namespace tickwitness::base {

struct BackoffSettings {
  Duration immediate_max =
      std::chrono::milliseconds(250);  // the first attempt waits 0 … this, so fleets spread
  Duration first = std::chrono::seconds(1);
  Duration max = std::chrono::seconds(60);
  double jitter = 0.2;  // ± share of the delay, 0 … 1
};

// Kraken's guide: immediately, then 1 s doubling to 60 s, with jitter. Not thread-safe.
class Backoff {
 public:
  Backoff(const BackoffSettings& settings, Prng random);
  Duration next();
  void reset() { attempts_ = 0; }
  // New limits at a reload; a wait that was already given stays as it was.
  void set_settings(const BackoffSettings& settings) { settings_ = settings; }

 private:
  BackoffSettings settings_;
  Prng random_;
  int attempts_ = 0;
};

}  // namespace tickwitness::base
