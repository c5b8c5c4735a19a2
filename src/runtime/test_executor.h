// An executor by hand: time that only tests move, tasks and timers that run when they say.
#pragma once

#include <algorithm>
#include <deque>
#include <functional>
#include <memory>
#include <utility>
#include <vector>

#include "runtime/executor.h"

namespace tickwitness::runtime::test {

using namespace std::chrono_literals;

class HandClock final : public Clock {
 public:
  base::Now now() const override {
    return {base::Instant(1000s + t), base::WallTime(1'700'000'000s + t)};
  }
  base::Duration t{0};
};

class HandExecutor final : public Executor {
 public:
  void post(std::function<void()> task) override { tasks_.push_back(std::move(task)); }
  std::unique_ptr<Timer> make_timer() override { return std::make_unique<HandTimer>(*this); }
  const Clock& clock() const override { return clock_; }

  void run_posted() {
    while (!tasks_.empty()) {
      const auto task = std::move(tasks_.front());
      tasks_.pop_front();
      task();
    }
  }
  // Serves every timer due until `t` seconds from the start, each at its own moment.
  void run_until(base::Duration t) {
    const auto at = [](const HandTimer* timer) { return timer->deadline; };
    for (;;) {
      run_posted();
      const auto next = std::ranges::min_element(armed_, {}, at);
      if (next == armed_.end() || (*next)->deadline > base::Instant(1000s + t)) break;
      HandTimer* timer = *next;
      clock_.t = std::max(clock_.t, timer->deadline - base::Instant(1000s));
      armed_.erase(next);
      const auto expired = std::exchange(timer->on_expiry, nullptr);
      expired();
    }
    clock_.t = t;
  }
  bool idle() const { return armed_.empty() && tasks_.empty(); }
  std::size_t posted() const { return tasks_.size(); }  // and not yet run
  base::Now now() const { return clock_.now(); }

 private:
  struct HandTimer final : Timer {
    explicit HandTimer(HandExecutor& e) : executor(e) {}
    ~HandTimer() override { HandTimer::cancel(); }
    void arm(base::Instant at, std::function<void()> then) override {
      cancel();
      deadline = at;
      on_expiry = std::move(then);
      executor.armed_.push_back(this);
    }
    void cancel() override { std::erase(executor.armed_, this); }
    HandExecutor& executor;
    base::Instant deadline{};
    std::function<void()> on_expiry;
  };

  HandClock clock_;
  std::deque<std::function<void()>> tasks_;
  std::vector<HandTimer*> armed_;
};

}  // namespace tickwitness::runtime::test
