#include "sim/checkers/counters.h"

#include <array>
#include <vector>

namespace tickwitness::sim {
namespace {

using runtime::CloseReason;

constexpr std::array kCloseReasons{
    CloseReason::local,    CloseReason::remote,  CloseReason::reset,   CloseReason::refused,
    CloseReason::resolve,  CloseReason::tls,     CloseReason::upgrade, CloseReason::timeout,
    CloseReason::oversize, CloseReason::protocol};

// Over all links of this life, also those that are no more.
struct Sums {
  std::uint64_t attempts = 0, reconnect_attempts = 0, reconnects = 0;
  std::uint64_t acks = 0, refusals = 0, trips = 0;
  std::uint64_t all_ended = 0, all_failed = 0;
  std::array<std::uint64_t, kCloseReasons.size()> ended{}, failed{};  // as kCloseReasons
};

std::uint64_t count(const std::map<CloseReason, std::uint64_t>& counts, CloseReason reason) {
  const auto found = counts.find(reason);
  return found == counts.end() ? 0 : found->second;
}

Sums sums(const Ledger& ledger) {
  Sums sums;
  for (const auto& [id, link] : ledger.links()) {
    sums.attempts += link.attempts;
    sums.reconnect_attempts += link.reconnect_attempts;
    sums.reconnects += link.reconnects();
    sums.acks += link.acks;
    sums.refusals += link.refusals;
    sums.trips += link.trips;
    for (std::size_t i = 0; i < kCloseReasons.size(); ++i) {
      const std::uint64_t ended = count(link.ended, kCloseReasons[i]);
      const std::uint64_t failed = count(link.failed, kCloseReasons[i]);
      sums.ended[i] += ended;
      sums.failed[i] += failed;
      sums.all_ended += ended;
      sums.all_failed += failed;
    }
  }
  return sums;
}

std::vector<Figure> figures(const Observation& seen, bool alone) {
  const Sums truth = sums(seen.ledger);
  std::vector<Figure> all;
  const auto add = [&](std::string_view family, std::uint64_t value,
                       const Exposition::Where& where = {}) {
    if (!alone && !family.starts_with("tickwitness_")) return;
    all.push_back(figure(seen, family, where, number(value)));
  };
  add("tickwitness_feed_acks_total", truth.acks);
  add("tickwitness_feed_refusals_total", truth.refusals);
  add("tickwitness_feed_connection_attempts_total", truth.attempts);
  add("trading_ws_connections_total", truth.attempts);
  add("tickwitness_feed_reconnect_attempts_total", truth.reconnect_attempts);
  add("trading_ws_reconnects_total", truth.reconnect_attempts);
  add("tickwitness_feed_reconnects_total", truth.reconnects);
  add("kraken_ws_reconnects_total", truth.reconnects);
  add("tickwitness_breaker_trips_total", truth.trips);
  add("circuit_breaker_trips_total", truth.trips);
  for (std::size_t i = 0; i < kCloseReasons.size(); ++i) {
    const Exposition::Where where{{"reason", runtime::to_string(kCloseReasons[i])}};
    add("tickwitness_feed_disconnections_total", truth.ended[i], where);
    add("tickwitness_feed_connection_failures_total", truth.failed[i], where);
  }
  add("tickwitness_feed_disconnections_total", truth.all_ended);
  add("trading_ws_disconnections_total", truth.all_ended);
  add("tickwitness_feed_connection_failures_total", truth.all_failed);
  return all;
}

// Of each market whose trades the engine follows or still shows. The product forgets the price of a
// market that is no longer configured, so a price must be there only while its trades come. What a
// full ring refused, and said so, may have been the last.
std::vector<Figure> last_prices(const Observation& seen) {
  constexpr std::string_view kFamily = "tickwitness_market_last_price";
  std::vector<Figure> all;
  if (seen.scrape.sum("tickwitness_pipeline_dropped_total") != 0) return all;
  const auto& pairs = seen.ledger.traffic().pairs;
  for (std::size_t i = 0; i < pairs.size(); ++i) {
    if (!pairs[i].last_price) continue;
    const std::string& symbol = seen.ledger.symbols()[i];
    const auto stream = seen.ledger.streams().find({symbol, "trade"});
    const bool is_known = stream != seen.ledger.streams().end();
    const bool comes = is_known && stream->second.wanted && stream->second.data;
    // The scrape may be from before it.
    if (is_known && stream->second.last_data &&
        seen.now.mono - *stream->second.last_data < seen.age) {
      continue;
    }
    const Exposition::Where where{{"symbol", symbol}};
    if (!comes && seen.scrape.find(kFamily, where).empty()) continue;
    all.push_back(figure(seen, kFamily, where, pairs[i].last_price->approx()));
  }
  return all;
}

}  // namespace

void Counters::on_scrape(const Observation& seen, Report& report) {
  looked_.on_scrape();
  for (const auto& figure : figures(seen, alone_)) {
    if (!(figure.measured <= figure.truth)) report.violation(name(), seen.at, unequal(figure));
  }
  for (const auto& price : last_prices(seen)) {
    if (price.measured != price.truth) report.violation(name(), seen.at, unequal(price));
  }
  for (const auto& [id, link] : seen.ledger.links()) looked_.add(link.attempts);
}

void Counters::at_rest(const Observation& seen, Report& report) {
  looked_.at_rest(seen.at, report);
  for (auto& figure : figures(seen, alone_)) {
    report.equal(name(), std::move(figure.series), figure.truth, figure.measured);
  }
  for (auto& price : last_prices(seen)) {
    report.equal(name(), std::move(price.series), price.truth, price.measured);
  }
  report.equal(name(), "requests_unreadable", 0, number(seen.ledger.requests_unreadable()));
}

}  // namespace tickwitness::sim
