#include "feed/link.h"

#include <fmt/format.h>
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
using What = LinkEvent::What;

struct World : Surroundings {
  Words words;
  GapLedger ledger;
  Intake intake{
      {.venue = market::Venue::kraken}, words, ledger, metrics, handoff, [this] { drain(); }};
  AttemptBudget budget{60, 600s};
  WitnessDesk desk{executor};
  LinkContext context{.venue = market::Venue::kraken,
                      .executor = executor,
                      .channels = channels,
                      .metrics = metrics,
                      .intake = intake,
                      .budget = budget,
                      .turn_done = [this] { drain(); },
                      .on_event = [this](const LinkEvent& event) { events.push_back(event); },
                      .tap = nullptr,
                      .witness = desk,
                      .on_venue = [this](exchange::VenueStatus status) { link.on_venue(status); }};
  Link link{context,
            "main",
            {.host = "venue.test"},
            {},
            session(),
            std::make_unique<Words>(),
            base::Prng(1),
            {stream("trade BTC-USD"), stream("spread BTC-USD")}};
  Wire& way{wire(0)};

  void connect() {
    link.start();
    way.accept();
  }
  // Up, subscribed, with data.
  void go_live() {
    connect();
    for (const auto* text : {"status online", "ack trade BTC-USD", "ack spread BTC-USD",
                             "trade BTC-USD", "quote BTC-USD"}) {
      way.say(text);
    }
  }
  std::optional<double> metric(std::string_view name) {
    return read(registry, name, {{"connection", "main"}});
  }
  std::optional<double> by_reason(std::string_view name, std::string_view reason) {
    return read(registry, name, {{"connection", "main"}, {"reason", reason}});
  }
  std::string state_of(std::string_view wanted) {
    std::string states;
    for (const auto& sample : telemetry::samples(registry, "tickwitness_feed_subscription_state")) {
      if (sample.labels.at(2).value == wanted) states += sample.labels.at(3).value;
    }
    return states;
  }
};

TEST(Link, OpensSubscribesAndReportsWhatArrives) {
  World world;
  EXPECT_EQ(world.metric("tickwitness_feed_connected"), 0);  // configured, not open
  EXPECT_EQ(world.state_of("trade"), "pending");
  world.link.start();
  EXPECT_EQ(world.way.opens, 1);
  EXPECT_EQ(world.way.endpoint.host, "venue.test");
  EXPECT_EQ(world.link.status().state, LinkState::connecting);
  EXPECT_FALSE(world.link.venue_word().has_value());
  world.way.accept();
  EXPECT_THAT(world.way.sent, ElementsAre("sub trade BTC-USD", "sub spread BTC-USD", "ping"));
  world.way.say("status online");
  world.way.say("ack trade BTC-USD");
  world.way.say("trade BTC-USD");
  world.executor.run_until(2s);
  world.link.observe(world.executor.now().mono);

  const ConnectionStatus status = world.link.status();
  EXPECT_EQ(status.name, "main");
  EXPECT_EQ(status.state, LinkState::connected);
  ASSERT_TRUE(world.link.venue_word().has_value());
  EXPECT_EQ(world.link.venue_word()->status, exchange::VenueStatus::online);
  EXPECT_EQ(status.last_frame, base::Instant(1000s));
  EXPECT_EQ(status.counts.attempts, 1U);
  EXPECT_EQ(status.counts.acks, 1U);
  std::vector<SubscriptionStatus> subscriptions;
  world.link.append_subscriptions(subscriptions);
  ASSERT_EQ(subscriptions.size(), 2U);
  EXPECT_EQ(subscriptions[0].stream, "trade");
  EXPECT_EQ(subscriptions[0].state, SubscriptionState::live);
  EXPECT_EQ(subscriptions[0].events, 1U);
  EXPECT_EQ(subscriptions[0].stale_after, base::Duration(30s));
  EXPECT_EQ(subscriptions[1].state, SubscriptionState::pending);
  EXPECT_EQ(subscriptions[1].last_data, std::nullopt);

  EXPECT_EQ(world.metric("tickwitness_feed_connected"), 1);
  EXPECT_EQ(world.metric("tickwitness_feed_last_frame_age_seconds"), 2);
  EXPECT_EQ(world.state_of("trade"), "live");
  EXPECT_EQ(world.state_of("spread"), "pending");
  EXPECT_EQ(
      read(world.registry, "tickwitness_feed_subscription_age_seconds", {{"stream", "trade"}}), 2);
  EXPECT_EQ(
      read(world.registry, "tickwitness_feed_subscription_age_seconds", {{"stream", "spread"}}),
      std::nullopt);
  EXPECT_EQ(world.turns, 3);  // the consumer may drain after each frame
}

TEST(Link, ReconnectsAtTheSessionsDeadlineAndSubscribesAgain) {
  World world;
  world.go_live();
  world.way.take_sent();
  world.way.end(CloseReason::remote);
  EXPECT_EQ(world.metric("tickwitness_feed_connected"), 0);
  EXPECT_EQ(world.link.status().state, LinkState::waiting);
  world.executor.run_until(0s);  // the first attempt comes at once
  EXPECT_EQ(world.way.opens, 2);
  world.way.end(CloseReason::refused);
  world.executor.run_until(999ms);
  EXPECT_EQ(world.way.opens, 2);
  EXPECT_EQ(world.link.status().next_attempt, base::Instant(1001s));
  world.executor.run_until(1s);
  ASSERT_EQ(world.way.opens, 3);
  world.way.accept();
  EXPECT_THAT(world.way.sent, ElementsAre("sub trade BTC-USD", "sub spread BTC-USD", "ping"));

  EXPECT_EQ(world.metric("tickwitness_feed_connection_attempts_total"), 3);
  EXPECT_EQ(world.metric("tickwitness_feed_reconnect_attempts_total"), 2);
  EXPECT_EQ(world.metric("tickwitness_feed_reconnects_total"), 1);
  EXPECT_EQ(world.by_reason("tickwitness_feed_disconnections_total", "remote"), 1);
  EXPECT_EQ(read(world.registry, "trading_ws_disconnections_total"), 1);
  EXPECT_EQ(world.by_reason("tickwitness_feed_connection_failures_total", "refused"), 1);
  EXPECT_EQ(world.link.status().counts.reconnects, 1U);
  EXPECT_EQ(world.happened(What::connecting), 3);
  EXPECT_EQ(world.happened(What::connected), 2);
  EXPECT_EQ(world.happened(What::closed), 2);
}

struct Ending {
  CloseReason reason;
  bool up;
};

// Writes down what it is shown.
struct Notes final : pipeline::FrameTap {
  Stream stream(market::Venue venue, std::string_view connection, std::string_view url) override {
    note("stream", fmt::format("{} {} {}", to_string(venue), connection, url));
    return 7;
  }
  void on_open(Stream, base::Now at) override { note("open", "", at); }
  void on_frame(Stream, base::Now at, std::string_view text) override { note("frame", text, at); }
  void on_closed(Stream, base::Now at, std::string_view why) override { note("closed", why, at); }
  void on_rest(Stream, base::Now, std::string_view, std::string_view) override {}

  void note(std::string_view what, std::string_view text, base::Now at = {}) {
    const auto t = at.mono == base::Instant{} ? 0 : (at.mono - base::Instant(1000s)) / 1s;
    lines.push_back(fmt::format("{} {} {}", t, what, text));
  }
  std::vector<std::string> lines;
};

TEST(Link, ShowsTheTapEveryFrameAndWhenConnectionsBeganAndEnded) {
  Notes notes;
  World world;
  world.context.tap = &notes;
  Link link(world.context, "book", {.host = "venue.test", .path = "/v2"}, {}, World::session(),
            std::make_unique<Words>(), base::Prng(1), {stream("trade BTC-USD")});
  Wire& way = world.wire(1);
  link.start();
  way.end(CloseReason::refused);  // of no connection there is anything to tell
  world.executor.run_until(1s);
  way.accept();
  way.say("status online");
  world.executor.run_until(2s);
  way.say("no frame at all \xff");
  way.end(CloseReason::reset);
  world.executor.run_until(10s);
  way.accept();
  bool stopped = false;
  link.stop([&] { stopped = true; });
  way.end(CloseReason::local);
  EXPECT_TRUE(stopped);
  EXPECT_THAT(notes.lines, ElementsAre("0 stream kraken book wss://venue.test/v2", "1 open ",
                                       "1 frame status online", "2 frame no frame at all \xff",
                                       "2 closed reset", "10 open ", "10 closed local"));
}

TEST(Link, EveryEndIsCountedOnceUnderItsReason) {
  for (int i = 0; i <= static_cast<int>(CloseReason::protocol); ++i) {
    for (const bool up : {false, true}) {
      const Ending c{static_cast<CloseReason>(i), up};
      World world;
      world.link.start();
      if (c.up) world.way.accept();
      world.way.end(c.reason);
      const auto word = to_string(c.reason);
      SCOPED_TRACE(std::string(word) + (c.up ? " up" : " not up"));
      EXPECT_EQ(world.by_reason("tickwitness_feed_disconnections_total", word).value_or(0),
                c.up ? 1 : 0);
      EXPECT_EQ(world.by_reason("tickwitness_feed_connection_failures_total", word).value_or(0),
                c.up ? 0 : 1);
      EXPECT_EQ(world.link.status().counts.disconnections, c.up ? 1U : 0U);
      EXPECT_EQ(read(world.registry, "trading_ws_disconnections_total"), c.up ? 1 : 0);
    }
  }
}

TEST(Link, ARefusalBecauseOfThePlaceIsExplained) {
  World world;
  world.link.start();
  world.way.end(CloseReason::upgrade, 451);
  EXPECT_EQ(world.events.back().detail,
            "upgrade; the exchange does not serve the place this machine is in: tickwitness check "
            "--online tells more");
}

TEST(Link, ASilentLinkIsClosedByUs) {
  World world;
  world.go_live();
  world.executor.run_until(10s);
  EXPECT_TRUE(world.way.close_asked);
  world.way.end(CloseReason::local);
  EXPECT_EQ(world.by_reason("tickwitness_feed_disconnections_total", "local"), 1);
  EXPECT_EQ(world.link.status().breaker.reason, "no frame within the link timeout");
}

TEST(Link, TheBreakerTripsAfterFailuresInARowAndSaysSo) {
  World world;
  EXPECT_EQ(world.metric("tickwitness_breaker_last_trip_timestamp_seconds"), std::nullopt);
  EXPECT_EQ(world.metric("tickwitness_breaker_trips_total"), 0);
  world.link.start();
  for (int i = 0; i < 3; ++i) {
    world.way.end(CloseReason::refused);
    if (i < 2) world.executor.run_until(base::Duration(i * 1s));
  }
  EXPECT_EQ(world.metric("tickwitness_breaker_trips_total"), 1);
  EXPECT_EQ(world.metric("tickwitness_breaker_last_trip_timestamp_seconds"), 1'700'000'001);
  const auto breaker = world.link.status().breaker;
  EXPECT_EQ(breaker.state, BreakerState::open);
  EXPECT_EQ(breaker.trips, 1U);
  EXPECT_EQ(world.happened(What::breaker), 1);
  EXPECT_EQ(world.way.opens, 3);
  world.executor.run_until(60s);
  EXPECT_EQ(world.way.opens, 3);
  world.executor.run_until(61s);
  EXPECT_EQ(world.way.opens, 4);
  EXPECT_EQ(world.link.status().breaker.state, BreakerState::half_open);
}

TEST(Link, ASilentSubscriptionOnALivingLinkIsReportedOnce) {
  World world;
  world.go_live();
  for (int second = 1; second <= 40; ++second) {
    world.executor.run_until(base::Duration(second * 1s));
    world.way.say("hb");
    world.way.say("quote BTC-USD");
    world.link.observe(world.executor.now().mono);
  }
  EXPECT_EQ(world.state_of("trade"), "suspect");
  EXPECT_EQ(world.state_of("spread"), "live");
  EXPECT_EQ(
      read(world.registry, "tickwitness_feed_subscription_stale_total", {{"stream", "trade"}}), 1);
  ASSERT_EQ(world.happened(What::silent), 1);
  EXPECT_EQ(world.metric("tickwitness_feed_connected"), 1);
  EXPECT_EQ(world.way.opens, 1);
}

// Answers at once that a trade was missed long ago.
struct Tattler final : WitnessSource {
  explicit Tattler(const HandExecutor& e) : executor(e) {}
  void trades(const market::Symbol& symbol, const std::optional<Landmark>& known,
              std::function<void(Trades)> then) override {
    const std::vector missed{market::Trade{
        .symbol = symbol, .id = (known ? known->id : 0) + 1, .exchange_time = known->time + 1ms}};
    then(missed);
  }
  void quote(const market::Symbol&,
             std::function<void(const std::optional<market::Quote>&)> then) override {
    then(std::nullopt);
  }
  const HandExecutor& executor;
};

TEST(Link, ADeadSubscriptionIsFoundRenewedAndMeasured) {
  World world;
  Tattler tattler(world.executor);
  world.desk.use(tattler);
  world.go_live();
  const auto beat = [&](int from, int to, bool trades) {
    for (int second = from; second <= to; ++second) {
      world.executor.run_until(base::Duration(second * 1s));
      world.way.say("quote BTC-USD");
      if (trades) world.way.say("trade BTC-USD");
    }
  };
  beat(1, 30, true);
  world.way.take_sent();
  beat(31, 35, false);
  EXPECT_THAT(world.way.sent, testing::Contains("unsub trade BTC-USD"));
  EXPECT_EQ(world.happened(What::zombie), 1);
  world.link.observe(world.executor.now().mono);
  EXPECT_EQ(world.state_of("trade"), "healing");
  EXPECT_EQ(world.state_of("spread"), "live");
  EXPECT_EQ(read(world.registry, "tickwitness_feed_detection_seconds"), 1);
  EXPECT_EQ(read(world.registry, "tickwitness_feed_witness_checks_total", {{"verdict", "active"}}),
            1);
  world.way.say("trade BTC-USD");  // of the old subscription
  world.link.observe(world.executor.now().mono);
  EXPECT_EQ(read(world.registry, "tickwitness_feed_frames_late_total"), 1);
  const auto used = world.intake.counts().trades;
  beat(36, 42, false);  // the venue never answers; the renewal goes on
  EXPECT_THAT(world.way.sent, testing::Contains("sub trade BTC-USD"));
  world.way.say("ack trade BTC-USD");
  world.way.say("trade BTC-USD");
  EXPECT_EQ(world.intake.counts().trades, used + 1);
  world.link.observe(world.executor.now().mono);
  EXPECT_EQ(world.state_of("trade"), "live");
  EXPECT_EQ(
      read(world.registry, "tickwitness_feed_subscription_heals_total", {{"result", "healed"}}), 1);
  EXPECT_EQ(world.way.opens, 1);
  EXPECT_LE(read(world.registry, "tickwitness_feed_subscription_threshold_seconds",
                 {{"stream", "trade"}}),
            4);
}

TEST(Link, ARefusalIsCountedAndReportedInTheVenuesWords) {
  World world;
  world.connect();
  world.way.say("refused 1 Currency pair not supported");
  EXPECT_EQ(read(world.registry, "tickwitness_feed_refusals_total"), 1);
  ASSERT_EQ(world.happened(What::refused), 1);
  EXPECT_EQ(world.events.back().detail, "Currency pair not supported");
  world.link.observe(world.executor.now().mono);
  EXPECT_EQ(world.state_of("trade"), "refused");
  std::vector<SubscriptionStatus> subscriptions;
  world.link.append_subscriptions(subscriptions);
  EXPECT_EQ(subscriptions.at(0).refusal, "Currency pair not supported");
}

TEST(Link, MalformedFramesAreCountedAndTheConnectionLives) {
  World world;
  world.go_live();
  world.way.say("{nonsense");
  EXPECT_EQ(read(world.registry, "tickwitness_feed_frames_malformed_total", {{"reason", "json"}}),
            1);
  EXPECT_EQ(world.link.status().state, LinkState::connected);
  EXPECT_FALSE(world.way.close_asked);
}

// The states in which a link may be told to end.
void bring(World& world, LinkState state) {
  if (state == LinkState::idle) return;
  world.link.start();
  if (state == LinkState::connecting) return;
  world.way.accept();
  if (state == LinkState::waiting) world.way.end(CloseReason::remote);
}

TEST(Link, StopCallsBackOnceInEveryState) {
  for (const auto state :
       {LinkState::idle, LinkState::waiting, LinkState::connecting, LinkState::connected}) {
    SCOPED_TRACE(to_string(state));
    World world;
    bring(world, state);
    ASSERT_EQ(world.link.status().state, state);
    const bool open = state == LinkState::connecting || state == LinkState::connected;
    const double ended_before = state == LinkState::waiting ? 1 : 0;
    int stopped = 0;
    world.link.stop([&] { ++stopped; });
    EXPECT_EQ(stopped, open ? 0 : 1);
    EXPECT_EQ(world.way.close_asked, open);
    if (open) world.way.end(CloseReason::local);
    world.executor.run_until(1000s);
    EXPECT_EQ(stopped, 1);
    EXPECT_TRUE(world.executor.idle());  // no timer is left to wake a stopped link
    EXPECT_EQ(world.link.status().state, LinkState::stopped);
    EXPECT_EQ(world.way.opens, state == LinkState::idle ? 0 : 1);
    EXPECT_EQ(read(world.registry, "trading_ws_disconnections_total"),
              ended_before + (state == LinkState::connected ? 1 : 0));
    for (const auto& sample :
         telemetry::samples(world.registry, "tickwitness_feed_connection_failures_total")) {
      EXPECT_EQ(sample.value, 0) << sample.labels.back().value;  // it was our wish
    }
  }
}

TEST(Link, FinishLetsTheConnectionLiveAndCallsBackOnceInEveryState) {
  for (const auto state :
       {LinkState::idle, LinkState::waiting, LinkState::connecting, LinkState::connected}) {
    SCOPED_TRACE(to_string(state));
    World world;
    bring(world, state);
    const bool open = state == LinkState::connecting || state == LinkState::connected;
    int ended = 0;
    world.link.finish([&] { ++ended; });
    EXPECT_EQ(ended, open ? 0 : 1);
    EXPECT_FALSE(world.way.close_asked);
    if (state == LinkState::connected) world.way.say("trade BTC-USD");  // still counted
    if (open) world.way.end(CloseReason::remote);
    world.executor.run_until(1000s);
    EXPECT_EQ(ended, 1);
    EXPECT_EQ(world.way.opens, state == LinkState::idle ? 0 : 1);
    EXPECT_EQ(world.link.status().state, LinkState::stopped);
    if (state == LinkState::connected) {
      EXPECT_EQ(world.by_reason("tickwitness_feed_disconnections_total", "remote"), 1);
      EXPECT_EQ(world.intake.counts().trades, 1U);
    }
  }
}

// A stream that was stale, is removed and comes back starts its own count anew; the exported
// counter goes on.
TEST(Link, TheStaleCounterNeverFallsWhenAStreamIsRemovedAndAddedAgain) {
  World world;
  world.go_live();
  const auto silence = [&](int from, int to) {
    for (int second = from; second <= to; ++second) {
      world.executor.run_until(base::Duration(second * 1s));
      world.way.say("quote BTC-USD");
    }
  };
  const auto stale = [&] {
    return read(world.registry, "tickwitness_feed_subscription_stale_total", {{"stream", "trade"}});
  };
  silence(1, 31);
  world.link.set_wanted({stream("spread BTC-USD")});
  EXPECT_EQ(stale(), 1);  // though no turn came between
  EXPECT_EQ(world.state_of("trade"), "");
  world.link.set_wanted({stream("spread BTC-USD"), stream("trade BTC-USD")});
  world.link.observe(world.executor.now().mono);
  EXPECT_EQ(stale(), 1);
  EXPECT_EQ(world.state_of("trade"), "pending");
  world.way.say("ack trade BTC-USD");
  silence(32, 62);
  world.link.observe(world.executor.now().mono);
  EXPECT_EQ(stale(), 2);
}

// A reload that says nothing about limits must not cost a channel.
TEST(Link, TheChannelIsMadeAnewOnlyForOtherLimits) {
  const runtime::ChannelLimits same;
  runtime::ChannelLimits other;
  other.message_bytes_max = 1024;
  struct Case {
    const char* what;
    std::vector<runtime::ChannelLimits> set;  // one after the other, before the next attempt
    std::size_t channels;
  };
  for (const auto& [what, set, channels] :
       {Case{"the same", {same}, 1}, Case{"other", {other}, 2},
        Case{"other and back", {other, same}, 1}, Case{"other, twice", {other, other}, 2}}) {
    World world;
    world.connect();
    for (const auto& limits : set) world.link.set_settings(World::session(), limits);
    ASSERT_EQ(world.channels.wires.size(), 1U) << what;  // what is up stays up
    world.way.end(CloseReason::remote);
    world.executor.run_until(0s);
    ASSERT_EQ(world.channels.wires.size(), channels) << what;
    EXPECT_EQ(world.channels.wires.back()->limits, set.back()) << what;
    EXPECT_EQ(world.channels.wires.back()->opens, channels == 1 ? 2 : 1) << what;
    world.channels.wires.back()->end(CloseReason::refused);
    world.executor.run_until(10s);
    EXPECT_EQ(world.channels.wires.size(), channels) << what;  // the same channel again
  }
}

TEST(Link, ARetiredLinkStillCountsItsEndButHasNoState) {
  World world;
  world.go_live();
  world.link.observe(world.executor.now().mono);
  int stopped = 0;
  world.link.retire([&] { ++stopped; });
  world.way.end(CloseReason::local);
  EXPECT_EQ(stopped, 1);
  for (const auto* name : {"tickwitness_feed_connected", "tickwitness_feed_last_frame_age_seconds",
                           "tickwitness_feed_subscription_state", "tickwitness_breaker_state",
                           "tickwitness_feed_subscription_age_seconds"}) {
    EXPECT_TRUE(telemetry::samples(world.registry, name).empty()) << name;
  }
  EXPECT_EQ(world.by_reason("tickwitness_feed_disconnections_total", "local"), 1);
}

}  // namespace
}  // namespace tickwitness::feed
