#include "runtime/executor_asio.h"

#include <algorithm>
#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/signal_set.hpp>
#include <boost/asio/steady_timer.hpp>
#include <cstdint>
#include <utility>

#include "runtime/asio_native.h"

namespace tickwitness::runtime {
namespace asio = boost::asio;
namespace {

class AsioTimer final : public Timer {
 public:
  explicit AsioTimer(AsioExecutor& executor) : state_(std::make_shared<State>(executor)) {}
  ~AsioTimer() override { cancel(); }
  AsioTimer(const AsioTimer&) = delete;
  AsioTimer& operator=(const AsioTimer&) = delete;

  void arm(base::Instant deadline, std::function<void()> on_expiry) override {
    // An expiry may already be queued when the timer is armed again: the generation tells it apart.
    const std::uint64_t generation = ++state_->generation;
    state_->on_expiry = std::move(on_expiry);
    state_->due = deadline;
    if (state_->native.watch_lag) state_->due = std::max(deadline, state_->clock.now().mono);
    state_->timer.expires_at(asio::steady_timer::time_point(
        std::chrono::duration_cast<asio::steady_timer::duration>(deadline.time_since_epoch())));
    state_->timer.async_wait([state = state_, generation](const boost::system::error_code&) {
      if (state->generation != generation) return;
      if (const auto& watch = state->native.watch_lag) watch(state->clock.now().mono - state->due);
      const std::function<void()> expired = std::exchange(state->on_expiry, nullptr);
      if (expired) expired();
    });
  }

  void cancel() override {
    ++state_->generation;
    state_->on_expiry = nullptr;
    state_->timer.cancel();
  }

 private:
  struct State {
    explicit State(AsioExecutor& executor)
        : native(executor.native()), clock(executor.clock()), timer(native.context) {}
    AsioExecutor::Native& native;
    const Clock& clock;
    asio::steady_timer timer;
    base::Instant due{};
    std::uint64_t generation = 0;
    std::function<void()> on_expiry;
  };
  std::shared_ptr<State> state_;
};

}  // namespace

AsioExecutor::AsioExecutor() : native_(std::make_unique<Native>()) {}
AsioExecutor::~AsioExecutor() = default;

void AsioExecutor::run() {
  const auto guard = asio::make_work_guard(native_->context);
  native_->context.restart();
  native_->context.run();
}

void AsioExecutor::stop() {
  // As a task: a stop() that comes before run() must still end it.
  asio::post(native_->context, [this] { native_->context.stop(); });
}

void AsioExecutor::watch_lag(std::function<void(base::Duration)> watch) {
  native_->watch_lag = std::move(watch);
}

bool AsioExecutor::run_one_for(base::Duration wait) {
  const auto guard = asio::make_work_guard(native_->context);
  native_->context.restart();
  // run_one_for(0) runs nothing at all, not even what is ready.
  if (wait <= base::Duration::zero()) return native_->context.poll_one() == 1;
  return native_->context.run_one_for(wait) == 1;
}

void AsioExecutor::post(std::function<void()> task) {
  asio::post(native_->context, std::move(task));
}

std::unique_ptr<Timer> AsioExecutor::make_timer() {
  return std::make_unique<AsioTimer>(*this);
}

struct SignalWatch::State : std::enable_shared_from_this<SignalWatch::State> {
  State(asio::io_context& context, std::function<void(int)> callback)
      : signals(context), on_signal(std::move(callback)) {}

  void wait() {
    signals.async_wait(
        [self = shared_from_this()](const boost::system::error_code& error, int signal) {
          if (error || self->cancelled) return;
          self->wait();
          self->on_signal(signal);
        });
  }

  asio::signal_set signals;
  std::function<void(int)> on_signal;
  bool cancelled = false;
};

SignalWatch::SignalWatch(AsioExecutor& executor, std::initializer_list<int> signals,
                         std::function<void(int)> on_signal)
    : state_(std::make_shared<State>(executor.native().context, std::move(on_signal))) {
  for (const int signal : signals) state_->signals.add(signal);
  state_->wait();
}

SignalWatch::~SignalWatch() {
  state_->cancelled = true;
  state_->signals.cancel();
}

}  // namespace tickwitness::runtime
