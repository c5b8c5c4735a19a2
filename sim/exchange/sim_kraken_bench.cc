// Speed of simulated time, so that days of it fit into a test run.
#include <benchmark/benchmark.h>

#include "sim/exchange/kraken.h"

namespace tickwitness::sim {
namespace {

// One pair at 50 events per second, subscribed to trades, quotes and one-minute candles, and to a
// book of that depth unless it is 0. `times_real` is simulated seconds per second.
void simulate_one_pair(benchmark::State& state) {
  Settings settings;
  settings.pairs.resize(1);
  settings.pairs[0].trades_per_second = 20;
  settings.pairs[0].quotes_per_second = 37.5;  // 20 trades come in 12.5 events
  const base::Now start{base::Instant(std::chrono::hours(1)),
                        base::WallTime(std::chrono::seconds(1'767'323'070))};
  Kraken exchange(settings, start);
  Actions actions;
  exchange.on_connect(1, "/v2", start, actions);
  for (const char* const params :
       {R"("channel":"trade")", R"("channel":"ticker","event_trigger":"bbo")",
        R"("channel":"ohlc")"})
    exchange.on_text(
        1, start,
        R"({"method":"subscribe","params":{"symbol":["BTC/USD"],)" + std::string(params) + "}}",
        actions);
  if (const auto depth = state.range(0); depth != 0)
    exchange.on_text(1, start,
                     R"({"method":"subscribe","params":{"channel":"book","symbol":["BTC/USD"],)"
                     R"("depth":)" +
                         std::to_string(depth) + "}}",
                     actions);
  base::Duration simulated{0};
  std::size_t frames = 0;
  for (auto _ : state) {
    const base::Instant end = start.mono + simulated + std::chrono::seconds(60);
    while (exchange.next_deadline() <= end) {
      const base::Instant mono = exchange.next_deadline();
      actions.clear();
      exchange.step({mono, start.wall + (mono - start.mono)}, actions);
      frames += actions.size();
    }
    simulated += std::chrono::seconds(60);
  }
  state.counters["times_real"] =
      benchmark::Counter(base::seconds(simulated), benchmark::Counter::kIsRate);
  state.counters["frames"] =
      benchmark::Counter(static_cast<double>(frames), benchmark::Counter::kIsRate);
}
BENCHMARK(simulate_one_pair)->Unit(benchmark::kMillisecond)->Arg(0)->Arg(10)->Arg(1000);

void start_exchange(benchmark::State& state) {
  const base::Now start{base::Instant(std::chrono::hours(1)),
                        base::WallTime(std::chrono::seconds(1'767'323'070))};
  for (auto _ : state) {
    Kraken exchange(Settings{}, start);
    benchmark::DoNotOptimize(exchange.next_deadline());
  }
}
BENCHMARK(start_exchange)->Unit(benchmark::kMillisecond);

}  // namespace
}  // namespace tickwitness::sim

BENCHMARK_MAIN();
