#include "app/composition.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <optional>

#include "config/fields.h"
#include "feed/test_world.h"
#include "telemetry/test_read.h"

namespace tickwitness::app {
namespace {

using namespace std::chrono_literals;
using telemetry::test::read;
using testing::HasSubstr;
using testing::Not;

EngineSettings following(std::initializer_list<std::string> streams) {
  feed::FeedSettings feed;
  feed.endpoint.host = "venue.test";
  for (const auto& one : streams) feed.subscriptions.push_back(feed::test::stream(one));
  return {.feeds = {{.feed = feed}}};
}

// Both executors by hand, so that either may stall.
struct World {
  explicit World(std::function<void(base::Now)> measure = nullptr)
      : composition(std::in_place,
                    Seams{.engine = engine, .serve = serve, .channels = channels, .log = log},
                    following({"trade BTC-USD"}), serve::ServiceSettings{.dialects = {"kraken"}},
                    serve::ProcessInfo{.mode = "demo",
                                       .simulated = true,
                                       .version = "1.2.3",
                                       .commit = "abc",
                                       .started = serve.now()},
                    serve::Service::Outside{
                        .publish = [this](std::string_view, const std::string&,
                                          const serve::EventLog::Chunk&) { ++published; },
                        .counts = [] { return serve::TransportCounts(); }},
                    std::move(measure)) {}
  std::string scrape() {
    net::Request request{.method = "GET", .path = "/metrics"};
    request.headers.push_back({"Host", "localhost"});
    return *composition->service().handle(request).body;
  }
  const telemetry::Registry& registry() { return composition->registry(); }

  feed::test::HandExecutor engine, serve;
  feed::test::HandChannels channels{engine};
  runtime::Log log{engine.clock(), base::LogFormat::logfmt, {}, [](std::string_view) {}};
  int published = 0;
  std::optional<Composition> composition;
};

TEST(Composition, WhatNeverHappenedStandsAtZeroFromTheStart) {
  World world;
  EXPECT_EQ(read(world.registry(), "tickwitness_build_info",
                 {{"version", "1.2.3"}, {"commit", "abc"}, {"mode", "demo"}}),
            1);
  for (const auto* result : {"success", "failure"}) {
    EXPECT_EQ(read(world.registry(), "tickwitness_config_reloads_total", {{"result", result}}), 0);
  }
  for (const auto room : config::rooms()) {  // every one that may be told what to log
    EXPECT_EQ(read(world.registry(), "tickwitness_errors_total", {{"room", room}}), 0) << room;
  }
  EXPECT_EQ(read(world.registry(), "tickwitness_log_lines_lost_total"), 0);
}

TEST(Composition, TellsNothingOfTheMachineItself) {
  World world;
  world.composition->engine().start();
  world.engine.run_until(2s);
  const std::string text = world.scrape();
  EXPECT_THAT(text, HasSubstr("\ntickwitness_uptime_seconds"));
  for (const auto* family : {"\ntickwitness_host_", "\ntickwitness_memory_", "\nprocess_resident_",
                             "\nprocess_open_", "\nprocess_max_", "\nprocess_start_"}) {
    EXPECT_THAT(text, Not(HasSubstr(family)));
  }
}

TEST(Composition, CountsErrorsOfTheLogWhileItLives) {
  World world;
  world.log.error("feed", "one");
  world.log.warning("feed", "none");
  world.log.error("attic", "of no room that is known");
  EXPECT_EQ(read(world.registry(), "tickwitness_errors_total", {{"room", "feed"}}), 1);
  EXPECT_EQ(read(world.registry(), "tickwitness_errors_total", {{"room", "app"}}), 1);
  EXPECT_EQ(read(world.registry(), "tickwitness_errors_total", {{"room", "net"}}), 0);
  world.composition.reset();
  world.log.error("feed", "two");  // reaches nothing that is gone
}

TEST(Composition, ReportsOfTheEngineDoNotPileUpWhileServeStalls) {
  World world;
  world.composition->engine().start();
  std::size_t most = 0;
  for (int turn = 0; turn < 1000; ++turn) {
    world.engine.run_until(base::Duration(turn * 250ms));
    most = std::max(most, world.serve.posted());
  }
  EXPECT_EQ(most, 1U);
  EXPECT_EQ(world.engine.posted(), 0U);
  EXPECT_EQ(world.composition->status(), nullptr);  // serve has not run
  world.serve.run_posted();
  ASSERT_NE(world.composition->status(), nullptr);
  EXPECT_EQ(world.composition->status()->at.mono, world.engine.now().mono);
}

TEST(Composition, TheLastReportIsReadBeforeWhatTheStoppedEnginePosts) {
  World world;
  world.composition->engine().start();
  feed::test::Wire& wire = *world.channels.wires.at(0);
  wire.accept();
  world.engine.run_until(1s);
  std::optional<feed::LinkState> seen;
  world.composition->engine().stop([&] {
    world.serve.post(
        [&] { seen = world.composition->status()->feeds.at(0).connections.at(0).state; });
  });
  wire.end(runtime::CloseReason::local);
  world.serve.run_posted();
  EXPECT_EQ(seen, feed::LinkState::stopped);
}

TEST(Composition, AppliesToTheServiceAtOnceAndToTheEngineOnItsOwnExecutor) {
  World world;
  world.composition->engine().start();
  world.serve.run_posted();
  const auto streams = [&] {
    world.engine.run_until(world.engine.now().mono - base::Instant(1000s) + 1s);
    world.serve.run_posted();
    return world.composition->status()->feeds.at(0).subscriptions.size();
  };
  EXPECT_EQ(streams(), 1U);
  EXPECT_THAT(world.scrape(), HasSubstr("\nkraken_ws_connection_status"));
  world.composition->apply(following({"trade BTC-USD", "trade ETH-USD"}), {});
  EXPECT_THAT(world.scrape(), Not(HasSubstr("\nkraken_ws_connection_status")));
  EXPECT_EQ(world.engine.posted(), 1U);
  EXPECT_EQ(streams(), 2U);
}

TEST(Composition, MeasuresInEveryTurnOfTheEngine) {
  std::vector<base::Instant> measured;
  World world([&](base::Now now) { measured.push_back(now.mono); });
  world.composition->engine().start();
  world.engine.run_until(500ms);
  EXPECT_THAT(measured, testing::ElementsAre(base::Instant(1000s), base::Instant(1000s) + 250ms,
                                             base::Instant(1000s) + 500ms));
}

TEST(Composition, TheServiceTellsOnItsOwnTimeThoughTheEngineStalls) {
  World world;
  world.composition->service().start();
  world.serve.run_until(2s);
  EXPECT_EQ(world.published, 4);  // metrics each second and a heartbeat
}

}  // namespace
}  // namespace tickwitness::app
