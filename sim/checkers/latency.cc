#include "sim/checkers/latency.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <chrono>
#include <cmath>
#include <string>

namespace tickwitness::sim {
namespace {

constexpr std::string_view kHistogram = "tickwitness_feed_latency_seconds";
constexpr std::string_view kNegative = "tickwitness_feed_latency_negative_total";

double as_double(std::uint64_t count) {
  return static_cast<double>(count);
}

// One quantity of one symbol by the record and by the product.
struct Pair {
  std::string_view what;
  double truth;
  double measured;
  double slack;
};

std::array<Pair, 3> compare(const Exposition& scrape, const std::string& symbol,
                            const LatencyRecord& record) {
  const Exposition::Where where{{"symbol", symbol}};
  const double sum = base::seconds(record.sum_positive);
  return {{{"count", as_double(record.stamped - record.negative),
            scrape.sum(std::string(kHistogram) + "_count", where), 0},
           {"negative", as_double(record.negative), scrape.sum(kNegative, where), 0},
           // Nanoseconds summed up as integers, but shown as a double.
           {"sum", sum, scrape.sum(std::string(kHistogram) + "_sum", where), 1e-6 + 1e-9 * sum}}};
}

}  // namespace

void LatencyChecker::on_scrape(const Observation& seen, Report& report) {
  looked_.on_scrape();
  for (const auto& [symbol, record] : seen.ledger.latencies()) {
    looked_.add(record.stamped);
    for (const Pair& pair : compare(seen.scrape, symbol, record)) {
      if (std::abs(pair.truth - pair.measured) <= pair.slack) continue;
      report.violation(
          name(), seen.at,
          fmt::format("{}: {} is {}, must be {}", symbol, pair.what, pair.measured, pair.truth));
    }
  }
  // What the record does not have has not been delivered.
  for (const auto* count : seen.scrape.find(std::string(kHistogram) + "_count")) {
    const bool known = seen.ledger.latencies().contains(std::string(count->label("symbol")));
    if (!known && count->value != 0) {
      report.violation(name(), seen.at,
                       fmt::format("{} is {} without a frame", count->series, count->value));
    }
  }
  percentiles(seen, report);
}

void LatencyChecker::percentiles(const Observation& seen, Report& report) {
  for (const auto* p50 : seen.scrape.find("kraken_ws_latency_p50_ms")) {
    const Exposition::Where where{{"pair", p50->label("pair")}};
    const auto p95 = seen.scrape.find("kraken_ws_latency_p95_ms", where);
    const auto p99 = seen.scrape.find("kraken_ws_latency_p99_ms", where);
    if (p95.size() != 1 || p99.size() != 1) {
      report.violation(name(), seen.at, fmt::format("{} stands alone", p50->series));
    } else if (!(p50->value <= p95[0]->value && p95[0]->value <= p99[0]->value)) {
      report.violation(name(), seen.at,
                       fmt::format("{}: p50 {}, p95 {}, p99 {}", p50->label("pair"), p50->value,
                                   p95[0]->value, p99[0]->value));
    }
  }
}

void LatencyChecker::at_rest(const Observation& seen, Report& report) {
  looked_.at_rest(seen.at, report);
  if (way_.takes != base::Duration::zero() || way_.lossy) return after_the_way(seen, report);
  for (const auto& [symbol, record] : seen.ledger.latencies()) {
    for (const Pair& pair : compare(seen.scrape, symbol, record)) {
      std::string what = fmt::format("{} {}", symbol, pair.what);
      if (pair.slack == 0) {
        report.equal(name(), std::move(what), pair.truth, pair.measured);
      } else {
        report.at_most(name(), std::move(what), std::abs(pair.truth - pair.measured), pair.slack);
      }
    }
  }
}

void LatencyChecker::after_the_way(const Observation& seen, Report& report) {
  for (const auto& [symbol, record] : seen.ledger.latencies()) {
    const auto [count, negative, sum] = compare(seen.scrape, symbol, record);
    const double stamped = as_double(record.stamped);
    const double measured = count.measured + negative.measured;
    if (way_.lossy) {
      report.at_most(name(), symbol + " stamped", measured, stamped);
    } else {
      report.equal(name(), symbol + " stamped", stamped, measured);
      // Nothing arrives before it was sent.
      report.at_most(name(), symbol + " sum short by", sum.truth - sum.measured, sum.slack);
    }
    report.at_most(name(), symbol + " negative", negative.measured, negative.truth);
    report.at_most(name(), symbol + " sum over by", sum.measured - sum.truth,
                   sum.slack + base::seconds(way_.takes) * stamped);
  }
}

}  // namespace tickwitness::sim
