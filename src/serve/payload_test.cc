#include "serve/payload.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "serve/test_status.h"
#include "telemetry/catalog.gen.h"

namespace tickwitness::serve {
namespace {

using namespace test;
using telemetry::label::Channel;
using telemetry::label::Connection;
using telemetry::label::Exchange;
using testing::HasSubstr;
using testing::Not;

struct World {
  telemetry::Registry registry;
  telemetry::Catalog metrics{registry};
  ProcessInfo process{.mode = "run", .started = at(-100s), .cores = 2};

  std::string payload(const EngineStatus* status, base::Duration since = {}) {
    return kraken_metrics(registry, status, process, at(since));
  }
};

TEST(Payload, WhatWasNeverObservedIsNull) {
  World world;
  const std::string json = world.payload(nullptr);
  EXPECT_EQ(
      json,
      R"({"latency_p50_ms":null,"latency_p95_ms":null,"latency_p99_ms":null,)"
      R"("circuit_breaker_trips":null,"reconnect_count":null,"trades_per_min":null,)"
      R"("ws_status":null,"timestamp":1700000000000,"mode":"LIVE","last_trip_at":null,)"
      R"("breaker_state":null,"breaker_open_until":null,"breaker_reason":null,)"
      R"("venue_status":null,"venues":null,"subscriptions":null,)"
      R"("last_event_age_s":null,"last_frame_age_s":null,"queue_depth":null,"queue_capacity":null,"gaps_open":null,)"
      R"("completeness":null,"books_quarantined":null,"uptime_s":100,)"
      R"("errors_total":null,"memory_bytes":null,"cpu_seconds":null,"cores":2,"pairs":{}})");
}

// The eight fields of seed 000 by hand: what the registry was told is what stands there.
TEST(Payload, TheEightFieldsAreWhatWasObserved) {
  World world;
  world.registry.tick(at().mono);
  const auto latency =
      world.metrics.feed_latency_seconds.at(Exchange::kraken, telemetry::label::Symbol{"BTC-USD"});
  for (int i = 0; i < 100; ++i) latency.observe(20ms);
  world.metrics.breaker_trips.at(Exchange::kraken, Connection{"main"}).add(2);
  world.metrics.breaker_trips.at(Exchange::kraken, Connection{"ohlc-5"}).add(1);
  world.metrics.feed_reconnects.at(Exchange::kraken, Connection{"main"}).add(5);
  world.metrics.feed_updates
      .at(Exchange::kraken, telemetry::label::Symbol{"BTC-USD"}, Channel::trade)
      .add(30);
  for (int second = 1; second <= 60; ++second) {
    world.registry.tick(at(base::Duration(second * 1s)).mono);
  }
  EngineStatus status = engine({connection("main", feed::LinkState::connected)},
                               {subscription("BTC-USD", "trade", feed::SubscriptionState::live)});
  status.at = at(60s);
  const std::string json = world.payload(&status, 60s);
  EXPECT_THAT(json, HasSubstr(R"("circuit_breaker_trips":3,"reconnect_count":5,)"));
  EXPECT_THAT(json, HasSubstr(R"("trades_per_min":30,)"));
  EXPECT_THAT(json, HasSubstr(R"("ws_status":"connected","timestamp":1700000060000,)"));
  const auto number = [&](std::string_view field) {
    const std::string name = '"' + std::string(field) + "\":";
    return std::strtod(json.c_str() + json.find(name) + name.size(), nullptr);
  };
  for (const auto* field : {"latency_p50_ms", "latency_p95_ms", "latency_p99_ms"}) {
    EXPECT_NEAR(number(field), 20, 0.5) << field;  // the sketch is good to a percent or two
  }
}

TEST(Payload, TheEnginesStateStandsBesideThem) {
  World world;
  world.process.simulated = true;
  auto main = connection("main", feed::LinkState::connected);
  main.last_frame = at(-1s).mono;
  main.breaker = {.state = feed::BreakerState::closed,
                  .trips = 1,
                  .last_trip = at(-30s).wall,
                  .reason = "no frame within the link timeout"};
  auto second = connection("ohlc-5", feed::LinkState::waiting);
  second.last_frame = at(-9s).mono;
  auto trade = subscription("BTC-USD", "trade", feed::SubscriptionState::live);
  trade.last_data = at(-2500ms).mono;
  trade.stale_after = 120s;
  EngineStatus status = engine(
      {main, second}, {trade, subscription("BTC-USD", "ohlc-5", feed::SubscriptionState::pending)});
  status.feeds[0].venue_status = exchange::VenueStatus::cancel_only;
  status.queue_depth = 3;
  status.queue_capacity = 64;
  const std::string json = world.payload(&status);
  EXPECT_THAT(json, HasSubstr(R"("mode":"SIMULATED")"));
  EXPECT_THAT(json, HasSubstr(R"("ws_status":"degraded")"));
  EXPECT_THAT(json,
              HasSubstr(R"("last_trip_at":1699999970000,"breaker_state":"closed",)"
                        R"("breaker_open_until":null,)"
                        R"("breaker_reason":"no frame within the link timeout",)"
                        R"("venue_status":"cancel_only",)"
                        R"("venues":{"kraken":{"status":"cancel_only","connections":{)"
                        R"("main":{"state":"connected","last_frame_age_s":1,"successor":null},)"
                        R"("ohlc-5":{"state":"waiting","last_frame_age_s":9,"successor":null}}}},)"
                        R"("subscriptions":{"live":1,"pending":1,"quiet":0,"suspect":0,"zombie":0,)"
                        R"("healing":0,"refused":0},)"
                        R"("last_event_age_s":2.5,"last_frame_age_s":1,)"
                        R"("queue_depth":3,"queue_capacity":64,)"));
}

// 1 of 50 000 is missing: a rounded ratio would call that complete.
TEST(Payload, WhatIsMissingStandsThereUnrounded) {
  World world;
  EngineStatus status = engine({});
  EXPECT_THAT(world.payload(&status),
              HasSubstr(R"("gaps_open":0,"completeness":null,"books_quarantined":0,)"));
  const auto today = std::chrono::floor<std::chrono::days>(at().wall);
  status.gaps_open = 1;
  status.feeds[0].trades = {{.days = {{today, 49'999, 1}}}, {.days = {{today, 7, 0}}}};
  status.feeds[0].books = {{.state = feed::BookState::quarantined}};
  EXPECT_THAT(world.payload(&status),
              HasSubstr(R"("gaps_open":1,"completeness":0.99998,"books_quarantined":1,)"));
}

TEST(Payload, PairsAreThoseConfiguredWithNullForWhatIsNotKnown) {
  World world;
  const auto btc = telemetry::label::Symbol{"BTC-USD"};
  world.metrics.market_last_price.at(Exchange::kraken, btc).set(26500.123456);
  world.metrics.market_spread.at(Exchange::kraken, btc).set(0.1);
  // Known, but configured no more.
  world.metrics.market_last_price.at(Exchange::kraken, telemetry::label::Symbol{"OLD-USD"}).set(1);
  auto trade = subscription("BTC-USD", "trade", feed::SubscriptionState::suspect);
  trade.last_data = at(-130s).mono;
  trade.stale_after = 120s;
  const EngineStatus status =
      engine({connection("main", feed::LinkState::connected)},
             {trade, subscription("ETH-USD", "spread", feed::SubscriptionState::pending),
              subscription("", "instrument", feed::SubscriptionState::live)});
  const std::string json = world.payload(&status);
  EXPECT_THAT(
      json,
      HasSubstr(
          R"("pairs":{"BTC-USD":{"exchange":"kraken","latency_p50_ms":null,)"
          R"("latency_p95_ms":null,"latency_p99_ms":null,"trades_per_min":null,)"
          R"("messages_per_s":null,)"
          R"("last_price":26500.123456,"spread":0.1,)"
          R"("streams":{"trade":{"state":"suspect","age_s":130,"stale_after_s":120}}},)"
          R"("ETH-USD":{"exchange":"kraken","latency_p50_ms":null,"latency_p95_ms":null,)"
          R"("latency_p99_ms":null,)"
          R"("trades_per_min":null,"messages_per_s":null,"last_price":null,"spread":null,)"
          R"("streams":{"spread":{"state":"pending","age_s":null,"stale_after_s":null}}}}})"));
  EXPECT_THAT(json, Not(HasSubstr("OLD-USD")));
}

TEST(Payload, APairOfTwoExchangesIsTwoMarkets) {
  World world;
  const auto usdt = telemetry::label::Symbol{"BTC-USDT"};
  world.metrics.market_last_price.at(Exchange::kraken, usdt).set(100);
  world.metrics.market_last_price.at(Exchange::binance, usdt).set(101);
  world.metrics.market_last_price.at(Exchange::binance, telemetry::label::Symbol{"ETH-USDT"})
      .set(7);
  const auto live = [](std::string pair) {
    return subscription(std::move(pair), "trade", feed::SubscriptionState::live);
  };
  EngineStatus status = engine({}, {live("BTC-USDT")});
  status.feeds.push_back({.venue = market::Venue::binance,
                          .at = at(),
                          .subscriptions = {live("BTC-USDT"), live("ETH-USDT")}});
  const std::string json = world.payload(&status);
  const auto market = [&](std::string_view name) {
    const std::size_t begin = json.find('"' + std::string(name) + "\":{");
    return begin == json.npos ? "" : json.substr(begin, json.find("}}", begin) - begin);
  };
  EXPECT_THAT(market("BTC-USDT kraken"), HasSubstr(R"("last_price":100,)"));
  EXPECT_THAT(market("BTC-USDT binance"), HasSubstr(R"("last_price":101,)"));
  EXPECT_THAT(market("BTC-USDT binance"), HasSubstr(R"("streams":{"trade":{"state":"live")"));
  EXPECT_THAT(market("ETH-USDT"), HasSubstr(R"("last_price":7,)"));
  EXPECT_THAT(market("BTC-USDT kraken"), HasSubstr(R"("exchange":"kraken",)"));
  EXPECT_THAT(market("ETH-USDT"), HasSubstr(R"("exchange":"binance",)"));
  EXPECT_EQ(market("BTC-USDT"), "");
}

TEST(Payload, TheVenueThatIsNotUpIsTheNews) {
  using exchange::VenueStatus;
  struct Case {
    std::optional<VenueStatus> first, second;
    std::string_view word;
  };
  const Case cases[] = {
      {VenueStatus::online, std::nullopt, "\"online\""},
      {std::nullopt, VenueStatus::online, "\"online\""},
      {VenueStatus::online, VenueStatus::maintenance, "\"maintenance\""},
      {VenueStatus::cancel_only, VenueStatus::online, "\"cancel_only\""},
      {std::nullopt, std::nullopt, "null"},
  };
  for (const auto& c : cases) {
    World world;
    EngineStatus status = engine({});
    status.feeds[0].venue_status = c.first;
    status.feeds.push_back({.venue = market::Venue::binance, .venue_status = c.second});
    EXPECT_THAT(world.payload(&status), HasSubstr("\"venue_status\":" + std::string(c.word)));
  }
}

TEST(Payload, EachVenueSaysItsOwnAndWhatReplacesItsConnections) {
  World world;
  EngineStatus status = engine({connection("main", feed::LinkState::connected)});
  status.feeds[0].venue_status = exchange::VenueStatus::maintenance;
  auto old = connection("main", feed::LinkState::connected);
  old.successor = feed::LinkState::connecting;
  status.feeds.push_back({.venue = market::Venue::binance, .at = at(), .connections = {old}});
  EXPECT_THAT(
      world.payload(&status),
      HasSubstr(
          R"("venues":{"kraken":{"status":"maintenance","connections":{)"
          R"("main":{"state":"connected","last_frame_age_s":null,"successor":null}}},)"
          R"("binance":{"status":null,"connections":{)"
          R"("main":{"state":"connected","last_frame_age_s":null,"successor":"connecting"}}}},)"));
}

TEST(Payload, IsOneLine) {
  World world;
  EXPECT_THAT(world.payload(nullptr), Not(HasSubstr("\n")));
  EXPECT_EQ(heartbeat(at(1234567us)), R"({"timestamp":1700000001234})");
}

}  // namespace
}  // namespace tickwitness::serve
