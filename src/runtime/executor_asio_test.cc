#include "runtime/executor_asio.h"

#include <gtest/gtest.h>

#include <atomic>
#include <csignal>
#include <optional>
#include <thread>
#include <vector>

namespace tickwitness::runtime {
namespace {
using std::chrono::hours;
using std::chrono::milliseconds;

TEST(AsioExecutor, RunsTasksOfEachThreadInOrder) {
  constexpr int kThreads = 3;
  constexpr int kTasks = 1000;
  AsioExecutor executor;
  std::vector<std::vector<int>> seen(kThreads);
  int left = kThreads * kTasks;
  std::vector<std::thread> threads;
  for (int thread = 0; thread < kThreads; ++thread) {
    threads.emplace_back([&, thread] {
      for (int task = 0; task < kTasks; ++task) {
        executor.post([&, thread, task] {
          seen[static_cast<std::size_t>(thread)].push_back(task);
          if (--left == 0) executor.stop();
        });
      }
    });
  }
  executor.run();
  for (std::thread& thread : threads) thread.join();
  for (const auto& tasks : seen) {
    ASSERT_EQ(tasks.size(), std::size_t{kTasks});
    EXPECT_TRUE(std::is_sorted(tasks.begin(), tasks.end()));
  }
}

TEST(AsioExecutor, StopBeforeRunEndsTheRun) {
  AsioExecutor executor;
  executor.stop();
  executor.run();
  bool ran = false;
  executor.post([&] {
    ran = true;
    executor.stop();
  });
  executor.run();
  EXPECT_TRUE(ran);
}

TEST(AsioExecutor, StepsThroughTasksOneByOne) {
  AsioExecutor executor;
  int ran = 0;
  executor.post([&] { ++ran; });
  executor.post([&] { ++ran; });
  EXPECT_TRUE(executor.run_one_for(milliseconds(0)));
  EXPECT_EQ(ran, 1);
  EXPECT_TRUE(executor.run_one_for(milliseconds(1)));
  EXPECT_EQ(ran, 2);
  EXPECT_FALSE(executor.run_one_for(milliseconds(0)));
  EXPECT_FALSE(executor.run_one_for(milliseconds(1)));
}

TEST(AsioExecutor, ClockRunsForward) {
  const AsioExecutor executor;
  const base::Now first = executor.clock().now();
  const base::Now second = executor.clock().now();
  EXPECT_LE(first.mono, second.mono);
  EXPECT_GT(first.wall, base::WallTime(hours(24 * 365 * 50)));
}

TEST(AsioTimer, ExpiresInOrderOfDeadlines) {
  AsioExecutor executor;
  const base::Instant now = executor.clock().now().mono;
  const auto late = executor.make_timer();
  const auto soon = executor.make_timer();
  std::vector<int> expired;
  late->arm(now + milliseconds(2), [&] {
    expired.push_back(2);
    executor.stop();
  });
  soon->arm(now + milliseconds(1), [&] { expired.push_back(1); });
  executor.run();
  EXPECT_EQ(expired, (std::vector{1, 2}));
}

TEST(AsioTimer, ArmingAgainReplacesEvenAnExpiredDeadline) {
  AsioExecutor executor;
  const auto timer = executor.make_timer();
  std::vector<int> expired;
  timer->arm(base::Instant{}, [&] { expired.push_back(1); });
  timer->arm(base::Instant{}, [&] {
    expired.push_back(2);
    executor.stop();
  });
  executor.run();
  EXPECT_EQ(expired, std::vector{2});
}

TEST(AsioTimer, TellsHowLongAfterItWasDueItRuns) {
  AsioExecutor executor;
  std::vector<base::Duration> lags;
  executor.watch_lag([&](base::Duration lag) { lags.push_back(lag); });
  const auto now = [&] { return executor.clock().now().mono; };
  const auto timer = executor.make_timer();
  bool ran = false;
  const auto expired = [&] { ran = true; };

  const base::Instant due = now() + milliseconds(3);
  timer->arm(due, expired);
  while (now() < due + milliseconds(1)) {  // the thread does something else
  }
  const base::Instant before = now();
  while (!ran) executor.run_one_for(milliseconds(1));
  ASSERT_EQ(lags.size(), 1U);
  EXPECT_GE(lags[0], before - due);
  EXPECT_LE(lags[0], now() - due);

  const base::Instant armed = now();  // late at once, but not for an hour
  ran = false;
  timer->arm(armed - hours(1), expired);
  while (!ran) executor.run_one_for(milliseconds(1));
  ASSERT_EQ(lags.size(), 2U);
  EXPECT_GE(lags[1], base::Duration::zero());
  EXPECT_LE(lags[1], now() - armed);

  timer->arm(now() - hours(1), expired);
  timer->cancel();
  ran = false;
  executor.watch_lag(nullptr);
  timer->arm(now(), expired);
  while (!ran) executor.run_one_for(milliseconds(1));
  EXPECT_EQ(lags.size(), 2U);
}

TEST(AsioTimer, CancelledAndDestroyedTimersStaySilent) {
  AsioExecutor executor;
  const auto cancelled = executor.make_timer();
  auto destroyed = executor.make_timer();
  const auto last = executor.make_timer();
  int calls = 0;
  cancelled->arm(base::Instant{}, [&] { ++calls; });
  destroyed->arm(base::Instant{}, [&] { ++calls; });
  cancelled->cancel();
  destroyed.reset();
  last->arm(executor.clock().now().mono + milliseconds(1), [&] { executor.stop(); });
  executor.run();
  EXPECT_EQ(calls, 0);
}

TEST(AsioTimer, MayArmItselfAndBeDestroyedInItsOwnCallback) {
  AsioExecutor executor;
  auto timer = executor.make_timer();
  int calls = 0;
  std::function<void()> again = [&] {
    if (++calls < 3) {
      timer->arm(base::Instant{}, again);
    } else {
      timer.reset();
      executor.stop();
    }
  };
  timer->arm(base::Instant{}, again);
  executor.run();
  EXPECT_EQ(calls, 3);
}

TEST(SignalWatch, HandsEachSignalToTheExecutorUntilDestroyed) {
  AsioExecutor executor;
  std::vector<int> seen;
  std::optional<SignalWatch> watch;
  watch.emplace(executor, std::initializer_list<int>{SIGHUP, SIGUSR1}, [&](int signal) {
    seen.push_back(signal);
    if (seen.size() == 1) {
      std::raise(SIGUSR1);
    } else {
      executor.stop();
    }
  });
  std::raise(SIGHUP);
  executor.run();
  EXPECT_EQ(seen, (std::vector{SIGHUP, SIGUSR1}));
}

}  // namespace
}  // namespace tickwitness::runtime
