#include "app/demo_checks.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <numeric>

#include "base/json_write.h"
#include "telemetry/read.h"

namespace tickwitness::app {
namespace {

using sim::SentKind;

constexpr double kResidentMaxBytes = 96.0 * (1 << 20);
// States are reported once a second, on a busy machine later.
constexpr base::Duration kStaleReportSlack = std::chrono::seconds(2);

double number(std::uint64_t value) {
  return static_cast<double>(value);
}

// The sum of all samples of a family whose labels hold every `where`; counters that no source wrote
// are 0.
double sum(const telemetry::Registry& registry, std::string_view name,
           std::initializer_list<std::pair<std::string_view, std::string_view>> where = {}) {
  double total = 0;
  for (const auto& sample : telemetry::samples(registry, name)) {
    const bool matches = std::ranges::all_of(where, [&](const auto& wanted) {
      return std::ranges::any_of(sample.labels, [&](const telemetry::Label& label) {
        return label.name == wanted.first && label.value == wanted.second;
      });
    });
    if (matches) total += sample.value;
  }
  return total;
}

std::string dashed(std::string symbol) {
  std::ranges::replace(symbol, '/', '-');
  return symbol;
}

class Comparison {
 public:
  Comparison(const sim::Truth& truth, const telemetry::Registry& registry,
             const DemoObservations& seen, DemoResult& result)
      : truth_(truth), registry_(registry), seen_(seen), result_(result) {}

  void run() {
    items();
    frames();
    connections();
    malformed();
    latency();
    pairs();
    stale();
    bounds();
  }

 private:
  // What was on the wire when a connection was cut may be lost: then received ≤ sent is all that is
  // promised.
  bool cut() const { return truth_.resets != 0 || truth_.fired(sim::FaultKind::bad_utf8); }

  void received(std::string name, double sent, double measured) {
    if (cut()) {
      result_.bounds.push_back({std::move(name), measured, sent});
    } else {
      result_.checks.push_back({std::move(name), sent, measured});
    }
  }
  void exactly(std::string name, double truth, double measured) {
    result_.checks.push_back({std::move(name), truth, measured});
  }

  double items_sent(sim::ItemCounts sim::PairTruth::* kind) const {
    double total = 0;
    for (const auto& pair : truth_.pairs) total += number((pair.*kind).total());
    return total;
  }

  void items() {
    constexpr std::string_view kFamily = "kraken_events_processed_total";
    const double trades = items_sent(&sim::PairTruth::trades);
    const double quotes = items_sent(&sim::PairTruth::quotes);
    const double candles = items_sent(&sim::PairTruth::candles);
    received("events_trade", trades, sum(registry_, kFamily, {{"event_type", "trade"}}));
    received("events_spread", quotes, sum(registry_, kFamily, {{"event_type", "spread"}}));
    received("events_ohlc", candles, sum(registry_, kFamily, {{"event_type", "ohlc"}}));
    std::uint64_t news = 0;
    for (const auto& pair : truth_.pairs) news += pair.trades.update;
    received("trades_news", number(news),
             sum(registry_, "tickwitness_feed_updates_total", {{"channel", "trade"}}));
    received("ticks_processed", trades + quotes + candles,
             sum(registry_, "trading_ticks_processed_total"));
    exactly("ticks_dropped", 0, sum(registry_, "tickwitness_pipeline_dropped_total"));
  }

  void frames() {
    constexpr std::string_view kFamily = "tickwitness_feed_frames_total";
    const auto kind = [&](std::string name, SentKind sent, std::string_view label) {
      received(std::move(name), number(truth_.sent(sent)),
               sum(registry_, kFamily, {{"kind", label}}));
    };
    received("frames", number(truth_.frames_total()), sum(registry_, kFamily));
    kind("frames_status", SentKind::status, "status");
    kind("heartbeats", SentKind::heartbeat, "heartbeat");
    kind("pongs", SentKind::pong, "pong");
    kind("acks", SentKind::subscribed, "subscribed");
    received("acks_by_session", number(truth_.sent(SentKind::subscribed)),
             sum(registry_, "tickwitness_feed_acks_total"));
    received("refusals", number(truth_.sent(SentKind::refused)),
             sum(registry_, "tickwitness_feed_refusals_total"));
  }

  void connections() {
    exactly("reconnects", number(truth_.connections_accepted) - number(seen_.links),
            sum(registry_, "kraken_ws_reconnects_total"));
    exactly("disconnections",
            number(truth_.disconnects + truth_.resets + truth_.shutdown_closes +
                   truth_.closed_by_client),
            sum(registry_, "trading_ws_disconnections_total"));
    double up = 0;
    if (seen_.before_end != nullptr) {
      for (const auto& feed : seen_.before_end->feeds) {
        up += number(static_cast<std::uint64_t>(std::ranges::count(
            feed.connections, feed::LinkState::connected, &feed::ConnectionStatus::state)));
      }
    }
    exactly("connections_up_at_end", number(truth_.shutdown_closes), up);
    // The exchange sees attempts, not breakers: only where it never refused one is the number of
    // trips known to it.
    // An attempt that failed and a connection that ended young are one failure each; it takes
    // max_failures to trip.
    const double trips = sum(registry_, "circuit_breaker_trips_total");
    if (truth_.connections_refused == 0) {
      exactly("breaker_trips", 0, trips);
    } else {
      const double failures = number(truth_.connections_refused + truth_.disconnects +
                                     truth_.resets + truth_.closed_by_client);
      result_.bounds.push_back({"breaker_trips", trips, std::floor(failures / seen_.max_failures)});
    }
  }

  void malformed() {
    std::uint64_t unsupported = 0;
    std::uint64_t unusable = 0;
    for (const auto& [reason, count] : truth_.malformed) {
      if (reason == "unsupported") {
        unsupported = count;
        continue;
      }
      // A frame that is not UTF-8 ends the connection below the codec (RFC 6455, 8.1).
      if (reason == "encoding" && truth_.fired(sim::FaultKind::bad_utf8)) continue;
      unusable += count;
      exactly("malformed_" + reason, number(count),
              sum(registry_, "tickwitness_feed_frames_malformed_total", {{"reason", reason}}));
    }
    exactly("malformed", number(unusable),
            sum(registry_, "tickwitness_feed_frames_malformed_total"));
    exactly("unsupported", number(unsupported),
            sum(registry_, "tickwitness_feed_frames_total", {{"kind", "unsupported"}}));
  }

  void latency() {
    std::uint64_t stamped = 0;
    for (const auto& pair : truth_.pairs) {
      stamped += pair.trade_latencies.count() + pair.quote_latencies.count();
    }
    const double negative = sum(registry_, "tickwitness_feed_latency_negative_total");
    received("latencies", number(stamped),
             sum(registry_, "tickwitness_feed_latency_seconds") + negative);
    if (!truth_.fired(sim::FaultKind::skew)) exactly("latencies_negative", 0, negative);
  }

  void pairs() {
    for (const auto& pair : truth_.pairs) {
      const std::string symbol = dashed(pair.symbol);
      received("trades_" + symbol, number(pair.trades.total()),
               sum(registry_, "tickwitness_feed_events_total",
                   {{"symbol", symbol}, {"channel", "trade"}}));
      if (pair.last_price_sent && !cut()) {
        exactly("last_price_" + symbol, pair.last_price_sent->approx(),
                sum(registry_, "tickwitness_market_last_price", {{"symbol", symbol}}));
      }
    }
  }

  base::Duration verdict_within() const { return seen_.stale_after + kStaleReportSlack; }

  // Whether the engine may still be getting over it at the end: data must flow again and be
  // reported, after some of them connections come back and subscriptions be accepted first.
  bool recovering(const sim::FiredFault& fault) const {
    const base::Duration ago = seen_.ended - std::min(fault.until, seen_.ended);
    if (fault.kind == sim::FaultKind::silent)
      return fault.until <= seen_.ended && ago < kStaleReportSlack;
    return holds_up(fault.kind) && ago < verdict_within();
  }

  static bool holds_up(sim::FaultKind kind) {
    return kind == sim::FaultKind::hang || kind == sim::FaultKind::unanswered;
  }

  // A connection made anew is sent a snapshot, silent subscription or not: silence begins again
  // there.
  base::Instant silent_since(const sim::FiredFault& silent) const {
    base::Instant since = silent.at;
    for (const auto& fault : truth_.faults) {
      if (fault.kind == sim::FaultKind::malformed || fault.kind == sim::FaultKind::skew ||
          fault.kind == sim::FaultKind::flood)
        continue;
      since = std::max(since, fault.at);
      if (holds_up(fault.kind) && fault.until > silent.at)
        since = std::max(since, fault.until + verdict_within());
    }
    return since;
  }

  void stale() {
    const sim::FiredFault* first = nullptr;   // silence
    const sim::FiredFault* silent = nullptr;  // that was still on at the end
    for (const auto& fault : truth_.faults) {
      // Then there is nothing to claim.
      if (recovering(fault)) return;
      if (fault.kind != sim::FaultKind::silent) continue;
      if (first == nullptr) first = &fault;
      if (silent == nullptr && fault.until > seen_.ended) silent = &fault;
    }
    const bool happened = silent != nullptr;
    const base::Instant since = happened ? silent_since(*silent) : base::Instant{};
    // Near the threshold the end came between silence and verdict.
    if (happened && seen_.ended - since < verdict_within()) return;
    double count = 0;
    double named = 0;
    if (seen_.before_end != nullptr) {
      for (const auto& feed : seen_.before_end->feeds) {
        for (const auto& subscription : feed.subscriptions) {
          if (subscription.state != feed::SubscriptionState::stale) continue;
          ++count;
          const std::string name = subscription.stream + " " + subscription.symbol;
          if (happened && name == dashed(silent->detail)) ++named;
        }
      }
    }
    exactly("subscriptions_stale_at_end", happened ? 1 : 0, count);
    if (happened) exactly("stale_is_the_silenced_one", 1, named);
    if (happened && seen_.stale_seen) {
      exactly("stale_before_it_was_silent", 0, *seen_.stale_seen < first->at ? 1 : 0);
      result_.bounds.push_back({"stale_found_after_s",
                                std::chrono::duration<double>(*seen_.stale_seen - since).count(),
                                std::chrono::duration<double>(verdict_within()).count()});
    }
  }

  void bounds() {
    result_.bounds.push_back({"resident_bytes", seen_.resident_bytes, kResidentMaxBytes});
  }

  const sim::Truth& truth_;
  const telemetry::Registry& registry_;
  const DemoObservations& seen_;
  DemoResult& result_;
};

}  // namespace

std::vector<std::string> DemoResult::failed() const {
  std::vector<std::string> names;
  for (const auto& check : checks) {
    if (!check.ok()) names.push_back(check.name);
  }
  for (const auto& bound : bounds) {
    if (!bound.ok()) names.push_back(bound.name);
  }
  return names;
}

std::string DemoResult::json() const {
  std::string text;
  base::JsonWriter json(text);
  json.begin_object().member("seed", seed);
  json.key("checks").begin_array();
  for (const auto& check : checks) {
    json.begin_object().member("name", check.name).member("truth", check.truth);
    json.member("measured", check.measured).end_object();
  }
  json.end_array().key("bounds").begin_array();
  for (const auto& bound : bounds) {
    json.begin_object().member("name", bound.name).member("measured", bound.measured);
    json.member("limit", bound.limit).member("ok", bound.ok()).end_object();
  }
  json.end_array().key("failed").begin_array();
  for (const auto& name : failed()) json.value(name);
  json.end_array().end_object();
  return text;
}

std::string DemoResult::table() const {
  std::string text = fmt::format("{:<28} {:>16} {:>16}\n", "", "exchange sent", "engine counted");
  for (const auto& check : checks) {
    text += fmt::format("{:<28} {:>16} {:>16}  {}\n", check.name, check.truth, check.measured,
                        check.ok() ? "equal" : "DIFFERENT");
  }
  text += fmt::format("{:<28} {:>16} {:>16}\n", "", "limit", "measured");
  for (const auto& bound : bounds) {
    text += fmt::format("{:<28} {:>16.6g} {:>16.6g}  {}\n", bound.name, bound.limit, bound.measured,
                        bound.ok() ? "within" : "ABOVE");
  }
  return text;
}

DemoResult compare(std::uint64_t seed, const sim::Truth& truth, const telemetry::Registry& registry,
                   const DemoObservations& seen) {
  DemoResult result{.seed = seed};
  Comparison(truth, registry, seen, result).run();
  return result;
}

}  // namespace tickwitness::app
