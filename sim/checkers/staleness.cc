#include "sim/checkers/staleness.h"

#include <fmt/format.h>

#include <algorithm>

#include "sim/checkers/figure.h"

namespace tickwitness::sim {
namespace {

constexpr std::string_view kStaleFound = "tickwitness_feed_subscription_stale_total";
// An event that was under way for longer says what was, not what is.
constexpr base::Duration kEventAgeMax = std::chrono::milliseconds(250);

StreamRecord::Silences all_silences(const Observation& seen) {
  StreamRecord::Silences sum;
  for (const auto& [key, stream] : seen.ledger.streams()) {
    const auto of = seen.ledger.silences(stream, seen.now.mono);
    sum.certain += of.certain;
    sum.possible += of.possible;
  }
  return sum;
}

bool is_fresh(const Arrival& arrival) {
  const Json* const stamp = arrival.event.json->find("timestamp");
  const auto millis = stamp == nullptr ? std::nullopt : stamp->as_unsigned();
  if (!millis) return false;
  const base::WallTime made{std::chrono::milliseconds(static_cast<std::int64_t>(*millis))};
  // The stamp is cut to the millisecond.
  const base::Duration age = arrival.now.wall - made;
  return age >= base::Duration::zero() && age <= kEventAgeMax;
}

}  // namespace

void Staleness::on_scrape(const Observation& seen, Report& report) {
  looked_.on_scrape();
  for (const auto& stream : shown_streams(seen.scrape)) {
    look({seen.at, seen.now.mono, seen.ledger, seen.age}, stream, report);
  }
  const StreamRecord::Silences silences = all_silences(seen);
  const Figure found = figure(seen, kStaleFound, {}, number(silences.certain + silences.possible));
  if (!(found.measured <= found.truth)) report.violation(name(), seen.at, unequal(found));
}

void Staleness::on_event(const Arrival& arrival, Report& report) {
  if (arrival.event.event != "kraken_metrics" || !arrival.event.json || !is_fresh(arrival)) return;
  const Json* const pairs = arrival.event.json->find("pairs");
  if (pairs == nullptr) return;
  for (const auto& [symbol, pair] : pairs->members) {
    const Json* const streams = pair.find("streams");
    if (streams == nullptr) continue;
    for (const auto& [stream, value] : streams->members) {
      const Json* const state = value.find("state");
      if (state == nullptr) continue;
      look({arrival.at, arrival.now.mono, arrival.ledger, arrival.age},
           {.symbol = symbol, .stream = stream, .state = state->text, .states = 1}, report);
    }
  }
}

void Staleness::look(const Look& at, const ShownStream& stream, Report& report) {
  const auto found =
      at.ledger.streams().find({std::string(stream.symbol), std::string(stream.stream)});
  if (found == at.ledger.streams().end() || !found->second.wanted) return;  // `states` judges it
  looked_.add();
  const auto expected = at.ledger.expected(found->second, at.now);
  const base::Duration since = at.now - expected.since;
  const bool shown = stream.state == to_string(StreamState::suspect);
  if (is_witnessed(stream.state) &&
      at.ledger.may_be_witnessed(found->second, at.now, shown_within(at.age))) {
    return;
  }
  if (expected.state == StreamState::suspect && !shown) {
    worst_ = std::max(worst_, since);
    limit_ = std::max(limit_, shown_within(at.age));
    if (since < shown_within(at.age)) return;
    report.violation(name(), at.at,
                     fmt::format("{} {}: silent for {:.3f} s too long, and shown {}", stream.symbol,
                                 stream.stream, base::seconds(since), stream.state));
  } else if (expected.state != StreamState::suspect && shown && since >= shown_within(at.age)) {
    report.violation(name(), at.at,
                     fmt::format("{} {}: shown suspect, and {} for {:.3f} s", stream.symbol,
                                 stream.stream, to_string(expected.state), base::seconds(since)));
  }
}

void Staleness::at_rest(const Observation& seen, Report& report) {
  looked_.at_rest(seen.at, report);
  report.at_most(name(), "found_after_s", base::seconds(worst_), base::seconds(limit_));
  // Between these the record cannot know better than the product.
  const StreamRecord::Silences silences = all_silences(seen);
  const double measured = seen.scrape.sum(kStaleFound);
  // What is renewed before its limit never becomes a silence that is too long.
  if (!seen.ledger.promises().witness) {
    report.at_most(name(), "silences not found", number(silences.certain) - measured, 0);
  }
  report.at_most(name(), "silences invented",
                 measured - number(silences.certain + silences.possible), 0);
}

}  // namespace tickwitness::sim
