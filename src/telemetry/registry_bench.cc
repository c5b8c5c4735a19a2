// Writes through handles, and scrapes of a registry with some thousand series.
#include <benchmark/benchmark.h>

#include "base/prng.h"
#include "telemetry/catalog.gen.h"
#include "telemetry/exposition.h"
#include "telemetry/read.h"

namespace tickwitness::telemetry {
namespace {

using label::Exchange;
using label::Symbol;

void bench_counter(benchmark::State& state) {
  static Registry registry;
  const Counter counter = Catalog(registry).pipeline_ticks_received.at();
  for (auto _ : state) counter.inc();
}
BENCHMARK(bench_counter)->ThreadRange(1, 2)->UseRealTime();

void bench_gauge(benchmark::State& state) {
  static Registry registry;
  const Gauge gauge = Catalog(registry).uptime_seconds.at();
  double value = 0;
  for (auto _ : state) gauge.set(value += 1);
}
BENCHMARK(bench_gauge)->ThreadRange(1, 2)->UseRealTime();

// 64 Ki values: a short list is learned by the branch predictor.
std::vector<base::Duration> latencies() {
  base::Prng prng(5);
  std::vector<base::Duration> out;
  for (int i = 0; i < 65536; ++i) {
    out.emplace_back(static_cast<std::int64_t>(1'000'000 + prng.below(200'000'000)));
  }
  return out;
}

void observe_all(benchmark::State& state, const Histogram& histogram) {
  static const auto values = latencies();
  std::size_t i = 0;
  for (auto _ : state) histogram.observe(values[i++ & 65535]);
}

void bench_histogram(benchmark::State& state) {
  static Registry registry;
  observe_all(state, Catalog(registry).feed_rtt_seconds.at(Exchange::kraken));
}
BENCHMARK(bench_histogram)->ThreadRange(1, 2)->UseRealTime();

void bench_histogram_with_window(benchmark::State& state) {
  static Registry registry;
  observe_all(state,
              Catalog(registry).feed_latency_seconds.at(Exchange::kraken, Symbol{"BTC-USD"}));
}
BENCHMARK(bench_histogram_with_window)->ThreadRange(1, 2)->UseRealTime();

// 32 markets with a full window: about 2,000 lines.
void fill(Registry& registry) {
  const Catalog m(registry);
  const auto values = latencies();
  std::size_t next = 0;
  for (int second = 0; second <= 60; ++second) {
    for (int i = 0; i < 32; ++i) {
      const std::string name = "COIN" + std::to_string(i) + "-USD";
      const Symbol symbol{name};
      const auto latency = m.feed_latency_seconds.at(Exchange::kraken, symbol);
      for (int n = 0; n < 30; ++n) latency.observe(values[next++ & 65535]);
      for (const auto channel :
           {label::Channel::trade, label::Channel::spread, label::Channel::ohlc}) {
        m.feed_events.at(Exchange::kraken, symbol, channel).add(30);
      }
      for (const char* stream : {"trade", "spread", "ohlc-1", "ohlc-5", "ohlc-15", "ohlc-60"}) {
        m.feed_subscription_state.at(Exchange::kraken, symbol, label::Stream{stream})
            .set(label::SubscriptionState::live);
        m.feed_subscription_age_seconds.at(Exchange::kraken, symbol, label::Stream{stream})
            .set(0.25 * second);
      }
      m.market_last_price.at(Exchange::kraken, symbol).set(64123.4 + i);
    }
    registry.tick(base::Instant(std::chrono::seconds(second)));
  }
}

void bench_render(benchmark::State& state) {
  Registry registry;
  fill(registry);
  std::size_t bytes = 0;
  for (auto _ : state) {
    bytes = render(registry, {.dialects = {"kraken", "trading"}}).size();
    benchmark::DoNotOptimize(bytes);
  }
  state.counters["bytes"] = static_cast<double>(bytes);
}
BENCHMARK(bench_render)->Unit(benchmark::kMicrosecond);

void bench_render_own_dialect(benchmark::State& state) {
  Registry registry;
  fill(registry);
  for (auto _ : state) benchmark::DoNotOptimize(render(registry, {}).size());
}
BENCHMARK(bench_render_own_dialect)->Unit(benchmark::kMicrosecond);

void bench_quantile_of_all(benchmark::State& state) {
  Registry registry;
  fill(registry);
  for (auto _ : state) benchmark::DoNotOptimize(value(registry, view::latency_p99_ms));
}
BENCHMARK(bench_quantile_of_all)->Unit(benchmark::kMicrosecond);

void bench_tick(benchmark::State& state) {
  Registry registry;
  fill(registry);
  int second = 61;
  for (auto _ : state) registry.tick(base::Instant(std::chrono::seconds(second++)));
}
BENCHMARK(bench_tick)->Unit(benchmark::kMicrosecond);

}  // namespace
}  // namespace tickwitness::telemetry

BENCHMARK_MAIN();
