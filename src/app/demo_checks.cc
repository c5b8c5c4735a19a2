#include "app/demo_checks.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "app/simulate_report.h"
#include "base/json_write.h"

namespace tickwitness::app {
namespace {

using sim::SentKind;

constexpr std::string_view kChecker = "demo";
constexpr double kResidentMaxBytes = 96.0 * (1 << 20);
// States are reported once a second, on a busy machine later.
constexpr base::Duration kStaleReportSlack = std::chrono::seconds(2);

double number(std::uint64_t value) {
  return static_cast<double>(value);
}

class Comparison {
 public:
  Comparison(const sim::Truth& truth, const sim::Exposition& scrape, const DemoObservations& seen,
             bool lossy, sim::Report& report)
      : truth_(truth), scrape_(scrape), seen_(seen), lossy_(lossy), report_(report) {}

  void run() {
    frames();
    pipeline();
    session();
    connections();
    malformed();
    prices();
    stale();
    bound("resident_bytes", seen_.resident_bytes, kResidentMaxBytes);
  }

 private:
  double shown(std::string_view name, const sim::Exposition::Where& where = {}) const {
    return scrape_.sum(name, where);
  }
  void exactly(std::string name, double truth, double measured) {
    report_.equal(kChecker, std::move(name), truth, measured);
  }
  void bound(std::string name, double measured, double limit) {
    report_.at_most(kChecker, std::move(name), measured, limit);
  }
  void received(std::string name, double sent, double measured) {
    if (lossy_) {
      bound(std::move(name), measured, sent);
    } else {
      exactly(std::move(name), sent, measured);
    }
  }

  // What the exchange said was sent: the checkers' record is of what its shell passed on.
  void frames() {
    const double sent = number(truth_.frames_total());
    received("frames", sent, shown("tickwitness_feed_frames_total"));
  }

  // Of what came in, all was processed.
  void pipeline() {
    exactly("ticks_dropped", 0, shown("tickwitness_pipeline_dropped_total"));
    exactly("ticks_waiting", 0, shown("tickwitness_pipeline_ring_depth"));
  }

  void session() {
    received("acks", number(truth_.sent(SentKind::subscribed)),
             shown("tickwitness_feed_acks_total"));
    received("refusals", number(truth_.sent(SentKind::refused)),
             shown("tickwitness_feed_refusals_total"));
  }

  void connections() {
    exactly("reconnects", number(truth_.connections_accepted) - number(seen_.links),
            shown("kraken_ws_reconnects_total"));
    exactly("disconnections",
            number(truth_.disconnects + truth_.resets + truth_.shutdown_closes +
                   truth_.closed_by_client),
            shown("trading_ws_disconnections_total"));
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
    const double trips = shown("circuit_breaker_trips_total");
    if (truth_.connections_refused == 0) {
      exactly("breaker_trips", 0, trips);
    } else {
      const double failures = number(truth_.connections_refused + truth_.disconnects +
                                     truth_.resets + truth_.closed_by_client);
      bound("breaker_trips", trips, std::floor(failures / seen_.max_failures));
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
              shown("tickwitness_feed_frames_malformed_total", {{"reason", reason}}));
    }
    exactly("malformed", number(unusable), shown("tickwitness_feed_frames_malformed_total"));
    exactly("unsupported", number(unsupported),
            shown("tickwitness_feed_frames_total", {{"kind", "unsupported"}}));
  }

  void prices() {
    if (lossy_) return;
    for (const auto& pair : truth_.pairs) {
      if (!pair.last_price_sent) continue;
      const std::string symbol = dashed(pair.symbol);
      exactly("last_price_" + symbol, pair.last_price_sent->approx(),
              shown("tickwitness_market_last_price", {{"symbol", symbol}}));
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
          if (!feed::is_silent(subscription.state)) continue;
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
      bound("stale_found_after_s", base::seconds(*seen_.stale_seen - since),
            base::seconds(verdict_within()));
    }
  }

  const sim::Truth& truth_;
  const sim::Exposition& scrape_;
  const DemoObservations& seen_;
  bool lossy_;
  sim::Report& report_;
};

// What is 0 for a reason is what a demo is about; zeros of the checkers are left out.
bool is_worth_a_line(const sim::Equality& check) {
  return check.checker == kChecker || !check.ok() || check.truth != 0;
}

bool is_worth_a_line(const sim::Bound& bound) {
  return bound.checker == kChecker || !bound.ok() || bound.limit != 0;
}

}  // namespace

std::string dashed(std::string symbol) {
  std::ranges::replace(symbol, '/', '-');
  return symbol;
}

bool is_lossy(const sim::Truth& truth) {
  return truth.resets != 0 || truth.fired(sim::FaultKind::bad_utf8);
}

bool could_be_whole(const sim::Truth& truth, base::Instant ended) {
  constexpr base::Duration kFilledWithin = std::chrono::seconds(15);
  using Kind = sim::FaultKind;
  for (const auto& fault : truth.faults) {
    const bool forever = fault.kind == Kind::rest_refuses;
    const bool in_the_way = fault.kind == Kind::drop || fault.kind == Kind::rate_limited ||
                            fault.kind == Kind::rest_errors || fault.kind == Kind::zombie ||
                            fault.kind == Kind::silent || fault.kind == Kind::hang ||
                            fault.kind == Kind::down || fault.kind == Kind::disconnect ||
                            fault.kind == Kind::unanswered || fault.kind == Kind::maintenance;
    if (forever || (in_the_way && fault.until > ended - kFilledWithin)) return false;
  }
  return true;
}

void compare(const sim::Truth& truth, const sim::Exposition& scrape, const DemoObservations& seen,
             bool lossy, sim::Report& report) {
  Comparison(truth, scrape, seen, lossy, report).run();
}

std::string DemoResult::json() const {
  std::string text;
  base::JsonWriter json(text);
  json.begin_object().member("seed", seed);
  write_report(json, report);
  json.end_object();
  return text;
}

std::string DemoResult::table() const {
  std::string text = fmt::format("{:>16} {:>16}\n", "exchange sent", "engine shows");
  std::size_t zeros = 0;
  for (const auto& check : report.equalities()) {
    if (!is_worth_a_line(check)) {
      ++zeros;
      continue;
    }
    text += fmt::format("{:>16} {:>16}  {:<9}  {}.{}\n", check.truth, check.measured,
                        check.ok() ? "equal" : "DIFFERENT", check.checker, check.name);
  }
  text += fmt::format("{:>16} {:>16}\n", "limit", "measured");
  for (const auto& bound : report.bounds()) {
    if (!is_worth_a_line(bound)) {
      ++zeros;
      continue;
    }
    text += fmt::format("{:>16.6g} {:>16.6g}  {:<9}  {}.{}\n", bound.limit, bound.measured,
                        bound.ok() ? "within" : "ABOVE", bound.checker, bound.name);
  }
  if (zeros != 0) text += fmt::format("and {} that are 0 on both sides\n", zeros);
  for (const auto& violation : report.violations()) {
    text += fmt::format("VIOLATION of {} at {:.3f} s: {}\n", violation.checker,
                        base::seconds(violation.at), violation.what);
  }
  return text;
}

}  // namespace tickwitness::app
