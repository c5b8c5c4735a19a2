#include "sim/world/scheduler.h"

#include <gmock/gmock.h>

#include <set>

namespace tickwitness::sim {
namespace {

using namespace std::chrono_literals;
using testing::ElementsAre;

constexpr base::Now kStart{base::Instant(100h), base::WallTime(1'767'000'000s)};

struct Machine {
  explicit Machine(std::uint64_t seed = 1) : scheduler(base::Prng(seed)) {}
  Scheduler scheduler;
  MachineClock clock{scheduler.now(), kStart};
  Role engine{scheduler, "engine", clock};
  Role serve{scheduler, "serve", clock};
};

TEST(Scheduler, EventsHappenInTheOrderOfTimeThenOfAsking) {
  Scheduler scheduler{base::Prng(1)};
  std::vector<int> order;
  scheduler.at(2s, [&] { order.push_back(3); });
  scheduler.at(1s, [&] { order.push_back(1); });
  scheduler.at(1s, [&] { order.push_back(2); });
  scheduler.at(3s, [&] { order.push_back(4); });
  scheduler.run_until(2s);
  EXPECT_THAT(order, ElementsAre(1, 2, 3));
  EXPECT_EQ(scheduler.now(), 2s);
}

TEST(Scheduler, ACancelledEventDoesNotHappenNorOneThatTookItsPlace) {
  Scheduler scheduler{base::Prng(1)};
  std::vector<int> order;
  const auto first = scheduler.at(1s, [&] { order.push_back(1); });
  scheduler.cancel(first);
  scheduler.at(1s, [&] { order.push_back(2); });
  scheduler.cancel(first);  // stale: its place is another's now
  scheduler.run_until(2s);
  EXPECT_THAT(order, ElementsAre(2));
}

TEST(Scheduler, TasksOfOneRoleKeepTheirOrderThoseOfTwoDoNot) {
  std::set<std::string> orders;
  for (std::uint64_t seed = 0; seed < 30; ++seed) {
    Machine machine(seed);
    std::string order;
    machine.engine.post([&] { order += 'a'; });
    machine.engine.post([&] { order += 'b'; });
    machine.serve.post([&] { order += 'x'; });
    machine.scheduler.run_until(1s);
    EXPECT_LT(order.find('a'), order.find('b'));
    orders.insert(order);
  }
  EXPECT_THAT(orders, testing::UnorderedElementsAre("abx", "axb", "xab"));
}

TEST(Scheduler, ATimerFiresAtItsDeadlineByTheMachinesOwnClock) {
  Machine machine;
  machine.clock.set_drift(-50'000'000);  // 5 % slow
  std::vector<base::Duration> fired;
  const auto timer = machine.engine.make_timer();
  timer->arm(kStart.mono + 10s, [&] { fired.push_back(machine.scheduler.now()); });
  machine.scheduler.run_until(10s);
  EXPECT_TRUE(fired.empty());
  machine.scheduler.run_until(20s);
  ASSERT_EQ(fired.size(), 1U);
  EXPECT_GE(machine.clock.mono_at(fired[0]), kStart.mono + 10s);
  EXPECT_LT(machine.clock.mono_at(fired[0]), kStart.mono + 10s + 2ns);
}

TEST(Scheduler, ATimerWaitsOnWhenTheClockWasSlowedMeanwhile) {
  Machine machine;
  base::Instant fired{};
  const auto timer = machine.engine.make_timer();
  timer->arm(kStart.mono + 10s, [&] { fired = machine.clock.now().mono; });
  machine.scheduler.run_until(1s);
  machine.clock.set_drift(-90'000'000);
  machine.scheduler.run_until(60s);
  EXPECT_EQ(fired, kStart.mono + 10s);
}

TEST(Scheduler, ArmingAgainReplacesAndCancellingStopsAnExpiryThatIsAlreadyPosted) {
  Machine machine;
  std::vector<int> fired;
  const auto timer = machine.engine.make_timer();
  timer->arm(kStart.mono + 1s, [&] { fired.push_back(1); });
  timer->arm(kStart.mono + 2s, [&] { fired.push_back(2); });
  machine.scheduler.run_until(3s);
  EXPECT_THAT(fired, ElementsAre(2));
  timer->arm(kStart.mono + 4s, [&] { fired.push_back(3); });
  machine.engine.stall_until(10s);
  machine.scheduler.run_until(5s);  // due, posted, not run
  timer->cancel();
  machine.scheduler.run_until(20s);
  EXPECT_THAT(fired, ElementsAre(2));
}

TEST(Scheduler, AStalledRoleWaitsOthersGoOn) {
  Machine machine;
  base::Duration ran{0};
  bool served = false;
  machine.engine.stall_until(5s);
  machine.engine.post([&] { ran = machine.scheduler.now(); });
  machine.serve.post([&] { served = true; });
  machine.scheduler.run_until(1s);
  EXPECT_TRUE(served);
  EXPECT_EQ(machine.engine.queued(), 1U);
  machine.scheduler.run_until(6s);
  EXPECT_EQ(ran, 5s);
  EXPECT_EQ(machine.engine.queued_max(), 1U);
}

TEST(Scheduler, AKilledRoleForgetsItsTasksAndItsTimers) {
  Machine machine;
  int ran = 0;
  const auto timer = machine.engine.make_timer();
  machine.engine.post([&] { ++ran; });
  machine.engine.kill();
  timer->arm(kStart.mono + 1s, [&] { ++ran; });  // of the life that ended
  machine.scheduler.run_until(5s);
  EXPECT_EQ(ran, 0);
  const auto next = machine.engine.make_timer();
  next->arm(kStart.mono + 6s, [&] { ++ran; });
  machine.scheduler.run_until(7s);
  EXPECT_EQ(ran, 1);
}

TEST(MachineClock, WallStepsMonotonicDoesNot) {
  base::Duration time{0};
  MachineClock clock(time, kStart);
  time = 10s;
  clock.step_wall(-1h);
  EXPECT_EQ(clock.now().mono, kStart.mono + 10s);
  EXPECT_EQ(clock.now().wall, kStart.wall + 10s - 1h);
}

TEST(MachineClock, WhenIsTheFirstMomentThatShowsTheInstant) {
  base::Duration time{0};
  MachineClock clock(time, kStart);
  for (const std::int64_t ppb : {0L, 37L, -37L, 90'000'000L, -90'000'000L}) {
    clock.set_drift(ppb);
    for (const std::int64_t ahead : {1L, 999L, 1'000'000'007L, 86'400'000'000'000L}) {
      const base::Instant wanted = clock.mono_at(time) + base::Duration(ahead);
      const base::Duration at = clock.when(wanted);
      EXPECT_GE(clock.mono_at(at), wanted);
      EXPECT_LT(clock.mono_at(at - 1ns), wanted);
    }
    time += 1h;
  }
}

}  // namespace
}  // namespace tickwitness::sim
