// How much faster than life the whole product runs in virtual time: the more, the more worlds a
// test sees. One thread.
#include <benchmark/benchmark.h>

#include "app/simulated_world.h"

namespace tickwitness::app {
namespace {

// One connection, four pairs, 50 market events per second, an hour, scraped and watched as any.
void one_connection_fifty_events(benchmark::State& state) {
  sim::Plan plan = *sim::with_faults(sim::draw_plan(1, std::chrono::hours(1)), {});
  plan.intervals = {1};
  plan.exchange.pairs = sim::default_pairs();
  double usual = 0;
  for (const auto& pair : plan.exchange.pairs) {
    usual += pair.trades_per_second + pair.quotes_per_second;
  }
  for (auto& pair : plan.exchange.pairs) {
    pair.trades_per_second *= 50 / usual;
    pair.quotes_per_second *= 50 / usual;
  }
  double virtual_seconds = 0;
  double frames = 0;
  for (auto _ : state) {
    const SimulationResult result = SimulatedWorld(plan).run();
    if (!result.report.failed().empty()) state.SkipWithError("a checker complained");
    virtual_seconds += base::seconds(result.virtual_time);
    frames += static_cast<double>(result.frames);
  }
  state.counters["times_real"] = benchmark::Counter(virtual_seconds, benchmark::Counter::kIsRate);
  state.counters["frames"] = benchmark::Counter(frames, benchmark::Counter::kIsRate);
}
BENCHMARK(one_connection_fifty_events)->Unit(benchmark::kMillisecond)->MinTime(5);

}  // namespace
}  // namespace tickwitness::app

BENCHMARK_MAIN();
