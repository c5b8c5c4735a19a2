// Distributions drawn with whole-number arithmetic only: the same on every compiler and machine.
#pragma once

#include "base/prng.h"
#include "base/time.h"

namespace tickwitness::sim {

// Exponentially distributed with the given mean (≥ 0), by von Neumann's comparison of uniform
// numbers: no logarithm.
base::Duration exponential(base::Prng& prng, base::Duration mean);

// Bell-shaped around 0 with standard deviation 4, within ±32: the surplus of ones in 64 coin flips.
int bell(base::Prng& prng);

// 0, 1, 2 … `most`, each half as likely as the one before.
int halving(base::Prng& prng, int most);

}  // namespace tickwitness::sim
