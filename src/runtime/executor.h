// The seam to threads and timers: one executor per role thread; everything on it runs in turn,
// never at once.
#pragma once

#include <functional>
#include <memory>

#include "base/time.h"
#include "runtime/clock.h"

namespace tickwitness::runtime {

// One deadline at a time; arming again replaces it. All calls on the executor's thread. Destroying
// it cancels.
class Timer {
 public:
  virtual ~Timer() = default;
  virtual void arm(base::Instant deadline, std::function<void()> on_expiry) = 0;
  virtual void cancel() = 0;
};

class Executor {
 public:
  virtual ~Executor() = default;
  // Thread-safe; runs `task` later on the executor's thread, in order of posting.
  virtual void post(std::function<void()> task) = 0;
  virtual std::unique_ptr<Timer> make_timer() = 0;
  virtual const Clock& clock() const = 0;
};

}  // namespace tickwitness::runtime
