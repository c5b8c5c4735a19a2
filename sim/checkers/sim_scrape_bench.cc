// What a look at the product costs: a simulated hour has 240 scrapes and 3600 events, and many
// hours must fit into a test run.
#include <benchmark/benchmark.h>
#include <fmt/format.h>

#include <string>

#include "sim/checkers/bounds.h"
#include "sim/checkers/histograms.h"
#include "sim/checkers/latency.h"
#include "sim/checkers/never_falls.h"
#include "sim/checkers/page.h"
#include "sim/checkers/secrets.h"
#include "sim/record/wire_for_tests.h"

namespace tickwitness::sim {
namespace {

// As long as a scrape of the product with four pairs: 660 series, two thirds of them counters or
// buckets.
std::string page_of_metrics() {
  std::string text;
  const auto head = [&](std::string_view name, std::string_view type) {
    text += fmt::format(
        "# HELP {0} Frames received from an exchange, by what they are.\n"
        "# TYPE {0} {1}\n",
        name, type);
  };
  for (int family = 0; family < 18; ++family) {
    const std::string name = fmt::format("tickwitness_feed_latency_{}_seconds", family);
    head(name, "histogram");
    for (int bucket = 0; bucket <= 13; ++bucket) {
      text +=
          fmt::format("{}_bucket{{exchange=\"kraken\",symbol=\"BTC-USD\",le=\"{}\"}} {}\n", name,
                      bucket == 13 ? "+Inf" : fmt::format("{}", bucket * 0.1 + 0.001), bucket * 5);
    }
    text += fmt::format(
        "{0}_sum{{exchange=\"kraken\",symbol=\"BTC-USD\"}} 40.123456789\n"
        "{0}_count{{exchange=\"kraken\",symbol=\"BTC-USD\"}} 65\n",
        name);
  }
  for (int family = 0; family < 62; ++family) {
    const bool counter = family % 2 == 0;
    const std::string name =
        fmt::format("tickwitness_feed_frames_{}_{}", family, counter ? "total" : "seconds");
    head(name, counter ? "counter" : "gauge");
    for (int series = 0; series < 6; ++series) {
      text += fmt::format("{}{{exchange=\"kraken\",connection=\"ohlc-{}\"}} {}\n", name, series,
                          series * 1234.5);
    }
  }
  return text;
}

void read_scrape(benchmark::State& state) {
  const std::string text = page_of_metrics();
  for (auto _ : state) benchmark::DoNotOptimize(Exposition::parse(text));
}
BENCHMARK(read_scrape)->Unit(benchmark::kMicrosecond);

void judge_scrape(benchmark::State& state) {
  const std::string text = page_of_metrics();
  Wire wire;
  Report report;
  NeverFalls never_falls;
  Histograms histograms;
  Bounds bounds({.series_max = 2000, .bytes_max = 1 << 20});
  Secrets secrets({"canary-of-the-bearer-token", "canary-of-the-api-secret"});
  LatencyChecker latency;
  PageChecker page;
  for (auto _ : state) {
    const auto scrape = Exposition::parse(text);
    for (Checker* checker : std::initializer_list<Checker*>{&never_falls, &histograms, &bounds,
                                                            &secrets, &latency, &page}) {
      checker->on_scrape({wire.elapsed, wire.now(), *scrape, wire.ledger}, report);
      checker->on_output(wire.elapsed, text, report);
    }
  }
  if (!report.failed().empty()) state.SkipWithError(report.violations().front().what.c_str());
}
BENCHMARK(judge_scrape)->Unit(benchmark::kMicrosecond);

void read_and_judge_event(benchmark::State& state) {
  std::string pairs;
  for (const std::string_view pair : {"BTC-USD", "ETH-USD", "SOL-USD", "XRP-USD"}) {
    pairs += fmt::format("{}\"{}\":{{\"latency_p50_ms\":5.25,\"last_price\":null,\"streams\":{{",
                         pairs.empty() ? "" : ",", pair);
    for (const std::string_view stream : {"trade", "spread", "ohlc-1", "ohlc-5", "ohlc-15"}) {
      pairs += fmt::format("{}\"{}\":{{\"state\":\"live\",\"age_s\":0.25,\"stale_after_s\":120}}",
                           stream == "trade" ? "" : ",", stream);
    }
    pairs += "}}";
  }
  Wire wire;
  Report report;
  PageChecker page;
  EventStreamReader reader([&](const PageEvent& event) {
    page.on_event({wire.elapsed, wire.now(), event, wire.ledger}, report);
  });
  std::uint64_t id = 0;
  for (auto _ : state) {
    const std::string_view event = ++id % 5 == 0 ? "heartbeat" : "kraken_metrics";
    reader.read(fmt::format(
        "id: {}\nevent: {}\ndata: {{\"latency_p50_ms\":5.25,\"latency_p95_ms\":6.5,"
        "\"latency_p99_ms\":7,\"circuit_breaker_trips\":0,\"reconnect_count\":null,"
        "\"trades_per_min\":90,\"ws_status\":null,\"timestamp\":1767323070000,\"pairs\":{{{}}}}}\n"
        "\n",
        id, event, pairs));
  }
  if (!report.failed().empty()) state.SkipWithError(report.violations().front().what.c_str());
}
BENCHMARK(read_and_judge_event)->Unit(benchmark::kMicrosecond);

}  // namespace
}  // namespace tickwitness::sim

BENCHMARK_MAIN();
