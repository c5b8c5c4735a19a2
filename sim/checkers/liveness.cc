#include "sim/checkers/liveness.h"

#include <fmt/format.h>

#include <algorithm>

#include "sim/checkers/figure.h"

namespace tickwitness::sim {
namespace {

constexpr std::string_view kDetections = "tickwitness_feed_detection_seconds_count";
// What is noticed within this time of an event is as late as the event.
constexpr base::Duration kEventEvery = std::chrono::milliseconds(1'500);

// Of these no subscription and no question to REST suffers for longer than a moment.
bool is_harmless(FaultKind kind) {
  using enum FaultKind;
  return kind == disconnect || kind == skew || kind == malformed || kind == instrument_change ||
         kind == duplicate || kind == refuse_subscription;
}

bool is_harmless(WorldFaultKind kind) {
  using enum WorldFaultKind;
  return kind == crash || kind == slow_page || kind == stall_serve || kind == step ||
         kind == shred || kind == reload;
}

// "trade BTC/USD": the stream and the symbol, as a client names them.
std::pair<std::string, std::string> named(const std::string& detail) {
  const std::size_t space = detail.find(' ');
  std::string stream = detail.substr(0, space);
  std::string symbol = detail.substr(space + 1);
  std::ranges::replace(symbol, '/', '-');
  if (stream == "ticker") stream = "spread";
  if (stream == "ohlc") stream = "ohlc-";
  return {stream, symbol};
}

}  // namespace

Liveness::Liveness(const Plan& plan, const Kraken& exchange, base::Instant start)
    : plan_(plan),
      exchange_(exchange),
      start_(start),
      calm_(std::ranges::all_of(plan.exchange.faults,
                                [](const Fault& fault) { return is_harmless(fault.kind); }) &&
            std::ranges::all_of(plan.faults,
                                [](const WorldFault& fault) { return is_harmless(fault.kind); })) {}

void Liveness::on_scrape(const Observation& seen, Report& report) {
  // The links have it from the start, at 0; one that is not there would read as 0 for good.
  if (seen.ledger.begun() && !is_shown(seen, kDetections)) {
    return report.violation(name(), seen.at, fmt::format("{} is not shown", kDetections));
  }
  const double found = seen.scrape.sum(kDetections);
  if (!calm_ || found == 0) return;
  report.violation(name(), seen.at,
                   fmt::format("{} subscriptions were called dead, and none was", found));
}

bool Liveness::is_busy(const std::string& symbol, bool quotes) const {
  return std::ranges::any_of(plan_.exchange.pairs, [&](const PairSettings& pair) {
    std::string dashed = pair.symbol;
    std::ranges::replace(dashed, '/', '-');
    return dashed == symbol && (quotes ? pair.quotes_per_second : pair.trades_per_second) >= kBusy;
  });
}

bool Liveness::is_disturbed(const Zombie& zombie, std::size_t fault) const {
  const base::Duration from = zombie.at - kUndisturbed;
  const base::Duration until = zombie.at + kUndisturbed;
  const auto& fired = exchange_.truth().faults;
  for (std::size_t i = 0; i < fired.size(); ++i) {
    if (i == fault) continue;
    // One that never ends has not ended by then.
    const bool over = fired[i].until < start_ + from;
    if (!over && fired[i].at <= start_ + until) return true;
  }
  for (const Fault& planned : plan_.exchange.faults) {
    if (planned.at > zombie.at && planned.at <= until) return true;
  }
  return std::ranges::any_of(plan_.faults, [&](const WorldFault& planned) {
    const bool lasts = planned.kind == WorldFaultKind::drift;
    return planned.at <= until && (lasts || planned.at + planned.length >= from);
  });
}

void Liveness::take_up(const Arrival& arrival) {
  const auto& fired = exchange_.truth().faults;
  for (; faults_ < fired.size(); ++faults_) {
    const FiredFault& fault = fired[faults_];
    if (fault.kind != FaultKind::zombie) continue;
    const auto [stream, symbol] = named(fault.detail);
    const Zombie zombie{.at = fault.at - start_, .symbol = symbol, .stream = stream};
    const bool quotes = stream == "spread" || stream == "book";
    if (arrival.at - zombie.at > kEventEvery || zombie.at + kUndisturbed > plan_.length) continue;
    if (!is_busy(symbol, quotes) || is_disturbed(zombie, faults_)) continue;
    // It must have had the time to become usual.
    const bool settled = std::ranges::all_of(arrival.ledger.streams(), [&](const auto& entry) {
      const auto& [key, record] = entry;
      if (key.symbol != symbol || !key.stream.starts_with(stream)) return true;
      const LinkRecord& link = arrival.ledger.links().at(record.link);
      return link.open && record.data &&
             arrival.now.mono - std::max(link.changed, record.changed) >= kUndisturbed;
    });
    if (settled) open_.push_back(zombie);
  }
}

void Liveness::on_event(const Arrival& arrival, Report& report) {
  take_up(arrival);
  std::erase_if(open_, [&](const Zombie& zombie) {
    bool over = false;
    look(arrival, zombie, over, report);
    return over;
  });
}

void Liveness::look(const Arrival& arrival, const Zombie& zombie, bool& over, Report& report) {
  for (const auto& [key, record] : arrival.ledger.streams()) {
    if (key.symbol != zombie.symbol || !key.stream.starts_with(zombie.stream)) continue;
    if (!record.taken_back) continue;
    const base::Duration found = arrival.at - (arrival.now.mono - *record.taken_back);
    if (found < zombie.at) continue;
    ++judged_;
    worst_ = std::max(worst_, found - zombie.at);
    over = true;
    return;
  }
  if (arrival.at - zombie.at <= kFoundWithin + kEventEvery) return;
  over = true;
  report.violation(
      name(), arrival.at,
      fmt::format("{} {}: forgotten by the exchange for {:.3f} s, and not found", zombie.symbol,
                  zombie.stream, base::seconds(arrival.at - zombie.at)));
}

void Liveness::at_rest(const Observation&, Report& report) {
  if (judged_ == 0) return;  // few runs have one that nothing disturbs
  report.at_most(name(), "zombie_found_after_s", base::seconds(worst_),
                 base::seconds(kFoundWithin));
}

}  // namespace tickwitness::sim
