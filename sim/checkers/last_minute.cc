#include "sim/checkers/last_minute.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <vector>

namespace tickwitness::sim {
namespace {

constexpr std::string_view kTrades = "kraken_trades_per_minute";
// While nothing moves the windows, and until they have moved, they tell of an older minute.
constexpr base::Duration kAfterStall = 2 * LastMinute::kTick;

struct Quantile {
  double share;
  std::string_view family;
};
constexpr std::array<Quantile, 3> kQuantiles{{{0.50, "kraken_ws_latency_p50_ms"},
                                              {0.95, "kraken_ws_latency_p95_ms"},
                                              {0.99, "kraken_ws_latency_p99_ms"}}};

// Latencies that are in the window for certain, and those that may be.
struct Samples {
  std::vector<double> certain, possible;
};

// The stall that windows of the last minute may have in them, with what is counted at its ends.
struct Stall {
  explicit Stall(const Observation& seen)
      : from(seen.ledger.stalled_from() - LastMinute::kTick),
        until(seen.ledger.stalled_until() + LastMinute::kTick),
        matters(seen.now.mono < until + LastMinute::kKept) {}
  bool covers(base::Instant at) const { return matters && at >= from && at <= until; }
  base::Duration length() const { return matters ? until - from : base::Duration::zero(); }

  base::Instant from, until;
  bool matters;
};

Samples samples_of(const LastMinute& minute, base::Instant now, const Stall& stall) {
  Samples samples;
  for (const auto& moment : minute.moments()) {
    const base::Duration age = now - moment.at;
    if (age > LastMinuteChecker::kMost) continue;
    const double value = base::milliseconds(moment.latency);
    samples.possible.push_back(value);
    const bool certain = age >= LastMinuteChecker::kEndsBefore &&
                         age <= LastMinuteChecker::kLeast && !stall.covers(moment.at);
    if (certain) samples.certain.push_back(value);
  }
  return samples;
}

std::size_t rank(double share, std::size_t count) {
  const double exact = std::ceil(share * static_cast<double>(count) - 1e-9);
  return std::max<std::size_t>(1, static_cast<std::size_t>(exact));
}

double at_rank(std::vector<double>& values, std::size_t rank) {
  const auto nth = values.begin() + static_cast<std::ptrdiff_t>(rank - 1);
  std::ranges::nth_element(values, nth);
  return *nth;
}

// Between which values the quantile of any window lies that has all of `certain`, and of `possible`
// whatever it likes: the k-th smallest of a set is no smaller than that of a larger one.
std::pair<double, double> bounds(double share, Samples& samples) {
  const double low =
      at_rank(samples.possible, rank(share, std::max<std::size_t>(1, samples.certain.size())));
  const std::size_t highest = rank(share, samples.possible.size());
  const double high = highest <= samples.certain.size()
                          ? at_rank(samples.certain, highest)
                          : *std::ranges::max_element(samples.possible);
  return {low - LastMinuteChecker::kRelative * std::abs(low) - 1e-6,
          high + LastMinuteChecker::kRelative * std::abs(high) + 1e-6};
}

// The product was told to end: nothing moves its windows any more.
bool is_over(const Ledger& ledger) {
  return !ledger.links().empty() && std::ranges::all_of(ledger.links(), [](const auto& entry) {
    return entry.second.finished || entry.second.retired;
  });
}

}  // namespace

void LastMinuteChecker::on_scrape(const Observation& seen, Report& report) {
  if (seen.now.mono < seen.ledger.stalled_until() + kAfterStall || is_over(seen.ledger)) return;
  quantiles_.on_scrape();
  for (const auto& [symbol, minute] : seen.ledger.minutes()) {
    quantiles(seen, symbol, minute, report);
  }
  trades(seen, report);
}

void LastMinuteChecker::quantiles(const Observation& seen, std::string_view symbol,
                                  const LastMinute& minute, Report& report) {
  Samples samples = samples_of(minute, seen.now.mono, Stall(seen));
  for (const auto& [share, family] : kQuantiles) {
    const auto shown = seen.scrape.find(family, {{"pair", symbol}});
    if (shown.empty()) {
      if (samples.certain.empty()) continue;
      report.violation(name(), seen.at,
                       fmt::format("{} of {} is absent, and {} latencies were measured", family,
                                   symbol, samples.certain.size()));
      continue;
    }
    quantiles_.add();
    if (samples.possible.empty()) {
      report.violation(name(), seen.at,
                       fmt::format("{} of {} is {}, and nothing came for a minute", family, symbol,
                                   shown[0]->value));
      continue;
    }
    const auto [low, high] = bounds(share, samples);
    if (shown[0]->value >= low && shown[0]->value <= high) continue;
    report.violation(name(), seen.at,
                     fmt::format("{} of {} is {}, must lie from {} to {}", family, symbol,
                                 shown[0]->value, low, high));
  }
}

void LastMinuteChecker::trades(const Observation& seen, Report& report) {
  const base::Instant now = seen.now.mono;
  // A young process extrapolates from what it has.
  const auto begun = seen.ledger.begun();
  if (!begun || now - *begun < LastMinute::kKept) return;
  rates_.on_scrape();
  const auto shown = seen.scrape.find(kTrades);
  if (shown.size() != 1) return;
  rates_.add();
  // After a stall the window may begin before it, so that what piled up is told of all that time.
  const Stall stall(seen);
  double certain = 0;
  double possible = 0;
  for (const auto& moment : seen.ledger.trades().moments()) {
    const base::Duration age = now - moment.at;
    if (age > kMost && !(stall.matters && moment.at >= stall.from)) continue;
    possible += moment.items;
    if (age >= kEndsBefore && age <= kLeast) certain += moment.items;
  }
  // By the minute, of a window that is as long as it happens to be.
  const double low = certain * 60'000 / base::milliseconds(kMost + stall.length()) - 1e-6;
  const double high = possible * 60'000 / (base::milliseconds(kLeast)) + 1e-6;
  if (shown[0]->value >= low && shown[0]->value <= high) return;
  report.violation(
      name(), seen.at,
      fmt::format("{} is {}, must lie from {} to {}", kTrades, shown[0]->value, low, high));
}

void LastMinuteChecker::at_rest(const Observation& seen, Report& report) {
  quantiles_.at_rest(seen.at, report);
  rates_.at_rest(seen.at, report);
}

}  // namespace tickwitness::sim
