// For tests: what a product that tells the truth shows of a ledger, as a scrape; then a test lies.
#pragma once

#include <gtest/gtest.h>

#include <functional>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "sim/checkers/checker.h"
#include "sim/record/wire_for_tests.h"

namespace tickwitness::sim {

class Shown {
 public:
  explicit Shown(const Wire& wire) : wire_(wire) {
    frames();
    links();
    for (const auto& [key, stream] : wire.ledger.streams()) {
      if (stream.wanted) state(key.symbol, key.stream, wire.expected(key.stream, key.symbol).state);
    }
  }

  // By the series' text, without quotes: "x_total{kind=json}".
  std::map<std::string, double> series;

  void state(const std::string& symbol, const std::string& stream, StreamState holds) {
    for (const auto one :
         {StreamState::pending, StreamState::live, StreamState::suspect, StreamState::refused}) {
      series["tickwitness_feed_subscription_state{symbol=" + symbol + ",stream=" + stream +
             ",state=" + std::string(to_string(one)) + "}"] = one == holds ? 1 : 0;
    }
  }
  void connection(const std::string& name, bool open, ModelBreaker breaker) {
    series["tickwitness_feed_connected{connection=" + name + "}"] = open ? 1 : 0;
    for (const auto one : {ModelBreaker::closed, ModelBreaker::open, ModelBreaker::half_open}) {
      series["tickwitness_breaker_state{connection=" + name +
             ",state=" + std::string(to_string(one)) + "}"] = one == breaker ? 1 : 0;
    }
  }

  std::string text() const {
    std::string text;
    for (const auto& [name, value] : series) {
      for (const char c : name) {
        if (c == '=') {
          text += "=\"";
        } else if (c == ',' || c == '}') {
          text += '"';
          text += c;
        } else {
          text += c;
        }
      }
      text += ' ' + std::to_string(value) + '\n';
    }
    return text;
  }

 private:
  void frames() {
    const Traffic& traffic = wire_.ledger.traffic();
    const auto frames = [&](const std::string& kind, SentKind sent) {
      series["tickwitness_feed_frames_total{kind=" + kind + "}"] =
          static_cast<double>(traffic.sent(sent));
    };
    frames("heartbeat", SentKind::heartbeat);
    frames("subscribed", SentKind::subscribed);
    frames("refused", SentKind::refused);
    frames("trades", SentKind::trade);
    frames("malformed", SentKind::malformed);
    series["tickwitness_feed_bytes_total"] = static_cast<double>(traffic.bytes);
    for (const auto& [reason, count] : traffic.malformed) {
      series["tickwitness_feed_frames_malformed_total{reason=" + std::string(reason) + "}"] =
          static_cast<double>(count);
    }
    double events = 0;
    for (std::size_t i = 0; i < traffic.pairs.size(); ++i) {
      const std::string labels = "{symbol=" + wire_.ledger.symbols()[i] + ",channel=trade}";
      const auto& trades = traffic.pairs[i].trades;
      series["tickwitness_feed_events_total" + labels] = static_cast<double>(trades.total());
      series["tickwitness_feed_updates_total" + labels] = static_cast<double>(trades.update);
      events += static_cast<double>(trades.total());
      if (const auto& price = traffic.pairs[i].last_price) {
        series["tickwitness_market_last_price{symbol=" + wire_.ledger.symbols()[i] + "}"] =
            price->approx();
      }
    }
    series["kraken_events_processed_total{event_type=trade}"] = events;
    for (const auto* const name :
         {"tickwitness_pipeline_ticks_received_total", "tickwitness_pipeline_ticks_processed_total",
          "trading_ticks_received_total", "trading_ticks_processed_total"}) {
      series[name] = events;
    }
    series["tickwitness_pipeline_ring_depth{ring=ingest}"] = 0;
  }

  void links() {
    bool all_open = true;
    ModelBreaker worst = ModelBreaker::closed;
    for (const auto& [id, link] : wire_.ledger.links()) {
      const std::string name = std::to_string(id);
      counts(name, link);
      if (link.retired) continue;
      connection(name, link.open, link.breaker);
      all_open = all_open && link.open;
      if (worst != ModelBreaker::open && link.breaker != ModelBreaker::closed) worst = link.breaker;
    }
    series["kraken_ws_connection_status"] = all_open ? 1 : 0;
    series["trading_ws_connection_status"] = all_open ? 1 : 0;
    series["circuit_breaker_state"] = static_cast<double>(worst);
  }

  void counts(const std::string& name, const LinkRecord& link) {
    const std::string of = "{connection=" + name + "}";
    const auto add = [&](const std::string& key, std::uint64_t value) {
      series[key] += static_cast<double>(value);
    };
    add("tickwitness_feed_acks_total", link.acks);
    add("tickwitness_feed_refusals_total", link.refusals);
    add("tickwitness_feed_connection_attempts_total" + of, link.attempts);
    add("trading_ws_connections_total", link.attempts);
    add("tickwitness_feed_reconnect_attempts_total" + of, link.reconnect_attempts);
    add("trading_ws_reconnects_total", link.reconnect_attempts);
    add("tickwitness_feed_reconnects_total" + of, link.reconnects());
    add("kraken_ws_reconnects_total", link.reconnects());
    add("tickwitness_breaker_trips_total" + of, link.trips);
    add("circuit_breaker_trips_total", link.trips);
    const auto reasons = [&](const std::string& family, const auto& counts) {
      for (const auto& [reason, count] : counts) {
        add(family + "{connection=" + name + ",reason=" + std::string(to_string(reason)) + "}",
            count);
        if (family.find("disc") != std::string::npos) {
          add("trading_ws_disconnections_total", count);
        }
      }
    };
    reasons("tickwitness_feed_disconnections_total", link.ended);
    reasons("tickwitness_feed_connection_failures_total", link.failed);
  }

  const Wire& wire_;
};

// One run of a checker over what tests show it.
class Watch {
 public:
  Watch(Checker& checker, const Wire& wire) : checker_(checker), wire_(wire) {}

  // `act` with an observation of what is shown.
  void at(const Shown& shown, const std::function<void(const Observation&)>& act) {
    const auto scrape = Exposition::parse(shown.text());
    ASSERT_TRUE(scrape) << scrape.error().message << '\n' << shown.text();
    act({.at = wire_.elapsed, .now = wire_.now(), .scrape = *scrape, .ledger = wire_.ledger});
  }
  void scrape(const Shown& shown) {
    at(shown, [&](const Observation& seen) { checker_.on_scrape(seen, report); });
  }
  void scrape() { scrape(Shown(wire_)); }
  void rest(const Shown& shown) {
    at(shown, [&](const Observation& seen) { checker_.at_rest(seen, report); });
  }
  void rest() { rest(Shown(wire_)); }

  // Of violations.
  std::vector<std::string> said() const {
    std::vector<std::string> all;
    for (const auto& violation : report.violations()) all.push_back(violation.what);
    return all;
  }
  // Equalities and bounds that do not hold.
  std::vector<std::string> wrong() const {
    std::vector<std::string> all;
    for (const auto& one : report.equalities()) {
      if (!one.ok()) all.push_back(one.name);
    }
    for (const auto& one : report.bounds()) {
      if (!one.ok()) all.push_back(one.name);
    }
    return all;
  }

  Report report;

 private:
  Checker& checker_;
  const Wire& wire_;
};

}  // namespace tickwitness::sim
