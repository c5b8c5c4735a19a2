#include "feed/feed.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "feed/test_world.h"
#include "telemetry/test_read.h"

namespace tickwitness::feed {
namespace {

using namespace test;
using runtime::CloseReason;
using telemetry::test::read;
using testing::ElementsAre;
using testing::IsEmpty;
using testing::UnorderedElementsAre;

const std::vector<std::string> kBase = {"trade BTC-USD", "ohlc-1 BTC-USD", "ohlc-5 BTC-USD"};

FeedSettings following(const std::vector<std::string>& streams) {
  FeedSettings settings{.endpoint = {.host = "venue.test"}, .session = Surroundings::session()};
  for (const auto& one : streams) settings.subscriptions.push_back(stream(one));
  return settings;
}

struct World : Surroundings {
  explicit World(const std::vector<std::string>& streams = kBase)
      : feed(following(streams),
             {.make_protocol = [] { return std::make_unique<Words>(); }, .rest = nullptr},
             {.executor = executor,
              .channels = channels,
              .metrics = metrics,
              .ledger = ledger,
              .handoff = handoff,
              .turn_done = [this] { drain(); },
              .on_event = [this](const LinkEvent& event) { events.push_back(event); }}) {}
  GapLedger ledger;
  Feed feed;

  void connect_all() {
    feed.start();
    for (const auto& wire : channels.wires) wire->accept();
    for (const auto& wire : channels.wires) wire->take_sent();
  }
  void apply(const std::vector<std::string>& streams) {
    feed.apply(following(streams));
    feed.observe(executor.now().mono);
  }
  std::vector<std::string> connections() const {
    std::vector<std::string> names;
    for (const auto& one : feed.status(executor.now()).connections) names.push_back(one.name);
    return names;
  }
  // Values of one label over all samples of a family.
  std::vector<std::string> labels(std::string_view family, std::string_view label) const {
    std::vector<std::string> values;
    for (const auto& sample : telemetry::samples(registry, family)) {
      for (const auto& one : sample.labels) {
        if (one.name == label) values.push_back(one.value);
      }
    }
    return values;
  }
};

TEST(Feed, SpreadsSubscriptionsOverConnectionsAsTheProtocolAsks) {
  World world;
  EXPECT_THAT(world.connections(), ElementsAre("main", "ohlc-5"));
  ASSERT_EQ(world.channels.wires.size(), 2U);
  EXPECT_EQ(world.wire(0).opens, 0);  // not before start()
  world.feed.start();
  world.wire(0).accept();
  world.wire(1).accept();
  EXPECT_THAT(world.wire(0).sent, ElementsAre("sub trade BTC-USD", "sub ohlc-1 BTC-USD", "ping"));
  EXPECT_THAT(world.wire(1).sent, ElementsAre("sub ohlc-5 BTC-USD", "ping"));
  const FeedStatus status = world.feed.status(world.executor.now());
  EXPECT_EQ(status.venue, market::Venue::kraken);
  ASSERT_EQ(status.subscriptions.size(), 3U);
  EXPECT_EQ(status.subscriptions[2].connection, "ohlc-5");
}

TEST(Feed, CountersOfConfiguredSymbolsExistAt0) {
  World world;
  EXPECT_EQ(read(world.registry, "tickwitness_feed_events_total",
                 {{"symbol", "BTC-USD"}, {"channel", "trade"}}),
            0);
}

TEST(Feed, FramesOfAllConnectionsAreCountedTogether) {
  World world;
  world.connect_all();
  world.wire(0).say("trade BTC-USD");
  world.wire(1).say("ohlc 5 BTC-USD");
  EXPECT_EQ(world.feed.intake().counts().trades, 1U);
  EXPECT_EQ(world.feed.intake().counts().candles, 1U);
}

TEST(Feed, TheVenuesWordEndsWithItsConnection) {
  World world({"trade BTC-USD"});
  world.connect_all();
  const auto word = [&] {
    world.feed.observe(world.executor.now().mono);
    return world.labels("tickwitness_venue_status", "status");
  };
  EXPECT_THAT(word(), IsEmpty());
  EXPECT_EQ(world.feed.status(world.executor.now()).venue_status, std::nullopt);
  world.wire(0).say("status online");
  EXPECT_THAT(word(), ElementsAre("online"));
  EXPECT_EQ(world.feed.status(world.executor.now()).venue_status, exchange::VenueStatus::online);
  world.wire(0).end(CloseReason::remote);
  EXPECT_THAT(word(), IsEmpty());
}

TEST(Feed, StopAndFinishCallBackOnceWhenAllConnectionsHaveEnded) {
  for (const bool stop : {true, false}) {
    SCOPED_TRACE(stop ? "stop" : "finish");
    World world;
    world.connect_all();
    int called = 0;
    const auto done = [&] { ++called; };
    if (stop) {
      world.feed.stop(done);
    } else {
      world.feed.finish(done);
    }
    EXPECT_EQ(called, 0);
    world.wire(0).end(CloseReason::remote);
    EXPECT_EQ(called, 0);
    world.wire(1).end(CloseReason::remote);
    EXPECT_EQ(called, 1);
    world.executor.run_until(1000s);
    EXPECT_EQ(called, 1);
    EXPECT_EQ(world.wire(0).opens + world.wire(1).opens, 2);
  }
}

TEST(Feed, WithoutConnectionsStopCallsBackAtOnce) {
  World idle;
  World none(std::vector<std::string>{});
  int called = 0;
  idle.feed.stop([&] { ++called; });
  none.feed.finish([&] { ++called; });
  none.feed.stop([&] { ++called; });
  EXPECT_EQ(called, 3);
}

struct Reload {
  std::vector<std::string> streams;
  std::vector<std::string> sent_on_main, sent_on_5;
};

TEST(Feed, AReloadSendsOnlyWhatChanged) {
  const Reload cases[] = {
      {{"trade BTC-USD", "ohlc-1 BTC-USD", "ohlc-5 BTC-USD"}, {}, {}},
      {{"trade BTC-USD", "trade ETH-USD", "ohlc-1 BTC-USD", "ohlc-5 BTC-USD"},
       {"sub trade ETH-USD"},
       {}},
      {{"ohlc-1 BTC-USD", "ohlc-5 BTC-USD", "ohlc-5 ETH-USD"},
       {"unsub trade BTC-USD"},
       {"sub ohlc-5 ETH-USD"}},
  };
  for (const auto& c : cases) {
    World world;
    world.connect_all();
    world.apply(c.streams);
    EXPECT_EQ(world.wire(0).sent, c.sent_on_main);
    EXPECT_EQ(world.wire(1).sent, c.sent_on_5);
    EXPECT_EQ(world.channels.wires.size(), 2U);
    EXPECT_FALSE(world.wire(0).close_asked);
    EXPECT_FALSE(world.wire(1).close_asked);
  }
}

// As if it had been followed all the time: nothing is stored twice, and what passed is missing.
TEST(Feed, WhatIsKnownOfAMarketCountsFromWhenItIsFollowed) {
  const market::Symbol eth = *market::Symbol::parse("ETH-USD");
  World world({"trade BTC-USD"});
  world.feed.restore({.symbol = eth, .top = 10, .top_time = {}, .holes = {}});
  world.connect_all();
  EXPECT_THAT(world.labels("tickwitness_feed_trade_duplicates_total", "symbol"),
              ElementsAre("BTC-USD"));
  world.apply({"trade BTC-USD", "trade ETH-USD"});
  world.wire(0).say("trade ETH-USD 10");
  world.wire(0).say("trade ETH-USD 13");
  world.executor.run_until(1s);
  EXPECT_EQ(
      read(world.registry, "tickwitness_feed_trade_duplicates_total", {{"symbol", "ETH-USD"}}), 1);
  ASSERT_EQ(world.ledger.entries().size(), 1U);
  const Gap& gap = world.ledger.entries().front();
  EXPECT_EQ(gap.symbol, eth);
  EXPECT_EQ(gap.from, 11U);
  EXPECT_EQ(gap.to, 12U);
}

TEST(Feed, AnIntervalThatIsAddedOpensAConnection) {
  World world;
  world.connect_all();
  world.apply({"trade BTC-USD", "ohlc-1 BTC-USD", "ohlc-5 BTC-USD", "ohlc-15 BTC-USD"});
  ASSERT_EQ(world.channels.wires.size(), 3U);
  EXPECT_EQ(world.wire(2).opens, 1);
  world.wire(2).accept();
  EXPECT_THAT(world.wire(2).sent, ElementsAre("sub ohlc-15 BTC-USD", "ping"));
  EXPECT_THAT(world.connections(), ElementsAre("main", "ohlc-5", "ohlc-15"));
}

TEST(Feed, AnIntervalThatIsRemovedRetiresItsConnectionAndItsGauges) {
  World world;
  world.connect_all();
  world.wire(0).say("trade BTC-USD");
  world.wire(1).say("ohlc 5 BTC-USD");
  world.feed.observe(world.executor.now().mono);
  world.apply({"trade BTC-USD", "ohlc-1 BTC-USD"});
  EXPECT_TRUE(world.wire(1).close_asked);
  EXPECT_FALSE(world.wire(0).close_asked);
  EXPECT_THAT(world.connections(), ElementsAre("main"));
  const auto expect_gone = [&] {
    EXPECT_THAT(world.labels("tickwitness_feed_connected", "connection"), ElementsAre("main"));
    EXPECT_THAT(world.labels("tickwitness_breaker_state", "connection"), ElementsAre("main"));
    EXPECT_THAT(world.labels("tickwitness_feed_last_frame_age_seconds", "connection"),
                ElementsAre("main"));
    EXPECT_THAT(world.labels("tickwitness_feed_subscription_state", "stream"),
                UnorderedElementsAre("trade", "ohlc-1"));
    EXPECT_THAT(world.labels("tickwitness_feed_subscription_age_seconds", "stream"),
                ElementsAre("trade"));
    // One connection is configured and it is up.
    EXPECT_EQ(read(world.registry, "kraken_ws_connection_status"), 1);
  };
  expect_gone();  // while it closes
  EXPECT_FALSE(world.wire(1).destroyed);
  world.wire(1).end(CloseReason::local);
  EXPECT_FALSE(world.wire(1).destroyed);  // not from inside its own callback
  world.executor.run_posted();
  EXPECT_TRUE(world.wire(1).destroyed);
  expect_gone();  // and when it is closed
  EXPECT_EQ(read(world.registry, "tickwitness_feed_disconnections_total",
                 {{"connection", "ohlc-5"}, {"reason", "local"}}),
            1);
}

TEST(Feed, AStreamThatMovesToAnotherConnectionKeepsItsState) {
  World world;
  world.connect_all();
  world.feed.apply(following({"trade BTC-USD", "ohlc-5 BTC-USD"}));  // 5 is the first interval now
  EXPECT_THAT(world.connections(), ElementsAre("main"));
  EXPECT_THAT(world.wire(0).sent, ElementsAre("unsub ohlc-1 BTC-USD", "sub ohlc-5 BTC-USD"));
  EXPECT_THAT(world.labels("tickwitness_feed_subscription_state", "stream"),
              UnorderedElementsAre("trade", "ohlc-5"));
}

TEST(Feed, AConnectionThatComesBackUnderItsNameGoesOnCounting) {
  World world;
  world.connect_all();
  world.apply({"trade BTC-USD", "ohlc-1 BTC-USD"});
  world.wire(1).end(CloseReason::local);
  world.executor.run_posted();
  world.apply(kBase);
  ASSERT_EQ(world.channels.wires.size(), 3U);
  world.wire(2).accept();
  EXPECT_EQ(read(world.registry, "tickwitness_feed_connection_attempts_total",
                 {{"connection", "ohlc-5"}}),
            2);
  EXPECT_EQ(read(world.registry, "tickwitness_feed_connected", {{"connection", "ohlc-5"}}), 1);
}

TEST(Feed, ThresholdsApplyAtOnce) {
  World world({"trade BTC-USD"});
  world.connect_all();
  FeedSettings settings = following({"trade BTC-USD"});
  settings.session.link_timeout = 3s;
  world.feed.apply(settings);
  world.executor.run_until(2s);
  EXPECT_FALSE(world.wire(0).close_asked);
  world.executor.run_until(3s);
  EXPECT_TRUE(world.wire(0).close_asked);
}

TEST(Feed, BackoffAndAttemptsPer10MinutesApplyAtOnce) {
  World world({"trade BTC-USD"});
  const auto attempts = [&] { return world.happened(LinkEvent::What::connecting); };
  world.feed.start();
  world.channels.wires.back()->end(CloseReason::refused);
  world.executor.run_until(0s);
  ASSERT_EQ(attempts(), 2);
  FeedSettings settings = following({"trade BTC-USD"});
  settings.session.backoff.first = 5s;
  settings.attempts_per_10_minutes = 3;
  settings.session.breaker.max_failures = 100;
  world.feed.apply(settings);
  world.channels.wires.back()->end(CloseReason::refused);
  world.executor.run_until(4s);
  EXPECT_EQ(attempts(), 2);
  world.executor.run_until(5s);
  EXPECT_EQ(attempts(), 3);
  world.channels.wires.back()->end(CloseReason::refused);
  world.executor.run_until(599s);
  EXPECT_EQ(attempts(), 3);  // three attempts in ten minutes are all there are
  world.executor.run_until(600s);
  EXPECT_EQ(attempts(), 4);
}

TEST(Feed, TheConnectTimeoutAppliesToTheNextAttempt) {
  World world({"trade BTC-USD"});
  world.connect_all();
  FeedSettings settings = following({"trade BTC-USD"});
  settings.channel.connect_timeout = 3s;
  settings.endpoint.host = "elsewhere.test";
  world.feed.apply(settings);
  EXPECT_FALSE(world.wire(0).close_asked);  // what is up stays up
  EXPECT_FALSE(world.wire(0).destroyed);
  world.wire(0).end(CloseReason::remote);
  world.executor.run_until(0s);
  ASSERT_EQ(world.channels.wires.size(), 2U);
  EXPECT_EQ(world.wire(1).opens, 1);
  EXPECT_EQ(world.wire(1).limits.connect_timeout, base::Duration(3s));
  EXPECT_EQ(world.wire(1).endpoint.host, "venue.test");  // another address waits for a restart
  world.wire(1).end(CloseReason::refused);
  world.executor.run_until(1s);
  EXPECT_EQ(world.wire(1).opens, 2);  // the same channel again
}

// What one connection hears of the venue, all must know: the other's silence is muted as well.
TEST(Feed, MaintenanceHeardOnOneConnectionMutesAll) {
  for (const bool announced : {false, true}) {
    World world;
    world.connect_all();
    if (announced) world.wire(0).say("status maintenance");
    for (int second = 1; second <= 200; ++second) {
      world.executor.run_until(base::Duration(second * 1s));
      for (const auto& wire : world.channels.wires) wire->say("hb");
      if (second == 1) world.wire(1).say("ack ohlc-5 BTC-USD");
    }
    const auto status = world.feed.status(world.executor.now());
    ASSERT_EQ(status.subscriptions.at(2).stream, "ohlc-5");
    EXPECT_EQ(status.subscriptions.at(2).state,
              announced ? SubscriptionState::pending : SubscriptionState::suspect);
  }
}

}  // namespace
}  // namespace tickwitness::feed
