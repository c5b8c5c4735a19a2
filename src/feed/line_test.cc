// The replacement of a connection while it works, through the feed that owns it.
#include "feed/line.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "feed/feed.h"
#include "feed/test_world.h"
#include "telemetry/test_read.h"

namespace tickwitness::feed {
namespace {

using namespace test;
using runtime::CloseReason;
using telemetry::test::read;
using testing::Each;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using What = LinkEvent::What;

FeedSettings following(const std::vector<std::string>& streams,
                       std::optional<base::Duration> max_age) {
  FeedSettings settings{
      .endpoint = {.host = "venue.test"}, .session = Surroundings::session(), .max_age = max_age};
  settings.session.link_timeout = 1h;  // the venue of these tests has no heartbeat
  settings.session.stale_after = {.trade = 24h, .spread = 24h, .ohlc = 24h};
  for (const auto& one : streams) settings.subscriptions.push_back(stream(one));
  return settings;
}

struct World : Surroundings {
  explicit World(std::optional<base::Duration> max_age = std::nullopt,
                 const std::vector<std::string>& streams = {"trade BTC-USD"})
      : feed(following(streams, max_age),
             {.make_protocol = [] { return std::make_unique<Words>(); }, .rest = nullptr},
             {.executor = executor,
              .channels = channels,
              .metrics = metrics,
              .ledger = ledger,
              .handoff = handoff,
              .turn_done = [this] { drain(); },
              .on_event = [this](const LinkEvent& event) { events.push_back(event); }}) {
    feed.start();
    answer(0);
  }
  GapLedger ledger;
  Feed feed;

  // The connection of that number opens, and what it asks for is granted.
  void answer(std::size_t connection) {
    wire(connection).accept();
    for (const std::string& text : wire(connection).take_sent()) {
      if (text.starts_with("sub ")) wire(connection).say("ack " + text.substr(4));
    }
  }
  void trade(std::size_t connection, std::uint64_t id) {
    wire(connection).say("trade BTC-USD " + std::to_string(id));
  }
  void pass(base::Duration time) {
    now += time;
    executor.run_until(now);
  }
  // The other end has closed what was to be closed.
  void end_closed() {
    for (const auto& wire : channels.wires) {
      if (wire->in_use && wire->close_asked) wire->end(CloseReason::local);
    }
    executor.run_posted();
  }
  std::optional<double> rotations(std::string_view result) {
    return read(registry, "tickwitness_feed_rotations_total", {{"result", result}});
  }
  std::optional<double> of_main(std::string_view name) {
    return read(registry, name, {{"connection", "main"}});
  }
  ConnectionStatus status() {
    const FeedStatus all = feed.status(executor.now());
    EXPECT_EQ(all.connections.size(), 1U);
    return all.connections.at(0);
  }
  base::Duration now{0};
};

TEST(Line, AnAnnouncedEndIsPrecededByASuccessorAndNoTradeIsLostOrShownTwice) {
  World world;
  world.trade(0, 1);
  world.wire(0).say("shutdown");
  ASSERT_EQ(world.channels.wires.size(), 2U) << "at once";
  EXPECT_EQ(world.happened(What::rotating), 1);
  EXPECT_EQ(world.status().successor, LinkState::connecting);
  world.trade(0, 2);
  world.answer(1);
  EXPECT_EQ(world.status().successor, LinkState::connected);
  for (const auto& [connection, id] : std::initializer_list<std::pair<std::size_t, std::uint64_t>>{
           {0, 3}, {1, 3}, {1, 4}, {0, 4}, {1, 5}}) {
    world.trade(connection, id);
  }
  EXPECT_FALSE(world.wire(0).close_asked);
  world.pass(3s);
  EXPECT_TRUE(world.wire(0).close_asked);
  EXPECT_FALSE(world.wire(1).close_asked);
  EXPECT_EQ(world.happened(What::rotated), 1);
  world.trade(0, 5);
  world.trade(0, 6);
  world.end_closed();
  EXPECT_TRUE(world.wire(0).destroyed);
  world.trade(1, 6);
  world.trade(1, 7);
  EXPECT_THAT(world.trades, ElementsAre(1, 2, 3, 4, 5, 6, 7));
  EXPECT_THAT(world.ledger.entries(), IsEmpty());
  EXPECT_EQ(world.rotations("success"), 1);
  EXPECT_EQ(world.rotations("failure"), 0);
}

// Whether the successor had a trade to bring by then or not.
TEST(Line, WhatIsMissingAfterARotationIsNotOfTheConnectionThatEnded) {
  for (const bool quiet : {true, false}) {
    SCOPED_TRACE(quiet);
    World world;
    world.trade(0, 1);
    world.wire(0).say("shutdown");
    world.answer(1);
    if (!quiet) world.trade(1, 1);
    world.pass(3s);
    world.end_closed();
    ASSERT_EQ(world.rotations("success"), 1);
    world.trade(1, 3);
    world.pass(1s);
    ASSERT_EQ(world.ledger.entries().size(), 1U);
    EXPECT_EQ(world.ledger.entries().front().cause, GapCause::missing);
    world.wire(1).end(CloseReason::remote);
    world.pass(1s);
    world.answer(1);
    world.trade(1, 5);
    world.pass(1s);
    ASSERT_EQ(world.ledger.entries().size(), 2U);
    EXPECT_EQ(world.ledger.entries().back().cause, GapCause::disconnect);
  }
}

TEST(Line, ARotationIsNoFailureAndNoReconnection) {
  World world;
  world.trade(0, 1);
  world.wire(0).say("shutdown");
  EXPECT_EQ(world.of_main("tickwitness_feed_connected"), 1);
  world.answer(1);
  world.trade(1, 2);
  for (int second = 0; second < 4; ++second) {
    world.feed.observe(world.executor.now().mono);
    EXPECT_EQ(world.of_main("tickwitness_feed_connected"), 1) << second;
    EXPECT_EQ(telemetry::samples(world.registry, "tickwitness_feed_connected").size(), 1U);
    world.pass(1s);
  }
  world.end_closed();
  world.feed.observe(world.executor.now().mono);
  EXPECT_EQ(world.of_main("tickwitness_feed_connected"), 1);
  EXPECT_EQ(world.of_main("tickwitness_feed_connection_attempts_total"), 2);
  EXPECT_EQ(world.of_main("tickwitness_feed_reconnects_total"), 0);
  EXPECT_EQ(world.of_main("tickwitness_feed_reconnect_attempts_total"), 0);
  EXPECT_EQ(world.of_main("tickwitness_breaker_trips_total"), 0);
  EXPECT_EQ(read(world.registry, "tickwitness_feed_disconnections_total",
                 {{"connection", "main"}, {"reason", "local"}}),
            1);
  EXPECT_EQ(read(world.registry, "tickwitness_feed_acks_total"), 2);
  EXPECT_EQ(world.happened(What::closed), 0);
  const ConnectionStatus status = world.status();
  EXPECT_EQ(status.name, "main");
  EXPECT_FALSE(status.successor);
  EXPECT_EQ(status.state, LinkState::connected);
  EXPECT_EQ(status.counts.attempts, 2U);
  EXPECT_EQ(status.counts.disconnections, 1U);
  EXPECT_EQ(status.breaker.state, BreakerState::closed);
  EXPECT_EQ(world.feed.status(world.executor.now()).subscriptions.at(0).events, 2U);
}

TEST(Line, ConnectionsAreReplacedBeforeTheyAreTooOldAndNotAllAtOnce) {
  World world(24h, {"trade BTC-USD", "ohlc-1 BTC-USD", "ohlc-5 BTC-USD", "ohlc-15 BTC-USD"});
  world.answer(1);
  world.answer(2);
  world.pass(23h);
  EXPECT_EQ(world.happened(What::rotating), 0);
  int most = 0;
  for (int minute = 0; minute < 60; ++minute) {
    const auto before = world.happened(What::rotating);
    world.pass(60s);
    most = std::max(most, static_cast<int>(world.happened(What::rotating) - before));
  }
  EXPECT_EQ(world.happened(What::rotating), 3);
  EXPECT_LT(most, 3);
}

TEST(Line, ANewConnectionIsAsOldAsItself) {
  World world(1h);
  world.pass(50min);
  world.wire(0).end(CloseReason::remote);
  world.pass(0s);
  world.answer(0);
  world.pass(50min);
  EXPECT_EQ(world.happened(What::rotating), 0);
  world.pass(10min);
  EXPECT_EQ(world.happened(What::rotating), 1);
}

TEST(Line, TheAgeCanBeSetWhileItRuns) {
  World world;
  world.pass(2h);
  EXPECT_EQ(world.happened(What::rotating), 0);
  world.feed.apply(following({"trade BTC-USD"}, 1h));
  world.pass(0s);
  EXPECT_EQ(world.happened(What::rotating), 1);
}

TEST(Line, WhileTheSuccessorIsRefusedTheOldOneWorksOn) {
  World world;
  world.wire(0).say("shutdown");
  for (int i = 0; i < 10; ++i) {
    if (world.wire(1).in_use) world.wire(1).end(CloseReason::refused);
    world.trade(0, static_cast<std::uint64_t>(i) + 1);
    world.pass(20s);
    world.feed.observe(world.executor.now().mono);
    EXPECT_EQ(world.of_main("tickwitness_feed_connected"), 1);
    EXPECT_EQ(read(world.registry, "tickwitness_breaker_state",
                   {{"connection", "main"}, {"state", "closed"}}),
              1);
  }
  EXPECT_GT(world.wire(1).opens, 3) << "it is tried again";
  EXPECT_LT(world.wire(1).opens, 10) << "and less and less often";
  EXPECT_FALSE(world.wire(0).close_asked);
  EXPECT_EQ(world.trades.size(), 10U);
  EXPECT_EQ(world.of_main("tickwitness_breaker_trips_total"), 0);
  for (const auto& event : world.events) {
    if (event.what != What::closed) continue;
    EXPECT_EQ(event.connection, "main (successor)");
  }
  if (!world.wire(1).in_use) world.pass(60s);
  world.answer(1);
  world.pass(3s);
  EXPECT_TRUE(world.wire(0).close_asked) << "once it is there it takes over";
}

TEST(Line, ASuccessorThatIsDeniedAStreamDoesNotTakeOver) {
  World world;
  world.trade(0, 1);
  world.wire(0).say("shutdown");
  world.wire(1).accept();
  world.wire(1).say("refused 1 not today");
  world.pass(59s);
  EXPECT_FALSE(world.wire(0).close_asked);
  EXPECT_FALSE(world.wire(1).close_asked);
  world.pass(2s);
  EXPECT_TRUE(world.wire(1).close_asked) << "it is of no use";
  EXPECT_EQ(world.rotations("failure"), 1);
  world.end_closed();
  EXPECT_EQ(world.channels.wires.size(), 2U);
  world.pass(60s);
  ASSERT_EQ(world.channels.wires.size(), 3U) << "another is";
  world.answer(2);
  world.pass(3s);
  EXPECT_TRUE(world.wire(0).close_asked);
}

TEST(Line, ASuccessorWithoutTheDataOfTheOldOneDoesNotTakeOver) {
  World world;
  world.wire(0).say("shutdown");
  world.answer(1);
  world.pass(1s);
  world.trade(0, 1);
  world.pass(10s);
  EXPECT_FALSE(world.wire(0).close_asked);
  world.trade(1, 1);
  world.pass(1s);
  EXPECT_TRUE(world.wire(0).close_asked);
}

// The venue closes when it likes: a successor that is up is in service then, ready or not.
TEST(Line, TheOldOneMayEndFirst) {
  for (const bool up : {true, false}) {
    SCOPED_TRACE(up);
    World world;
    world.wire(0).say("shutdown");
    if (up) world.answer(1);
    world.wire(0).end(CloseReason::remote);
    world.pass(1s);
    world.end_closed();
    EXPECT_EQ(world.rotations("failure"), 1);
    EXPECT_EQ(world.rotations("success"), 0);
    EXPECT_EQ(world.wire(0).opens, up ? 1 : 2) << "one connection, not two";
    EXPECT_EQ(world.wire(up ? 0 : 1).destroyed, true);
    EXPECT_EQ(world.status().state, up ? LinkState::connected : LinkState::connecting);
    EXPECT_FALSE(world.status().successor);
    if (!up) world.answer(0);
    EXPECT_EQ(world.status().state, LinkState::connected);
  }
}

TEST(Line, AReloadDuringTheOverlapReachesBoth) {
  World world;
  world.wire(0).say("shutdown");
  world.answer(1);
  world.feed.apply(following({"trade BTC-USD", "trade ETH-USD"}, std::nullopt));
  EXPECT_THAT(world.wire(0).take_sent(), ElementsAre("sub trade ETH-USD"));
  EXPECT_THAT(world.wire(1).take_sent(), ElementsAre("sub trade ETH-USD"));
  world.pass(5s);
  EXPECT_FALSE(world.wire(0).close_asked) << "not every answer is there";
  world.wire(1).say("ack trade ETH-USD");
  world.pass(3s);
  EXPECT_TRUE(world.wire(0).close_asked);
  EXPECT_EQ(world.feed.status(world.executor.now()).subscriptions.size(), 2U);
}

TEST(Line, AReloadThatDropsTheConnectionDropsBoth) {
  World world;
  world.wire(0).say("shutdown");
  world.answer(1);
  world.feed.apply(following({}, std::nullopt));
  EXPECT_TRUE(world.wire(0).close_asked);
  EXPECT_TRUE(world.wire(1).close_asked);
  world.end_closed();
  world.end_closed();
  EXPECT_TRUE(world.wire(0).destroyed);
  EXPECT_TRUE(world.wire(1).destroyed);
  EXPECT_THAT(telemetry::samples(world.registry, "tickwitness_feed_connected"), IsEmpty());
}

TEST(Line, StopAndFinishWaitForBoth) {
  for (const bool stop : {true, false}) {
    SCOPED_TRACE(stop ? "stop" : "finish");
    World world;
    world.wire(0).say("shutdown");
    world.answer(1);
    int called = 0;
    const auto done = [&] { ++called; };
    stop ? world.feed.stop(done) : world.feed.finish(done);
    EXPECT_TRUE(world.wire(1).close_asked);
    EXPECT_EQ(world.wire(0).close_asked, stop);
    world.wire(0).end(CloseReason::remote);
    world.executor.run_posted();
    EXPECT_EQ(called, 0);
    world.wire(1).end(CloseReason::local);
    world.executor.run_posted();
    EXPECT_EQ(called, 1);
    world.pass(1h);
    EXPECT_EQ(world.channels.wires.size(), 2U);
    EXPECT_TRUE(world.executor.idle());
  }
}

TEST(Line, WhatWasLearnedOfASilenceGoesOn) {
  World world;
  world.trade(0, 1);
  world.pass(100s);
  world.wire(0).say("shutdown");
  world.answer(1);
  world.pass(3s);
  world.end_closed();
  const auto subscription = world.feed.status(world.executor.now()).subscriptions.at(0);
  EXPECT_EQ(subscription.state, SubscriptionState::live)
      << "silent on both, and no longer than was";
  EXPECT_EQ(subscription.last_data, base::Instant(1000s));
  EXPECT_EQ(subscription.events, 1U);
}

TEST(Line, TheIntakeKnowsWhenAStreamHasEnded) {
  World world(std::nullopt, {"spread BTC-USD"});
  const auto handed_on = [&](std::size_t connection) {
    const int before = world.quotes;
    world.wire(connection).say("quote BTC-USD");
    return world.quotes - before;
  };
  EXPECT_EQ(handed_on(0), 1);
  world.wire(0).say("shutdown");
  world.answer(1);
  EXPECT_EQ(handed_on(0), 1);
  EXPECT_EQ(handed_on(1), 0) << "the same again";
  world.pass(3s);
  EXPECT_EQ(handed_on(0), 1) << "it is closing and still speaks";
  world.end_closed();
  EXPECT_EQ(handed_on(1), 1);
}

// Quotes without numbers are of one connection; a reload may leave that behind.
TEST(Line, AStreamThatComesBackAfterARotationIsHeard) {
  World world(std::nullopt, {"trade BTC-USD", "spread BTC-USD"});
  const auto handed_on = [&](std::size_t connection) {
    const int before = world.quotes;
    world.wire(connection).say("quote BTC-USD");
    return world.quotes - before;
  };
  EXPECT_EQ(handed_on(0), 1);
  world.feed.apply(following({"trade BTC-USD"}, std::nullopt));
  handed_on(0);  // was on its way
  world.wire(0).say("shutdown");
  world.answer(1);
  world.pass(3s);
  world.end_closed();
  ASSERT_EQ(world.rotations("success"), 1);
  world.feed.apply(following({"trade BTC-USD", "spread BTC-USD"}, std::nullopt));
  EXPECT_THAT(world.wire(1).take_sent(), testing::Contains("sub spread BTC-USD"));
  EXPECT_EQ(handed_on(1), 1);
}

TEST(Line, ASuccessorThatIsToldToGoIsReplacedInItsTurn) {
  World world;
  world.wire(0).say("shutdown");
  world.answer(1);
  world.wire(1).say("shutdown");
  EXPECT_EQ(world.channels.wires.size(), 2U);
  world.pass(3s);
  world.end_closed();
  ASSERT_EQ(world.channels.wires.size(), 3U);
  world.answer(2);
  world.pass(3s);
  world.end_closed();
  EXPECT_EQ(world.rotations("success"), 2);
  EXPECT_TRUE(world.wire(2).in_use);
}

}  // namespace
}  // namespace tickwitness::feed
