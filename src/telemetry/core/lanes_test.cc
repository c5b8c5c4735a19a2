#include "telemetry/core/lanes.h"

#include <gtest/gtest.h>
#include <sys/wait.h>
#include <unistd.h>

#include <numeric>
#include <thread>
#include <vector>

#include "telemetry/core/exposition.h"
#include "telemetry/core/registry.h"

namespace tickwitness::telemetry::core {
namespace {

using std::chrono::milliseconds;

// 400 threads come and go under a scraper that never rests: counts are exact, nothing ever falls,
// every snapshot is whole.
TEST(Lanes, ThreadsComeAndGoUnderAScraper) {
  constexpr int kThreads = 400;
  constexpr std::uint64_t kEach = 500;
  Registry registry;
  const Counter hits = registry.counter("hits_total", "").at();
  const FractionalCounter seconds = registry.fractional_counter("busy_seconds_total", "").at();
  const Histogram delay = registry.histogram("delay_seconds", "", {milliseconds(2)}).at();
  std::atomic<bool> done{false};
  std::uint64_t wrong = 0;
  std::thread scraper([&] {
    std::uint64_t last_hits = 0;
    std::uint64_t last_count = 0;
    double last_seconds = 0;
    while (!done.load()) {
      const std::uint64_t now_hits = hits.value();
      const double now_seconds = seconds.value();
      const HistogramSnapshot snapshot = delay.snapshot();
      const std::uint64_t total =
          std::accumulate(snapshot.buckets.begin(), snapshot.buckets.end(), std::uint64_t{0});
      if (now_hits < last_hits || now_seconds < last_seconds || snapshot.count < last_count ||
          total != snapshot.count || snapshot.sum > total * 1'000'000 ||
          snapshot.sum + 20'000'000 < total * 1'000'000) {  // one of each writer may be under way
        ++wrong;
      }
      last_hits = now_hits;
      last_seconds = now_seconds;
      last_count = snapshot.count;
    }
  });
  std::vector<std::thread> alive;
  for (int t = 0; t < kThreads; ++t) {
    alive.emplace_back([&] {
      for (std::uint64_t i = 0; i < kEach; ++i) {
        hits.inc();
        seconds.add(0.25);
        delay.observe(milliseconds(1));
      }
    });
    if (alive.size() < 20) continue;  // some at once, and lanes change hands
    for (auto& thread : alive) thread.join();
    alive.clear();
  }
  for (auto& thread : alive) thread.join();
  done.store(true);
  scraper.join();
  EXPECT_EQ(wrong, 0U);
  EXPECT_EQ(hits.value(), kThreads * kEach);
  EXPECT_EQ(seconds.value(), 0.25 * kThreads * kEach);
  EXPECT_EQ(delay.snapshot().count, kThreads * kEach);
}

TEST(Lanes, LanesAreHandedOn) {
  Registry registry;
  const Counter hits = registry.counter("hits_total", "").at();
  std::thread([&] { hits.inc(); }).join();
  const std::uint32_t before = lanes::count();
  for (int i = 0; i < 100; ++i) std::thread([&] { hits.inc(); }).join();
  EXPECT_EQ(lanes::count(), before);
  EXPECT_EQ(hits.value(), 101U);
}

// The destructors of a thread's own variables run in the opposite order of their first use: this
// one is made before the thread's lane, so it counts when the lane has gone.
struct CountsAtTheEnd {
  const Counter* counter = nullptr;
  const Histogram* histogram = nullptr;
  ~CountsAtTheEnd() {
    if (counter == nullptr) return;
    counter->inc();
    histogram->observe(milliseconds(1));
  }
};

TEST(Lanes, WritesOfAThreadThatIsTornDownCount) {
  Registry registry;
  const Counter hits = registry.counter("hits_total", "").at();
  const Histogram delay = registry.histogram("delay_seconds", "", {milliseconds(2)}).at();
  for (int i = 0; i < 50; ++i) {
    std::thread([&] {
      static thread_local CountsAtTheEnd late;
      late.counter = &hits;
      late.histogram = &delay;
      hits.inc();
    }).join();
  }
  EXPECT_EQ(hits.value(), 100U);
  EXPECT_EQ(delay.snapshot().count, 50U);
  const Word word = registry[0].first()->word();
  EXPECT_EQ(lanes::common(word).load(), 50U);  // it was late indeed
}

TEST(Lanes, SharedWordsCountAsWell) {
  Registry registry;
  FamilyDecl decl{.name = "rare_total"};
  decl.shared = true;
  const Counter rare = CounterFamily(registry.add(decl)).at();
  const auto write = [&] {
    for (int i = 0; i < 10'000; ++i) rare.inc();
  };
  std::thread one(write);
  std::thread two(write);
  one.join();
  two.join();
  EXPECT_EQ(rare.value(), 20'000U);
}

TEST(Lanes, WordsThatWereGivenBackAreZeroAgain) {
  for (int round = 0; round < 5; ++round) {
    Registry registry;
    const Counter hits = registry.counter("hits_total", "").at();
    EXPECT_EQ(hits.value(), 0U);
    hits.add(7);
    std::thread([&] { hits.add(8); }).join();
    EXPECT_EQ(hits.value(), 15U);
  }
}

// What the child sees goes back as its exit code.
TEST(Lanes, AChildBeginsAtZeroAndTheParentKeepsItsCounts) {
  Registry registry;
  const Counter hits = registry.counter("hits_total", "").at();
  const Gauge warmth = registry.gauge("warmth", "").at();
  const Histogram delay = registry.histogram("delay_seconds", "", {milliseconds(2)}).at();
  const Summary recent = registry.summary("recent_seconds", "", {0.5}).at();
  recent.observe(milliseconds(5));
  registry.tick(std::chrono::seconds(1));
  hits.add(5);
  warmth.set(21);
  delay.observe(milliseconds(1));
  std::thread([&] { hits.add(6); }).join();
  std::atomic<bool> stop{false};
  std::thread busy([&] {  // fork() finds it in the middle of things
    for (int i = 0; !stop.load(); ++i)
      registry.counter("made_total", "", {"i"}).at(std::to_string(i % 5000));
  });
  for (int round = 0; round < 20; ++round) {
    const pid_t child = ::fork();
    ASSERT_GE(child, 0);
    if (child == 0) {
      bool good =
          hits.value() == 0 && delay.snapshot().count == 0 &&
          render(registry, {.names = {"warmth"}}).empty() &&
          render(registry, {.names = {"recent_seconds"}}).find("quantile") == std::string::npos;
      hits.add(3);
      warmth.set(1);
      delay.observe(milliseconds(1));
      registry.counter("childs_total", "").at().inc();
      good = good && hits.value() == 3 && delay.snapshot().count == 1;
      ::_exit(good ? 0 : 1);
    }
    int status = 0;
    ASSERT_EQ(::waitpid(child, &status, 0), child);
    EXPECT_TRUE(WIFEXITED(status) && WEXITSTATUS(status) == 0);
  }
  stop.store(true);
  busy.join();
  EXPECT_EQ(hits.value(), 11U);
  EXPECT_EQ(delay.snapshot().count, 1U);
  EXPECT_EQ(render(registry, {.names = {"warmth"}}),
            "# HELP warmth \n# TYPE warmth gauge\nwarmth 21\n");
}

}  // namespace
}  // namespace tickwitness::telemetry::core
