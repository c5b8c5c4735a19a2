// Latency is told twice: as gauges over a signed window of 60 s, and as a histogram. Without
// negative latencies, and while the window holds everything, both must tell the same.
#include <gtest/gtest.h>

#include <algorithm>
#include <charconv>
#include <cmath>
#include <limits>
#include <string>
#include <string_view>
#include <vector>

#include "base/prng.h"
#include "telemetry/catalog.gen.h"
#include "telemetry/exposition.h"
#include "telemetry/test_read.h"

namespace tickwitness::telemetry {
namespace {

using label::Exchange;
using label::Symbol;
using test::read;

constexpr std::int64_t kMs = 1'000'000;
constexpr int kSeconds = 55;  // of observations: all within the window

struct Market {
  std::string symbol;
  std::vector<std::int64_t> latencies_ns;
};

std::vector<std::int64_t> drawn(std::size_t count, auto&& draw) {
  std::vector<std::int64_t> values;
  for (std::size_t i = 0; i < count; ++i) values.push_back(draw(i));
  return values;
}

// Every bound as the catalogue has it, and its neighbours.
std::vector<std::int64_t> around_the_bounds() {
  std::vector<std::int64_t> values;
  for (const double ms : {1., 2.5, 5., 10., 25., 50., 100., 250., 500., 1e3, 2.5e3, 5e3, 1e4}) {
    const auto bound = static_cast<std::int64_t>(ms * kMs);
    values.insert(values.end(), {bound - 1, bound, bound + 1});
  }
  return values;
}

std::vector<Market> markets() {
  base::Prng prng(11);
  std::vector<Market> all = {
      {"CONSTANT", drawn(600, [](auto) { return 7 * kMs; })},
      {"CONSTANT-AT-A-BOUND", drawn(600, [](auto) { return 25 * kMs; })},
      {"CONSTANT-ZERO", drawn(100, [](auto) { return std::int64_t{0}; })},
      {"BIMODAL", drawn(1000, [](auto i) { return (i % 100 < 60 ? 3 : 400) * kMs; })},
      {"BIMODAL-P95-LOW", drawn(1000, [](auto i) { return (i % 100 < 95 ? 3 : 400) * kMs; })},
      {"BIMODAL-P95-HIGH", drawn(1000, [](auto i) { return (i % 100 < 94 ? 3 : 400) * kMs; })},
      {"HEAVY-TAIL", drawn(5000,
                           [&](auto) {
                             const double tail = std::pow(1 - prng.unit(), -1.3);
                             return static_cast<std::int64_t>(0.4 * kMs * std::min(tail, 1e6));
                           })},
      {"UNIFORM",
       drawn(3000, [&](auto) { return static_cast<std::int64_t>(prng.below(700 * kMs)); })},
      {"AROUND-THE-BOUNDS", around_the_bounds()},
      {"ABOVE-ALL-BOUNDS", drawn(40, [](auto i) { return static_cast<int>(i + 11) * 1000 * kMs; })},
  };
  for (const std::size_t count : {1U, 2U, 3U, 19U, 20U, 21U, 99U, 100U, 101U}) {
    all.push_back({"FEW-" + std::to_string(count), drawn(count, [&](auto) {
                     return static_cast<std::int64_t>(prng.below(20'000 * kMs));
                   })});
  }
  return all;
}

// Nobody's order: what one tick takes is spread over all values.
void observe_over_a_minute(Registry& registry, const std::vector<Market>& all) {
  const Catalog metrics(registry);
  for (int second = 0; second <= kSeconds; ++second) {
    for (const auto& [symbol, values] : all) {
      const auto latency = metrics.feed_latency_seconds.at(Exchange::kraken, Symbol{symbol});
      for (std::size_t i = 0; i < values.size(); ++i) {
        if (static_cast<int>(i * 7 % (kSeconds + 1)) != second) continue;
        ASSERT_TRUE(latency.observe(base::Duration(values[i]))) << "negative: " << values[i];
      }
    }
    registry.tick(base::Instant(std::chrono::seconds(1000 + second)));
  }
}

double number(std::string_view text) {
  if (text == "+Inf") return std::numeric_limits<double>::infinity();
  double value = -1;
  std::from_chars(text.data(), text.data() + text.size(), value);
  return value;
}

struct Bucket {
  std::size_t number = 0;
  double above_s = 0;  // exclusive
  double upto_s = 0;   // inclusive
};

// A market's buckets as a scraper reads them: upper bounds in seconds and cumulative counts.
struct Histogram {
  std::vector<double> bounds_s, counts;

  Histogram(std::string_view page, const std::string& symbol) {
    const std::string begin =
        "\ntickwitness_feed_latency_seconds_bucket{exchange=\"kraken\",symbol=\"" + symbol +
        "\",le=\"";
    for (auto at = page.find(begin); at != std::string_view::npos; at = page.find(begin, at)) {
      at += begin.size();
      bounds_s.push_back(number(page.substr(at, page.find('"', at) - at)));
      counts.push_back(number(page.substr(page.find(' ', at) + 1)));
    }
  }
  Bucket bucket(std::size_t i) const { return {i, i == 0 ? 0 : bounds_s[i - 1], bounds_s[i]}; }
  Bucket of_value(double seconds) const {
    return bucket(
        static_cast<std::size_t>(std::ranges::lower_bound(bounds_s, seconds) - bounds_s.begin()));
  }
  // Nearest rank: the bucket that holds the ⌈percent/100 × n⌉th of n values.
  Bucket of_rank(std::uint64_t percent) const {
    const auto n = static_cast<std::uint64_t>(counts.back());
    const auto rank = static_cast<double>((percent * n + 99) / 100);
    return bucket(
        static_cast<std::size_t>(std::ranges::lower_bound(counts, rank) - counts.begin()));
  }
};

void expect_agreement(const Registry& registry, const Histogram& histogram,
                      const std::string& symbol, std::uint64_t percent) {
  const std::string name = "kraken_ws_latency_p" + std::to_string(percent) + "_ms";
  const auto gauge_ms = read(registry, name, {{"pair", symbol}});
  ASSERT_TRUE(gauge_ms.has_value()) << name << " of " << symbol;
  const double seconds = *gauge_ms / 1000;
  const Bucket shown = histogram.of_value(seconds);
  const Bucket truth = histogram.of_rank(percent);
  EXPECT_LE(std::max(shown.number, truth.number) - std::min(shown.number, truth.number), 1U)
      << symbol << ": " << name << " is " << *gauge_ms << ", the histogram's lies in ("
      << truth.above_s << ", " << truth.upto_s << "] s";
  // Beside it only by as much as the window's own resolution.
  EXPECT_GE(seconds, truth.above_s * 0.99) << symbol << " " << name;
  EXPECT_LE(seconds, truth.upto_s * 1.01) << symbol << " " << name;
}

TEST(LatencyAgreement, GaugesLieInTheBucketOfTheirRankOrBesideIt) {
  Registry registry;
  const auto all = markets();
  observe_over_a_minute(registry, all);
  const std::string page = render(registry, {});
  for (const auto& [symbol, values] : all) {
    const Histogram histogram(page, symbol);
    ASSERT_FALSE(histogram.counts.empty()) << symbol;
    ASSERT_EQ(histogram.counts.back(), static_cast<double>(values.size())) << symbol;
    for (const std::uint64_t percent : {50U, 95U, 99U}) {
      expect_agreement(registry, histogram, symbol, percent);
    }
  }
}

// The two differ on purpose where a latency is negative: only the window knows it.
TEST(LatencyAgreement, NegativesMoveTheGaugeOnly) {
  Registry registry;
  observe_over_a_minute(registry, {{"BTC-USD", std::vector<std::int64_t>(40, 30 * kMs)}});
  const Catalog metrics(registry);
  const auto latency = metrics.feed_latency_seconds.at(Exchange::kraken, Symbol{"BTC-USD"});
  for (int i = 0; i < 60; ++i) EXPECT_FALSE(latency.observe(std::chrono::milliseconds(-80)));
  registry.tick(base::Instant(std::chrono::seconds(1001 + kSeconds)));
  const Histogram histogram(render(registry, {}), "BTC-USD");
  EXPECT_EQ(histogram.counts.back(), 40);
  EXPECT_EQ(histogram.of_rank(50).upto_s, 0.05);
  EXPECT_NEAR(read(registry, "kraken_ws_latency_p50_ms").value_or(0), -80, 0.8);
}

}  // namespace
}  // namespace tickwitness::telemetry
