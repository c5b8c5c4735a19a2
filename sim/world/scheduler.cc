#include "sim/world/scheduler.h"

#include <algorithm>
#include <stdexcept>
#include <utility>

namespace tickwitness::sim {
namespace {

constexpr std::uint64_t kStepsAtOnceMax = 10'000'000;  // in one moment of virtual time

}  // namespace

class Role::RoleTimer final : public runtime::Timer {
 public:
  explicit RoleTimer(Role& role) : role_(role), life_(role.life_) {}
  ~RoleTimer() override { RoleTimer::cancel(); }
  RoleTimer(const RoleTimer&) = delete;
  RoleTimer& operator=(const RoleTimer&) = delete;

  void arm(base::Instant deadline, std::function<void()> on_expiry) override {
    cancel();
    if (life_ != role_.life_) return;
    then_ = std::move(on_expiry);
    wait(deadline);
  }

  void cancel() override {
    *alive_ = false;
    alive_ = std::make_shared<bool>(true);
    if (event_ != 0) role_.scheduler_.cancel(std::exchange(event_, 0));
    then_ = nullptr;
  }

 private:
  void wait(base::Instant deadline) {
    Scheduler& scheduler = role_.scheduler_;
    event_ = scheduler.at(role_.clock_.when(deadline), [this, deadline] {
      event_ = 0;
      if (life_ != role_.life_) return;
      // A clock that was made slower meanwhile has not got there yet.
      if (role_.clock_.now().mono < deadline) return wait(deadline);
      role_.post([this, alive = alive_] {
        if (*alive) std::exchange(then_, nullptr)();
      });
    });
  }

  Role& role_;
  std::uint64_t life_;
  std::function<void()> then_;
  Scheduler::EventId event_ = 0;
  // False once cancelled: an expiry that is already posted must not run.
  std::shared_ptr<bool> alive_ = std::make_shared<bool>(true);
};

Role::Role(Scheduler& scheduler, std::string name, const MachineClock& clock)
    : scheduler_(scheduler), name_(std::move(name)), clock_(clock) {
  scheduler_.roles_.push_back(this);
}

Role::~Role() {
  std::erase(scheduler_.roles_, this);
}

void Role::post(std::function<void()> task) {
  if (tasks_.empty() && jitter_one_in_ != 0 && scheduler_.random_.below(jitter_one_in_) == 0) {
    const auto most = static_cast<std::uint64_t>(jitter_most_.count()) + 1;
    stall_until(scheduler_.now_ +
                base::Duration(static_cast<std::int64_t>(scheduler_.random_.below(most))));
  }
  tasks_.push_back(std::move(task));
  queued_max_ = std::max(queued_max_, tasks_.size());
}

std::unique_ptr<runtime::Timer> Role::make_timer() {
  return std::make_unique<RoleTimer>(*this);
}

void Role::stall_until(base::Duration true_time) {
  if (true_time <= held_until_) return;
  held_until_ = true_time;
  scheduler_.at(true_time, [] {});  // so that time comes to stand there
}

void Role::set_jitter(std::uint64_t one_in, base::Duration most) {
  jitter_one_in_ = one_in;
  jitter_most_ = most;
}

void Role::kill() {
  ++life_;
  release();
  tasks_.clear();
  queued_max_ = 0;
}

Scheduler::EventId Scheduler::at(base::Duration true_time, std::function<void()> what) {
  std::uint32_t slot = 0;
  if (free_.empty()) {
    slot = static_cast<std::uint32_t>(slots_.size());
    slots_.emplace_back();
  } else {
    slot = free_.back();
    free_.pop_back();
  }
  slots_[slot].what = std::move(what);
  const EventId id = (static_cast<EventId>(++slots_[slot].generation) << 32) | slot;
  due_.push({std::max(true_time, now_), ++order_, id});
  return id;
}

void Scheduler::cancel(EventId id) {
  const auto slot = static_cast<std::uint32_t>(id);
  if (slot >= slots_.size() || slots_[slot].generation != id >> 32 || !slots_[slot].what) return;
  slots_[slot].what = nullptr;
  ++slots_[slot].generation;
  free_.push_back(slot);
}

bool Scheduler::run_one_task() {
  Role* chosen = nullptr;
  std::uint64_t candidates = 0;
  for (Role* role : roles_) {
    if (role->tasks_.empty() || role->held_until_ > now_) continue;
    ++candidates;
    if (candidates == 1 || random_.below(candidates) == 0) chosen = role;
  }
  if (chosen == nullptr) return false;
  const auto task = std::move(chosen->tasks_.front());
  chosen->tasks_.pop_front();
  ++steps_;
  task();
  return true;
}

bool Scheduler::run_one_event(base::Duration limit) {
  while (!due_.empty()) {
    const Due next = due_.top();
    const auto slot = static_cast<std::uint32_t>(next.id);
    if (slots_[slot].generation != next.id >> 32) {  // cancelled
      due_.pop();
      continue;
    }
    if (next.at > limit) return false;
    due_.pop();
    now_ = next.at;
    const auto what = std::exchange(slots_[slot].what, nullptr);
    ++slots_[slot].generation;
    free_.push_back(slot);
    ++steps_;
    what();
    return true;
  }
  return false;
}

void Scheduler::run_until(base::Duration true_time) {
  base::Duration moment = now_;
  std::uint64_t begun = steps_;
  // All that is due at a moment first: only then do the roles that it wakes compete for their turn.
  while (run_one_event(now_) || run_one_task() || run_one_event(true_time)) {
    if (now_ != moment) {
      moment = now_;
      begun = steps_;
    }
    if (steps_ - begun > kStepsAtOnceMax) {
      throw std::runtime_error("time stands still: somebody posts to himself without end");
    }
  }
  now_ = std::max(now_, true_time);
}

}  // namespace tickwitness::sim
