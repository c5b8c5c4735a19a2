#include "app/demo_checks.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <functional>

#include "app/demo_world_for_tests.h"

namespace tickwitness::app {
namespace {

using namespace std::chrono_literals;
using telemetry::label::Channel;
using telemetry::label::CloseReason;
using telemetry::label::Connection;
using telemetry::label::FrameKind;
using telemetry::label::MalformedReason;
using telemetry::label::Ring;
using testing::Contains;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;
using testing::UnorderedElementsAreArray;

constexpr auto kKraken = DemoWorld::kKraken;

std::vector<std::string> names(const auto& list) {
  std::vector<std::string> all;
  for (const auto& one : list) all.push_back(one.checker + "." + one.name);
  return all;
}

TEST(DemoChecks, AgreementHasNoFailure) {
  const DemoResult result = DemoWorld().result();
  EXPECT_THAT(result.report.failed(), IsEmpty());
  EXPECT_GT(result.report.equalities().size(), 50U);
  EXPECT_THAT(names(result.report.bounds()),
              ElementsAre("latency.BTC-USD sum short by", "latency.BTC-USD negative",
                          "latency.BTC-USD sum over by", "bounds.series", "bounds.scrape_bytes",
                          "staleness.found_after_s", "staleness.silences not found",
                          "staleness.silences invented", "demo.resident_bytes"));
}

struct Lie {
  std::string_view what;
  std::function<void(DemoWorld&)> tell;
  std::vector<std::string> failed;
};

TEST(DemoChecks, WhatOnlyTheExchangeKnows) {
  const Lie cases[] = {
      {"a frame that never came to the sockets",
       [](DemoWorld& w) { ++w.truth.frames[1]; },
       {"demo.frames"}},
      {"an ack the session missed",
       [](DemoWorld& w) { w.metrics.feed_acks.at(kKraken).inc(); },
       {"counters.tickwitness_feed_acks_total", "demo.acks"}},
      {"a refusal that was none",
       [](DemoWorld& w) { w.metrics.feed_refusals.at(kKraken).inc(); },
       {"counters.tickwitness_feed_refusals_total", "demo.refusals"}},
      {"a tick that waits",
       [](DemoWorld& w) {
         w.metrics.pipeline_ring_depth.at(Ring{"ingest"}).set(1);
         w.events(Channel::trade, 1);
         w.updates(Channel::trade, 1);
         w.metrics.feed_trades.at(kKraken, w.btc, telemetry::label::TradeOrigin::live).inc();
         w.metrics.pipeline_ticks_received.at().inc();
         w.frames(FrameKind::trades, 1);
         w.latency(5ms);
         w.sent(DemoWorld::items(sim::WireChannel::trade, 1));
       },
       {"demo.ticks_waiting"}},
      {"a dropped tick",
       [](DemoWorld& w) { w.metrics.pipeline_dropped.at(Ring{"ingest"}).inc(); },
       {"conservation.tickwitness_pipeline_ticks_processed_total + "
        "tickwitness_pipeline_dropped_total + tickwitness_pipeline_ring_depth",
        "demo.ticks_dropped"}},
      {"a reconnect nobody saw",
       [](DemoWorld& w) { ++w.truth.connections_accepted; },
       {"demo.reconnects"}},
      {"a disconnect not counted",
       [](DemoWorld& w) { ++w.truth.disconnects; },
       {"demo.disconnections"}},
      {"a trip without a reason",
       [](DemoWorld& w) { w.metrics.breaker_trips.at(kKraken, Connection{"main"}).inc(); },
       {"counters.tickwitness_breaker_trips_total", "counters.circuit_breaker_trips_total",
        "demo.breaker_trips"}},
      {"a malformed frame not counted",
       [](DemoWorld& w) { ++w.truth.malformed["json"]; },
       {"demo.malformed_json", "demo.malformed"}},
      {"malformed under another reason",
       [](DemoWorld& w) {
         ++w.truth.malformed["json"];
         w.sent({.kind = sim::SentKind::malformed, .reason = "too_deep"});
         w.frames(FrameKind::malformed, 1);
         w.metrics.feed_frames_malformed.at(kKraken, MalformedReason::too_deep).inc();
       },
       {"demo.malformed_json"}},
      {"an unsupported frame not counted",
       [](DemoWorld& w) { ++w.truth.malformed["unsupported"]; },
       {"demo.unsupported"}},
      {"a price a tick off",
       [](DemoWorld& w) { w.metrics.market_last_price.at(kKraken, w.btc).set(26500.2); },
       {R"(counters.tickwitness_market_last_price{symbol="BTC-USD"})", "demo.last_price_BTC-USD"}},
      {"stale though nothing was silent",
       [](DemoWorld& w) { w.report(feed::SubscriptionState::suspect); },
       {"demo.subscriptions_stale_at_end"}},
      {"no report from the engine",
       [](DemoWorld& w) { w.seen.before_end = nullptr; },
       {"demo.connections_up_at_end"}},
      {"too much memory",
       [](DemoWorld& w) { w.seen.resident_bytes = 97.0 * (1 << 20); },
       {"demo.resident_bytes"}},
  };
  for (const auto& c : cases) {
    DemoWorld world;
    c.tell(world);
    EXPECT_EQ(world.failed(), c.failed) << c.what;
  }
}

// A demo's own check for each of these would say what a checker says already.
TEST(DemoChecks, WhatTheCheckersSay) {
  const Lie cases[] = {
      {"a trade counted twice",
       [](DemoWorld& w) { w.events(Channel::trade, 1); },
       {R"(tickwitness_feed_events_total{symbol="BTC-USD",channel="trade"})",
        R"(tickwitness_feed_events_total{channel="trade"})",
        R"(kraken_events_processed_total{event_type="trade"})"}},
      {"a snapshot taken for news",
       [](DemoWorld& w) { w.updates(Channel::trade, 1); },
       {R"(tickwitness_feed_updates_total{symbol="BTC-USD",channel="trade"})",
        R"(tickwitness_feed_updates_total{channel="trade"})"}},
      {"a heartbeat not seen",
       [](DemoWorld& w) {
         w.ledger.on_delivered(1, DemoWorld::kBegan, {.kind = sim::SentKind::heartbeat}, 0);
       },
       {R"(tickwitness_feed_frames_total{kind="heartbeat"})", "tickwitness_feed_frames_total"}},
      {"bytes that nobody sent",
       [](DemoWorld& w) { w.metrics.feed_bytes.at(kKraken).inc(); },
       {"tickwitness_feed_bytes_total"}},
      {"a tick that came from nowhere",
       [](DemoWorld& w) { w.metrics.pipeline_ticks_received.at().inc(); },
       {"tickwitness_pipeline_ticks_received_total", "trading_ticks_received_total"}},
  };
  for (const auto& c : cases) {
    DemoWorld world;
    c.tell(world);
    std::vector<std::string> failed;
    for (const auto& name : c.failed) failed.push_back("conservation." + name);
    EXPECT_THAT(world.failed(), UnorderedElementsAreArray(failed)) << c.what;
  }
}

TEST(DemoChecks, LatenciesAreThoseSentAndWhatTheWayTakes) {
  {
    DemoWorld world;
    world.latency(5ms);
    EXPECT_THAT(world.failed(), ElementsAre("latency.BTC-USD stamped"));
  }
  {
    // One is said to have been received before it was sent.
    DemoWorld world;
    world.metrics.feed_latency_negative.at(kKraken, world.btc).inc();
    EXPECT_THAT(world.failed(), ElementsAre("latency.BTC-USD stamped", "latency.BTC-USD negative"));
  }
  {
    // Seconds taken for milliseconds.
    DemoWorld world;
    world.sent(DemoWorld::items(sim::WireChannel::trade, 1));
    world.latency(5s);
    EXPECT_THAT(world.failed(), Contains("latency.BTC-USD sum over by"));
  }
}

struct ResetWorld : DemoWorld {
  ResetWorld() {
    truth.resets = 1;
    truth.connections_accepted = 2;
    lost(items(sim::WireChannel::trade, 3));
    reconnect(CloseReason::reset);
  }
};

// What was on the wire when a connection was cut may be lost, but nothing may be invented.
TEST(DemoChecks, AfterAResetEqualityBecomesABound) {
  const sim::Report report = ResetWorld().result().report;
  EXPECT_THAT(report.failed(), IsEmpty());
  const std::string trades = R"(conservation.kraken_events_processed_total{event_type="trade"})";
  EXPECT_THAT(names(report.equalities()), Not(Contains(trades)));
  for (const auto& bound : {trades, std::string("latency.BTC-USD stamped"),
                            std::string("demo.frames"), std::string("wire.delivered")}) {
    EXPECT_THAT(names(report.bounds()), Contains(bound));
  }
  // These stay exact.
  for (const auto* const exact : {"demo.reconnects", "counters.tickwitness_feed_acks_total"}) {
    EXPECT_THAT(names(report.equalities()), Contains(exact));
  }
  ResetWorld inventive;
  inventive.events(Channel::trade, 4);
  EXPECT_THAT(inventive.failed(), Contains(trades));
}

TEST(DemoChecks, WithoutAResetAllIsDelivered) {
  DemoWorld world;
  world.lost({.kind = sim::SentKind::heartbeat});
  EXPECT_THAT(world.failed(), Contains("wire.delivered"));
}

// Since the demo began.
base::Instant at(base::Duration since) {
  return DemoWorld::kBegan.mono + since;
}

struct Silence {
  base::Duration since;
  feed::SubscriptionState at_end;
  std::vector<std::string> failed;
};

TEST(DemoChecks, ASilentSubscriptionMustEndStaleUnlessTheTimeWasTooShort) {
  using S = feed::SubscriptionState;
  const Silence cases[] = {
      {20s, S::suspect, {}},
      {20s, S::live, {"demo.subscriptions_stale_at_end", "demo.stale_is_the_silenced_one"}},
      {48s, S::suspect, {}},  // 12 s: threshold and slack
      {48s, S::live, {"demo.subscriptions_stale_at_end", "demo.stale_is_the_silenced_one"}},
      {49s, S::live, {}},  // the end came before the verdict was due
      {49s, S::suspect, {}},
  };
  for (const auto& c : cases) {
    DemoWorld world;
    world.truth.faults.push_back(
        {.kind = sim::FaultKind::silent, .at = at(c.since), .detail = "trade BTC/USD"});
    world.report(c.at_end);
    EXPECT_EQ(world.failed(), c.failed) << c.since.count();
  }
}

TEST(DemoChecks, ASilenceThatEndedLeavesNothingStale) {
  using S = feed::SubscriptionState;
  const Silence cases[] = {
      // `since`: when it ended
      {30s, S::live, {}},
      {30s, S::suspect, {"demo.subscriptions_stale_at_end"}},
      {58s, S::suspect, {"demo.subscriptions_stale_at_end"}},
      {59s, S::suspect, {}},  // the end came before the report was due
      {61s, S::suspect, {}},  // not ended
  };
  for (const auto& c : cases) {
    DemoWorld world;
    world.truth.faults.push_back({.kind = sim::FaultKind::silent,
                                  .at = at(10s),
                                  .detail = "trade BTC/USD",
                                  .until = at(c.since)});
    world.report(c.at_end);
    world.seen.stale_seen = at(21s);
    EXPECT_EQ(world.failed(), c.failed) << c.since.count();
  }
}

TEST(DemoChecks, ASilenceAfterAnotherMayBeginStale) {
  for (const auto seen : {21s, 9s}) {
    DemoWorld world;
    for (const auto& [from, until] : {std::pair(10s, 30s), std::pair(40s, 500s)})
      world.truth.faults.push_back({.kind = sim::FaultKind::silent,
                                    .at = at(from),
                                    .detail = "trade BTC/USD",
                                    .until = at(until)});
    world.report(feed::SubscriptionState::suspect);
    world.seen.stale_seen = at(seen);
    const auto failed = world.failed();
    if (seen == 21s) {
      EXPECT_THAT(failed, IsEmpty());
    } else {
      EXPECT_THAT(failed, ElementsAre("demo.stale_before_it_was_silent"));
    }
  }
}

TEST(DemoChecks, NothingIsClaimedUntilAHangHadTimeToPass) {
  using S = feed::SubscriptionState;
  for (const auto kind : {sim::FaultKind::hang, sim::FaultKind::unanswered}) {
    const Silence cases[] = {
        // `since`: when it ended
        {48s, S::suspect, {"demo.subscriptions_stale_at_end"}},  // 12 s: threshold and slack
        {49s, S::suspect, {}},
        {70s, S::suspect, {}},
        {48s, S::live, {}},
    };
    for (const auto& c : cases) {
      DemoWorld world;
      world.truth.faults.push_back(
          {.kind = kind, .at = at(20s), .detail = "", .until = at(c.since)});
      world.report(c.at_end);
      EXPECT_EQ(world.failed(), c.failed) << c.since.count();
    }
    // A silence is found only after it.
    for (const auto until : {36s, 37s}) {
      DemoWorld world;
      world.truth.faults.push_back(
          {.kind = sim::FaultKind::silent, .at = at(20s), .detail = "trade BTC/USD"});
      world.truth.faults.push_back({.kind = kind, .at = at(21s), .detail = "", .until = at(until)});
      EXPECT_EQ(world.failed().empty(), until == 37s);
    }
  }
}

TEST(DemoChecks, StalenessMustBeFoundInTime) {
  for (const auto seen : {31s, 33s}) {
    DemoWorld world;
    world.truth.faults.push_back(
        {.kind = sim::FaultKind::silent, .at = at(20s), .detail = "trade BTC/USD"});
    world.report(feed::SubscriptionState::suspect);
    world.seen.stale_seen = at(seen);
    const sim::Report report = world.result().report;
    EXPECT_THAT(names(report.bounds()), Contains("demo.stale_found_after_s"));
    if (seen == 31s) {
      EXPECT_THAT(report.failed(), IsEmpty());
    } else {
      EXPECT_THAT(report.failed(), ElementsAre("demo.stale_found_after_s"));
    }
  }
}
TEST(DemoResult, JsonIsOneLineOfThisShape) {
  DemoResult result{.seed = 7};
  result.report.equal("demo", "same", 3, 3);
  result.report.equal("demo", "differs", 3, 2);
  result.report.at_most("bounds", "within", 1, 2);
  result.report.at_most("bounds", "above", 2.5, 2);
  result.report.violation("page", 1500ms, "no \"id\"");
  EXPECT_EQ(result.json(), R"({"seed":7,"checks":[{"name":"demo.same","truth":3,"measured":3},)"
                           R"({"name":"demo.differs","truth":3,"measured":2}],)"
                           R"("bounds":[{"name":"bounds.within","measured":1,"limit":2,"ok":true},)"
                           R"({"name":"bounds.above","measured":2.5,"limit":2,"ok":false}],)"
                           R"("failed":["demo.differs","bounds.above","page.violations"],)"
                           R"("violations":[{"checker":"page","at_s":1.5,"what":"no \"id\""}]})");
  EXPECT_EQ(DemoResult{}.json(),
            R"({"seed":0,"checks":[],"bounds":[],"failed":[],"violations":[]})");
}

TEST(DemoResult, TheTableMarksWhatIsWrongAndLeavesZerosOfCheckersOut) {
  DemoResult result{.seed = 7};
  result.report.equal("demo", "none", 0, 0);
  result.report.equal("counters", "zero", 0, 0);
  result.report.equal("counters", "same", 3, 3);
  result.report.equal("counters", "differs", 0, 2);
  result.report.at_most("bounds", "nothing", 0, 0);
  result.report.at_most("bounds", "within", 1, 2);
  result.report.at_most("bounds", "above", 3, 0);
  result.report.violation("page", 1500ms, "no id");
  const std::string table = result.table();
  for (const auto* part :
       {"equal      demo.none\n", "equal      counters.same\n", "DIFFERENT  counters.differs\n",
        "within     bounds.within\n", "ABOVE      bounds.above\n",
        "and 2 that are 0 on both sides\n", "VIOLATION of page at 1.500 s: no id\n"}) {
    EXPECT_THAT(table, HasSubstr(part));
  }
  EXPECT_THAT(table, Not(HasSubstr("counters.zero")));
  EXPECT_THAT(table, Not(HasSubstr("bounds.nothing")));
}

}  // namespace
}  // namespace tickwitness::app
