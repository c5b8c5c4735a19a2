#include "app/demo_checks.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <functional>

#include "telemetry/catalog.gen.h"

namespace tickwitness::app {
namespace {

using namespace std::chrono_literals;
using telemetry::label::Channel;
using telemetry::label::Connection;
using telemetry::label::Exchange;
using telemetry::label::FrameKind;
using telemetry::label::MalformedReason;
using testing::Contains;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;

constexpr auto kKraken = Exchange::kraken;

// A short run on which exchange and engine agree; tests then change one side.
struct World {
  sim::Truth truth;
  telemetry::Registry registry;
  telemetry::Catalog metrics{registry};
  DemoObservations seen{.links = 1, .ended = base::Instant(60s), .stale_after = 10s};
  telemetry::label::Symbol btc{"BTC-USD"};

  World() {
    const auto sent = [this](sim::SentKind kind, std::uint64_t count) {
      truth.frames[static_cast<std::size_t>(kind)] = count;
    };
    sent(sim::SentKind::status, 1);
    sent(sim::SentKind::heartbeat, 60);
    sent(sim::SentKind::pong, 2);
    sent(sim::SentKind::subscribed, 3);
    sent(sim::SentKind::trade, 8);
    sent(sim::SentKind::ticker, 4);
    sent(sim::SentKind::ohlc, 2);
    sim::PairTruth& pair = truth.pairs.emplace_back();
    pair.symbol = "BTC/USD";
    pair.trades = {.snapshot = 5, .update = 10};
    pair.quotes = {.snapshot = 1, .update = 3};
    pair.candles = {.snapshot = 0, .update = 2};
    pair.last_price_sent = base::Decimal(265001, 1);
    for (int i = 0; i < 10; ++i) pair.trade_latencies.add({});
    for (int i = 0; i < 3; ++i) pair.quote_latencies.add({});
    truth.connections_accepted = 1;
    truth.shutdown_closes = 1;

    frames(FrameKind::status, 1);
    frames(FrameKind::heartbeat, 60);
    frames(FrameKind::pong, 2);
    frames(FrameKind::subscribed, 3);
    frames(FrameKind::trades, 8);
    frames(FrameKind::quotes, 4);
    frames(FrameKind::candles, 2);
    metrics.feed_acks.at(kKraken).add(3);
    events(Channel::trade, 15);
    events(Channel::spread, 4);
    events(Channel::ohlc, 2);
    metrics.feed_updates.at(kKraken, btc, Channel::trade).add(10);
    metrics.pipeline_ticks_processed.at().add(21);
    const auto latency = metrics.feed_latency_seconds.at(kKraken, btc);
    for (int i = 0; i < 13; ++i) latency.observe(5ms);
    metrics.market_last_price.at(kKraken, btc).set(26500.1);
    metrics.feed_disconnections
        .at(kKraken, Connection{"main"}, telemetry::label::CloseReason::remote)
        .inc();
    metrics.pipeline_ring_capacity.at(telemetry::label::Ring{"ingest"}).set(64);
    metrics.pipeline_ring_high_water.at(telemetry::label::Ring{"ingest"}).set(7);
    seen.resident_bytes = 20e6;
    report(feed::SubscriptionState::live);
  }
  void frames(FrameKind kind, std::uint64_t count) {
    metrics.feed_frames.at(kKraken, kind).add(count);
  }
  void events(Channel channel, std::uint64_t count) {
    metrics.feed_events.at(kKraken, btc, channel).add(count);
  }
  void report(feed::SubscriptionState state) {
    auto status = std::make_shared<serve::EngineStatus>();
    auto& feed = status->feeds.emplace_back();
    feed.connections.push_back({.name = "main", .state = feed::LinkState::connected});
    feed.subscriptions.push_back({.symbol = "BTC-USD", .stream = "trade", .state = state});
    seen.before_end = status;
  }
  DemoResult result() const { return compare(7, truth, registry, seen); }
  std::vector<std::string> failed() const { return result().failed(); }
};

std::vector<std::string> names(const auto& list) {
  std::vector<std::string> all;
  for (const auto& one : list) all.push_back(one.name);
  return all;
}

TEST(DemoChecks, AgreementHasNoFailure) {
  const World world;
  const DemoResult result = world.result();
  EXPECT_THAT(result.failed(), IsEmpty());
  EXPECT_GT(result.checks.size(), 15U);
  EXPECT_THAT(names(result.bounds), ElementsAre("resident_bytes"));
  EXPECT_EQ(result.seed, 7U);
}

struct Lie {
  std::string_view what;
  std::function<void(World&)> tell;
  std::vector<std::string> failed;
};

TEST(DemoChecks, OneOffIsNamed) {
  const Lie cases[] = {
      {"a trade counted twice",
       [](World& w) { w.events(Channel::trade, 1); },
       {"events_trade", "trades_BTC-USD"}},
      {"a quote not counted",
       [](World& w) { ++w.truth.pairs[0].quotes.update; },
       {"events_spread", "ticks_processed"}},
      {"a candle counted twice", [](World& w) { w.events(Channel::ohlc, 1); }, {"events_ohlc"}},
      {"a snapshot taken for news",
       [](World& w) { w.metrics.feed_updates.at(kKraken, w.btc, Channel::trade).inc(); },
       {"trades_news"}},
      {"a frame not seen", [](World& w) { ++w.truth.frames[1]; }, {"frames", "heartbeats"}},
      {"an ack the session missed",
       [](World& w) { w.metrics.feed_acks.at(kKraken).inc(); },
       {"acks_by_session"}},
      {"a dropped tick",
       [](World& w) { w.metrics.pipeline_dropped.at(telemetry::label::Ring{"ingest"}).inc(); },
       {"ticks_dropped"}},
      {"a reconnect nobody saw", [](World& w) { ++w.truth.connections_accepted; }, {"reconnects"}},
      {"a disconnect not counted", [](World& w) { ++w.truth.disconnects; }, {"disconnections"}},
      {"a trip without a reason",
       [](World& w) { w.metrics.breaker_trips.at(kKraken, Connection{"main"}).inc(); },
       {"breaker_trips"}},
      {"a malformed frame not counted",
       [](World& w) { ++w.truth.malformed["json"]; },
       {"malformed_json", "malformed"}},
      {"malformed under another reason",
       [](World& w) {
         ++w.truth.malformed["json"];
         w.metrics.feed_frames_malformed.at(kKraken, MalformedReason::too_deep).inc();
       },
       {"malformed_json"}},
      {"an unsupported frame not counted",
       [](World& w) { ++w.truth.malformed["unsupported"]; },
       {"unsupported"}},
      {"a latency not observed",
       [](World& w) { w.truth.pairs[0].quote_latencies.add({}); },
       {"latencies"}},
      {"a price a tick off",
       [](World& w) { w.metrics.market_last_price.at(kKraken, w.btc).set(26500.2); },
       {"last_price_BTC-USD"}},
      {"stale though nothing was silent",
       [](World& w) { w.report(feed::SubscriptionState::stale); },
       {"subscriptions_stale_at_end"}},
      {"no report from the engine",
       [](World& w) { w.seen.before_end = nullptr; },
       {"connections_up_at_end"}},
      {"too much memory",
       [](World& w) { w.seen.resident_bytes = 97.0 * (1 << 20); },
       {"resident_bytes"}},
  };
  for (const auto& c : cases) {
    World world;
    c.tell(world);
    EXPECT_EQ(world.failed(), c.failed) << c.what;
  }
}

// What was on the wire when a connection was cut may be lost, but nothing may be invented.
TEST(DemoChecks, AfterAResetEqualityBecomesABound) {
  World world;
  world.truth.resets = 1;
  world.truth.connections_accepted = 2;
  world.truth.pairs[0].trades.update += 3;  // sent, lost on the way
  world.truth.frames[static_cast<std::size_t>(sim::SentKind::trade)] += 2;
  world.metrics.feed_reconnects.at(kKraken, Connection{"main"}).inc();
  world.metrics.feed_disconnections
      .at(kKraken, Connection{"main"}, telemetry::label::CloseReason::reset)
      .inc();
  const DemoResult result = world.result();
  EXPECT_THAT(result.failed(), IsEmpty());
  EXPECT_THAT(names(result.checks), Not(Contains("events_trade")));
  EXPECT_THAT(names(result.bounds), Contains("events_trade"));
  EXPECT_THAT(names(result.bounds), Contains("frames"));
  EXPECT_THAT(names(result.checks), Contains("reconnects"));  // these stay exact
  world.events(Channel::spread, 1);
  EXPECT_THAT(world.failed(), ElementsAre("events_spread"));
}

struct Silence {
  base::Duration since;
  feed::SubscriptionState at_end;
  std::vector<std::string> failed;
};

TEST(DemoChecks, ASilentSubscriptionMustEndStaleUnlessTheTimeWasTooShort) {
  using S = feed::SubscriptionState;
  const Silence cases[] = {
      {20s, S::stale, {}},
      {20s, S::live, {"subscriptions_stale_at_end", "stale_is_the_silenced_one"}},
      {48s, S::stale, {}},  // 12 s: threshold and slack
      {48s, S::live, {"subscriptions_stale_at_end", "stale_is_the_silenced_one"}},
      {49s, S::live, {}},  // the end came before the verdict was due
      {49s, S::stale, {}},
  };
  for (const auto& c : cases) {
    World world;
    world.truth.faults.push_back(
        {.kind = sim::FaultKind::silent, .at = base::Instant(c.since), .detail = "trade BTC/USD"});
    world.report(c.at_end);
    EXPECT_EQ(world.failed(), c.failed) << c.since.count();
  }
}

TEST(DemoChecks, ASilenceThatEndedLeavesNothingStale) {
  using S = feed::SubscriptionState;
  const Silence cases[] = {
      // `since`: when it ended
      {30s, S::live, {}},
      {30s, S::stale, {"subscriptions_stale_at_end"}},
      {58s, S::stale, {"subscriptions_stale_at_end"}},
      {59s, S::stale, {}},  // the end came before the report was due
      {61s, S::stale, {}},  // not ended
  };
  for (const auto& c : cases) {
    World world;
    world.truth.faults.push_back({.kind = sim::FaultKind::silent,
                                  .at = base::Instant(10s),
                                  .detail = "trade BTC/USD",
                                  .until = base::Instant(c.since)});
    world.report(c.at_end);
    world.seen.stale_seen = base::Instant(21s);
    EXPECT_EQ(world.failed(), c.failed) << c.since.count();
  }
}

TEST(DemoChecks, ASilenceAfterAnotherMayBeginStale) {
  World world;
  for (const auto& [at, until] : {std::pair(10s, 30s), std::pair(40s, 500s)})
    world.truth.faults.push_back({.kind = sim::FaultKind::silent,
                                  .at = base::Instant(at),
                                  .detail = "trade BTC/USD",
                                  .until = base::Instant(until)});
  world.report(feed::SubscriptionState::stale);
  world.seen.stale_seen = base::Instant(21s);
  EXPECT_THAT(world.failed(), IsEmpty());
  world.seen.stale_seen = base::Instant(9s);
  EXPECT_THAT(world.failed(), ElementsAre("stale_before_it_was_silent"));
}

TEST(DemoChecks, NothingIsClaimedUntilAHangHadTimeToPass) {
  using S = feed::SubscriptionState;
  for (const auto kind : {sim::FaultKind::hang, sim::FaultKind::unanswered}) {
    const Silence cases[] = {
        // `since`: when it ended
        {48s, S::stale, {"subscriptions_stale_at_end"}},  // 12 s: threshold and slack
        {49s, S::stale, {}},
        {70s, S::stale, {}},
        {48s, S::live, {}},
    };
    for (const auto& c : cases) {
      World world;
      world.truth.faults.push_back(
          {.kind = kind, .at = base::Instant(20s), .detail = "", .until = base::Instant(c.since)});
      world.report(c.at_end);
      EXPECT_EQ(world.failed(), c.failed) << c.since.count();
    }
    // A silence is found only after it.
    for (const auto until : {36s, 37s}) {
      World world;
      world.truth.faults.push_back(
          {.kind = sim::FaultKind::silent, .at = base::Instant(20s), .detail = "trade BTC/USD"});
      world.truth.faults.push_back(
          {.kind = kind, .at = base::Instant(21s), .detail = "", .until = base::Instant(until)});
      EXPECT_EQ(world.failed().empty(), until == 37s);
    }
  }
}

TEST(DemoChecks, StalenessMustBeFoundInTime) {
  World world;
  world.truth.faults.push_back(
      {.kind = sim::FaultKind::silent, .at = base::Instant(20s), .detail = "trade BTC/USD"});
  world.report(feed::SubscriptionState::stale);
  world.seen.stale_seen = base::Instant(31s);
  EXPECT_THAT(world.failed(), IsEmpty());
  EXPECT_THAT(names(world.result().bounds), Contains("stale_found_after_s"));
  world.seen.stale_seen = base::Instant(33s);
  EXPECT_THAT(world.failed(), ElementsAre("stale_found_after_s"));
}

TEST(DemoChecks, NegativeLatenciesAreAllowedOnlyWithASkewedClock) {
  World world;
  world.metrics.feed_latency_negative.at(kKraken, world.btc).inc();
  world.truth.pairs[0].trade_latencies.add({});
  EXPECT_THAT(world.failed(), ElementsAre("latencies_negative"));
  world.truth.faults.push_back({.kind = sim::FaultKind::skew, .at = {}, .detail = ""});
  EXPECT_THAT(world.failed(), IsEmpty());
}

TEST(DemoResult, JsonIsOneLineOfThisShape) {
  const DemoResult result{.seed = 7,
                          .checks = {{"same", 3, 3}, {"differs", 3, 2}},
                          .bounds = {{"within", 1, 2}, {"above", 2.5, 2}}};
  EXPECT_EQ(result.json(), R"({"seed":7,"checks":[{"name":"same","truth":3,"measured":3},)"
                           R"({"name":"differs","truth":3,"measured":2}],)"
                           R"("bounds":[{"name":"within","measured":1,"limit":2,"ok":true},)"
                           R"({"name":"above","measured":2.5,"limit":2,"ok":false}],)"
                           R"("failed":["differs","above"]})");
  EXPECT_EQ(DemoResult{}.json(), R"({"seed":0,"checks":[],"bounds":[],"failed":[]})");
}

TEST(DemoResult, TheTableMarksWhatIsWrong) {
  const DemoResult result{.seed = 7,
                          .checks = {{"same", 3, 3}, {"differs", 3, 2}},
                          .bounds = {{"within", 1, 2}, {"above", 3, 2}}};
  const std::string table = result.table();
  for (const auto* part : {"equal\n", "DIFFERENT\n", "within\n", "ABOVE\n"}) {
    EXPECT_THAT(table, HasSubstr(part));
  }
}

}  // namespace
}  // namespace tickwitness::app
