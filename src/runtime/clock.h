// The seam to time. The product has SystemClock; simulation and tests have clocks of their own.
#pragma once

#include "base/time.h"

namespace tickwitness::runtime {

// Thread-safe.
class Clock {
 public:
  virtual ~Clock() = default;
  virtual base::Now now() const = 0;
};

class SystemClock final : public Clock {
 public:
  base::Now now() const override;
};

}  // namespace tickwitness::runtime
