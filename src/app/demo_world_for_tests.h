// For tests: a short run on which exchange and engine agree, by their records; tests then change
// one side.
#pragma once

#include <fmt/format.h>

#include <memory>
#include <string>
#include <vector>

#include "app/demo_checks.h"
#include "app/demo_judges.h"
#include "app/demo_notes.h"
#include "sim/record/ledger.h"
#include "telemetry/catalog.gen.h"
#include "telemetry/exposition.h"

namespace tickwitness::app {

struct DemoWorld {
  static constexpr auto kKraken = telemetry::label::Exchange::kraken;
  static constexpr base::Now kBegan{base::Instant(std::chrono::hours(5)),
                                    base::WallTime(std::chrono::seconds(1'767'323'070))};
  static constexpr base::Duration kLatency = std::chrono::milliseconds(4);  // when sent

  static constexpr sim::Promises kPromises{.stale_after_trade = std::chrono::hours(1),
                                           .stale_after_spread = std::chrono::hours(1),
                                           .stale_after_ohlc = std::chrono::hours(1),
                                           .healthy_after = std::chrono::seconds(60),
                                           .breaker_failures_max = 5,
                                           .breaker_timeout = std::chrono::seconds(60),
                                           .breaker_half_open_timeout = std::chrono::seconds(30)};

  sim::Settings exchange{.pairs = {sim::default_pairs().front()}};
  sim::Truth truth;
  sim::Ledger ledger{exchange, sim::Promises()};
  telemetry::Registry registry;
  telemetry::Catalog metrics{registry};
  telemetry::label::Symbol btc{"BTC-USD"};
  telemetry::label::Connection main{"main"};
  DemoNotes::Batch notes;  // that nobody was handed yet
  DemoObservations seen{.links = 1,
                        .ended = kBegan.mono + std::chrono::seconds(60),
                        .stale_after = std::chrono::seconds(10),
                        .resident_bytes = 20e6};

  DemoWorld() {
    sim::PairTruth& pair = truth.pairs.emplace_back();
    pair.symbol = exchange.pairs.front().symbol;
    pair.last_price_sent = base::Decimal(265001, 1);
    truth.connections_accepted = 1;
    truth.shutdown_closes = 1;
    exchange_sends();
    engine_counts();
    report(feed::SubscriptionState::live);
  }

  void sent(const sim::Parcel& parcel, int times = 1) {
    for (int i = 0; i < times; ++i) {
      lost(parcel);
      engine({.what = EngineNote::What::delivered, .print = notes.shipped.back().print});
    }
  }
  // Sent, and not delivered. Trades get the ids that follow.
  void lost(sim::Parcel parcel) {
    if (parcel.kind == sim::SentKind::trade) {
      for (std::size_t i = 0; i < parcel.id.size(); ++i) parcel.id[i] = last_trade_ + 1 + i;
      last_trade_ += parcel.items;
    }
    ++truth.frames[static_cast<std::size_t>(parcel.kind)];
    ledger.on_delivered(1, kBegan, parcel, 100);
    notes.shipped.push_back({.connection = 1,
                             .at = kBegan.mono,
                             .print = {.hash = ++last_message_, .bytes = 100},
                             .parcel = parcel});
  }
  void engine(EngineNote note, base::Duration at = {}) {
    note.link = 1;
    note.now = {kBegan.mono + at, kBegan.wall + at};
    notes.engine.push_back(std::move(note));
  }
  // What the engine's thread and the exchange's would have handed over by now.
  void hand_over(DemoNotes& to) {
    for (const auto& note : std::exchange(notes.shipped, {})) to.add(note);
    for (const auto& note : std::exchange(notes.engine, {})) to.add(note);
  }
  // The connection ends and comes back.
  void reconnect(telemetry::label::CloseReason why) {
    engine({.what = EngineNote::What::ended, .reason = runtime::CloseReason::reset});
    engine({.what = EngineNote::What::attempt});
    engine({.what = EngineNote::What::open});
    ended(why);
    metrics.feed_connection_attempts.at(kKraken, main).inc();
    metrics.feed_reconnect_attempts.at(kKraken, main).inc();
    metrics.feed_reconnects.at(kKraken, main).inc();
  }
  // The exchange closes.
  void end() {
    engine({.what = EngineNote::What::finishing});
    engine({.what = EngineNote::What::ended, .reason = runtime::CloseReason::remote});
    ended(telemetry::label::CloseReason::remote);
  }
  static sim::Parcel items(sim::WireChannel channel, std::size_t count, bool snapshot = false) {
    sim::Parcel parcel = sim::data_parcel(channel, 0, count, snapshot);
    if (channel == sim::WireChannel::ohlc) parcel.interval = 1;
    if (channel == sim::WireChannel::trade) parcel.last_price = base::Decimal(265001, 1);
    if (snapshot || channel == sim::WireChannel::ohlc) return parcel;
    for (std::size_t i = 0; i < count; ++i) {
      parcel.stamp[parcel.stamps++] = kBegan.wall - kLatency;
    }
    return parcel;
  }
  void frames(telemetry::label::FrameKind kind, std::uint64_t count) {
    metrics.feed_frames.at(kKraken, kind).add(count);
    metrics.feed_bytes.at(kKraken).add(100 * count);
  }
  void events(telemetry::label::Channel channel, std::uint64_t count) {
    metrics.feed_events.at(kKraken, btc, channel).add(count);
  }
  void updates(telemetry::label::Channel channel, std::uint64_t count) {
    metrics.feed_updates.at(kKraken, btc, channel).add(count);
  }
  void latency(base::Duration value, int times = 1) {
    const auto histogram = metrics.feed_latency_seconds.at(kKraken, btc);
    for (int i = 0; i < times; ++i) histogram.observe(value);
  }
  void ended(telemetry::label::CloseReason reason) {
    metrics.feed_disconnections.at(kKraken, main, reason).inc();
  }
  void report(feed::SubscriptionState state) {
    auto status = std::make_shared<serve::EngineStatus>();
    auto& feed = status->feeds.emplace_back();
    feed.connections.push_back({.name = "main", .state = feed::LinkState::connected});
    feed.subscriptions.push_back({.symbol = "BTC-USD", .stream = "trade", .state = state});
    seen.before_end = status;
  }

  std::string scrape() const {
    return telemetry::render(registry, {.dialects = {"kraken", "trading"}});
  }
  void shows(std::string_view stream, telemetry::label::SubscriptionState state) {
    metrics.feed_subscription_state.at(kKraken, btc, telemetry::label::Stream{stream}).set(state);
  }

  // Once; the run ends with it.
  DemoResult result() {
    end();
    DemoNotes handed;
    hand_over(handed);
    DemoJudges judges(exchange, kPromises, kBegan, handed);
    judges.at_rest(kBegan, scrape(), truth, ledger, seen);
    return {.seed = 7, .report = judges.report()};
  }
  std::vector<std::string> failed() { return result().report.failed(); }

 private:
  void exchange_sends() {
    using enum sim::SentKind;
    using Channel = sim::WireChannel;
    using What = EngineNote::What;
    engine({.what = What::attempt});
    engine({.what = What::open});
    for (const auto* const channel : {"\"trade\"", "\"ticker\"", "\"ohlc\",\"interval\":1"}) {
      engine({.what = What::sent,
              .text = fmt::format(R"({{"method":"subscribe","params":{{"channel":{},)"
                                  R"("symbol":["BTC/USD"]}}}})",
                                  channel)});
    }
    sent({.kind = status});
    sent({.kind = heartbeat}, 60);
    sent({.kind = pong}, 2);
    sent({.kind = subscribed}, 3);
    sent(items(Channel::trade, 5, true));
    sent(items(Channel::trade, 1), 6);
    sent(items(Channel::trade, 4));
    sent(items(Channel::ticker, 1, true));
    sent(items(Channel::ticker, 1), 3);
    sent(items(Channel::ohlc, 1), 2);
  }

  void engine_counts() {
    using telemetry::label::Channel;
    using telemetry::label::FrameKind;
    frames(FrameKind::status, 1);
    frames(FrameKind::heartbeat, 60);
    frames(FrameKind::pong, 2);
    frames(FrameKind::subscribed, 3);
    frames(FrameKind::trades, 8);
    frames(FrameKind::quotes, 4);
    frames(FrameKind::candles, 2);
    metrics.feed_acks.at(kKraken).add(3);
    using telemetry::label::TradeOrigin;
    metrics.feed_trades.at(kKraken, btc, TradeOrigin::snapshot).add(5);
    metrics.feed_trades.at(kKraken, btc, TradeOrigin::live).add(10);
    metrics.feed_trades_missing.at(kKraken, btc);
    metrics.feed_trades_recovered.at(kKraken, btc);
    metrics.feed_trades_lost.at(kKraken, btc);
    metrics.feed_trades_returned.at(kKraken, btc);
    metrics.feed_trades_held.at(kKraken, btc).set(0);
    metrics.trade_completeness_ratio.at(kKraken, btc).set(1);
    events(Channel::trade, 15);
    events(Channel::spread, 4);
    events(Channel::ohlc, 2);
    updates(Channel::trade, 10);
    updates(Channel::spread, 3);
    updates(Channel::ohlc, 2);
    metrics.pipeline_ticks_received.at().add(21);
    metrics.pipeline_ticks_processed.at().add(21);
    latency(std::chrono::milliseconds(5), 13);
    metrics.market_last_price.at(kKraken, btc).set(26500.1);
    metrics.feed_connection_attempts.at(kKraken, main).inc();
    metrics.feed_connected.at(kKraken, main).set(1);
    metrics.breaker_state.at(kKraken, main).set(telemetry::label::BreakerState::closed);
    for (const auto* const stream : {"trade", "spread", "ohlc-1"}) {
      shows(stream, telemetry::label::SubscriptionState::live);
    }
    metrics.pipeline_ring_capacity.at(telemetry::label::Ring{"ingest"}).set(64);
    metrics.pipeline_ring_high_water.at(telemetry::label::Ring{"ingest"}).set(7);
  }

  std::uint64_t last_message_ = 0;
  std::uint64_t last_trade_ = 0;
};

}  // namespace tickwitness::app
