#include "sim/checkers/states.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "sim/checkers/figure.h"

namespace tickwitness::sim {
namespace {

// Nothing that the caller looks at has changed within the last second, nor was the product kept
// from showing it.
bool steady(const Observation& seen, base::Instant LinkRecord::* changed) {
  if (seen.now.mono - seen.ledger.stalled_until() < shown_within(seen.age)) return false;
  return std::ranges::all_of(seen.ledger.links(), [&](const auto& entry) {
    return seen.now.mono - entry.second.*changed >= shown_within(seen.age);
  });
}

}  // namespace

void States::on_scrape(const Observation& seen, Report& report) {
  looked_.on_scrape();
  const auto all = shown_streams(seen.scrape);
  for (const auto& stream : all) shown(seen, stream, report);
  not_shown(seen, all, report);
  if (!steady(seen, &LinkRecord::changed)) return;
  connections(seen, report);
  if (steady(seen, &LinkRecord::breaker_changed)) breakers(seen, report);
}

void States::shown(const Observation& seen, const ShownStream& stream, Report& report) {
  looked_.add();
  const auto complain = [&](std::string_view why) {
    report.violation(name(), seen.at, fmt::format("{} {}: {}", stream.symbol, stream.stream, why));
  };
  if (stream.states != 1) {
    return complain(fmt::format("is in {} states at once", stream.states));
  }
  const auto found =
      seen.ledger.streams().find({std::string(stream.symbol), std::string(stream.stream)});
  if (found == seen.ledger.streams().end() || !found->second.wanted) {
    // Configured and not yet asked for: on no connection can it be more than pending.
    const bool just_now =
        found != seen.ledger.streams().end() &&
        seen.now.mono - std::max(found->second.changed, seen.ledger.stalled_until()) <
            shown_within(seen.age);
    if (stream.state == "pending" || just_now) return;
    const bool renewing =
        found != seen.ledger.streams().end() && is_witnessed(stream.state) &&
        seen.ledger.may_be_witnessed(found->second, seen.now.mono, shown_within(seen.age));
    if (renewing) return;  // taken back, to be asked for anew
    return complain(fmt::format("shown {}, and nobody asks for it", stream.state));
  }
  const auto expected = seen.ledger.expected(found->second, seen.now.mono);
  const base::Duration since = seen.now.mono - expected.since;
  if (stream.state == to_string(expected.state) || since < shown_within(seen.age)) return;
  if (is_witnessed(stream.state) &&
      seen.ledger.may_be_witnessed(found->second, seen.now.mono, shown_within(seen.age))) {
    return;
  }
  complain(fmt::format("shown {}, is {} for {:.3f} s", stream.state, to_string(expected.state),
                       base::seconds(since)));
}

void States::not_shown(const Observation& seen, const std::vector<ShownStream>& all,
                       Report& report) {
  for (const auto& [key, stream] : seen.ledger.streams()) {
    if (!stream.wanted || !seen.ledger.links().at(stream.link).open) continue;
    const base::Instant since = std::max(stream.changed, seen.ledger.stalled_until());
    if (seen.now.mono - since < shown_within(seen.age)) continue;
    const bool is_shown = std::ranges::any_of(all, [&](const ShownStream& shown) {
      return shown.symbol == key.symbol && shown.stream == key.stream;
    });
    if (is_shown) continue;
    report.violation(name(), seen.at,
                     fmt::format("{} {}: asked for, and not shown", key.symbol, key.stream));
  }
}

void States::number_is(const Observation& seen, Report& report, std::string_view family,
                       const Exposition::Where& where, double truth) {
  const Figure shown = figure(seen, family, where, truth);
  if (shown.measured != shown.truth) report.violation(name(), seen.at, unequal(shown));
}

// Links that never attempted anything are known to the product only; they are shown, not open.
void States::connections(const Observation& seen, Report& report) {
  constexpr std::string_view kFamily = "tickwitness_feed_connected";
  std::uint64_t open = 0;
  std::uint64_t known = 0;
  for (const auto& [id, link] : seen.ledger.links()) {
    if (link.retired) continue;
    ++known;
    if (link.open) ++open;
  }
  const std::size_t shown = seen.scrape.find(kFamily).size();
  if (shown < known) {
    return report.violation(name(), seen.at,
                            fmt::format("{} has {} connections of {}", kFamily, shown, known));
  }
  if (shown == 0) return;
  number_is(seen, report, kFamily, {}, number(open));
  if (!alone_) return;
  const double all_open = open == shown ? 1 : 0;
  number_is(seen, report, "kraken_ws_connection_status", {}, all_open);
  number_is(seen, report, "trading_ws_connection_status", {}, all_open);
}

void States::breakers(const Observation& seen, Report& report) {
  constexpr std::string_view kFamily = "tickwitness_breaker_state";
  std::array<std::uint64_t, 3> count{};  // as ModelBreaker
  std::uint64_t known = 0;
  for (const auto& [id, link] : seen.ledger.links()) {
    if (link.retired) continue;
    ++known;
    ++count[static_cast<std::size_t>(link.breaker)];
  }
  const std::size_t shown = seen.scrape.find(kFamily, {{"state", "closed"}}).size();
  if (shown < known || shown == 0) return;  // connections() has said so
  count[0] += shown - known;
  for (const auto state : {ModelBreaker::closed, ModelBreaker::open, ModelBreaker::half_open}) {
    number_is(seen, report, kFamily, {{"state", to_string(state)}},
              number(count[static_cast<std::size_t>(state)]));
  }
  if (!alone_) return;
  // 0 closed, 1 open, 2 half-open; open is worse than half-open.
  number_is(seen, report, "circuit_breaker_state", {}, count[1] != 0 ? 1 : count[2] != 0 ? 2 : 0);
}

void States::at_rest(const Observation& seen, Report& report) {
  looked_.at_rest(seen.at, report);
}

}  // namespace tickwitness::sim
