// Virtual time and everything that waits for it, in one thread. Roles that are threads in the
// product take turns here in an order that the seed draws.
#pragma once

#include <cstdint>
#include <deque>
#include <functional>
#include <memory>
#include <queue>
#include <string>
#include <vector>

#include "base/prng.h"
#include "base/time.h"
#include "runtime/executor.h"
#include "sim/world/machine_clock.h"

namespace tickwitness::sim {

class Scheduler;

// What stands for a thread of the product: tasks and timers on it run in turn, and may be held up
// as an operating system holds threads up.
class Role final : public runtime::Executor {
 public:
  Role(Scheduler& scheduler, std::string name, const MachineClock& clock);
  ~Role() override;
  Role(const Role&) = delete;
  Role& operator=(const Role&) = delete;

  void post(std::function<void()> task) override;
  std::unique_ptr<runtime::Timer> make_timer() override;
  const runtime::Clock& clock() const override { return clock_; }
  const MachineClock& machine_clock() const { return clock_; }

  // Nothing of it runs before that true time; what comes meanwhile waits.
  void stall_until(base::Duration true_time);
  // How often a role that has something to do is kept waiting: once in `one_in` times (0: never),
  // by up to `most`.
  void set_jitter(std::uint64_t one_in, base::Duration most);
  // As when its process is killed: tasks that wait are gone, timers do not fire. Timers that still
  // exist may be destroyed later.
  void kill();
  // No longer held up.
  void release() { held_until_ = base::Duration{0}; }

  const std::string& name() const { return name_; }
  std::size_t queued() const { return tasks_.size(); }
  std::size_t queued_max() const { return queued_max_; }

 private:
  friend class Scheduler;
  class RoleTimer;

  Scheduler& scheduler_;
  std::string name_;
  const MachineClock& clock_;
  std::deque<std::function<void()>> tasks_;
  std::size_t queued_max_ = 0;
  base::Duration held_until_{0};
  std::uint64_t jitter_one_in_ = 0;
  base::Duration jitter_most_{0};
  std::uint64_t life_ = 0;  // timers of an earlier one do nothing
};

// Not thread-safe.
class Scheduler {
 public:
  explicit Scheduler(base::Prng random) : random_(random) {}
  Scheduler(const Scheduler&) = delete;
  Scheduler& operator=(const Scheduler&) = delete;

  // True time since the start.
  const base::Duration& now() const { return now_; }

  using EventId = std::uint64_t;
  // At that true time, or at once when it has passed. What is due at one moment happens in the
  // order of asking.
  EventId at(base::Duration true_time, std::function<void()> what);
  void cancel(EventId id);  // of one that has happened or was cancelled: nothing

  // Everything up to and at that true time; then it is now. Throws std::runtime_error when a moment
  // never ends.
  void run_until(base::Duration true_time);

 private:
  friend class Role;
  struct Slot {
    std::function<void()> what;
    std::uint32_t generation = 0;
  };
  struct Due {
    base::Duration at;
    std::uint64_t order;
    EventId id;
    bool operator>(const Due& other) const {
      return at != other.at ? at > other.at : order > other.order;
    }
  };

  bool run_one_task();
  bool run_one_event(base::Duration limit);

  base::Prng random_;
  base::Duration now_{0};
  std::uint64_t order_ = 0;
  std::uint64_t steps_ = 0;
  std::priority_queue<Due, std::vector<Due>, std::greater<>> due_;
  std::vector<Slot> slots_;
  std::vector<std::uint32_t> free_;
  std::vector<Role*> roles_;
};

}  // namespace tickwitness::sim
