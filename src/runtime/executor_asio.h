// The real executor: one Asio io_context, run by one thread. Asio itself stays behind
// runtime/asio_native.h, for net/ and this room's own files.
#pragma once

#include <functional>
#include <initializer_list>
#include <memory>

#include "base/time.h"
#include "runtime/clock.h"
#include "runtime/executor.h"

namespace tickwitness::runtime {

class AsioExecutor final : public Executor {
 public:
  AsioExecutor();
  ~AsioExecutor() override;
  AsioExecutor(const AsioExecutor&) = delete;
  AsioExecutor& operator=(const AsioExecutor&) = delete;

  // Runs tasks on the calling thread, which is the executor's thread from now on, until stop().
  // May be called again after it returned.
  void run();
  // Thread-safe. Tasks not yet run stay queued for the next run().
  void stop();
  // `watch` gets, on the executor's thread, how long after it was due each timer runs; one that was
  // armed for the past is due at once. Null: nobody is told. Not while run() runs.
  void watch_lag(std::function<void(base::Duration)> watch);
  // Runs at most one task, waiting up to `wait` for it; true if one ran. For tests and tools that
  // step by themselves instead of run().
  bool run_one_for(base::Duration wait);

  void post(std::function<void()> task) override;
  std::unique_ptr<Timer> make_timer() override;
  const Clock& clock() const override { return clock_; }

  struct Native;
  Native& native() { return *native_; }

 private:
  SystemClock clock_;
  std::unique_ptr<Native> native_;
};

// Calls `on_signal` on the executor's thread for each of the signals, until destroyed. Meanwhile
// their default action is off. One watch per signal and process.
class SignalWatch {
 public:
  SignalWatch(AsioExecutor& executor, std::initializer_list<int> signals,
              std::function<void(int)> on_signal);
  ~SignalWatch();
  SignalWatch(const SignalWatch&) = delete;
  SignalWatch& operator=(const SignalWatch&) = delete;

 private:
  struct State;
  std::shared_ptr<State> state_;
};

}  // namespace tickwitness::runtime
