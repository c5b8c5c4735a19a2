#include "app/engine.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "feed/test_world.h"
#include "telemetry/test_read.h"

namespace tickwitness::app {
namespace {

using namespace std::chrono_literals;
using feed::test::stream;
using market::Venue;
using telemetry::test::read;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

VenueSettings following(Venue venue, const std::vector<std::string>& streams) {
  VenueSettings settings{.feed = {.venue = venue}, .book_depth = 10};
  settings.feed.endpoint.host = std::string(to_string(venue)) + ".test";
  for (const auto& one : streams) settings.feed.subscriptions.push_back(stream(one));
  return settings;
}

// Two venues, each with one connection, in the order of the settings.
struct World {
  World() {
    engine.start();
    for (const auto& wire : channels.wires) wire->accept();
    executor.run_until(1s);
  }
  feed::test::Wire& kraken() { return *channels.wires.at(0); }
  feed::test::Wire& binance() { return *channels.wires.at(1); }
  double quotes_at(std::string_view exchange, std::string_view symbol) {
    return read(registry, "tickwitness_market_spread", {{"exchange", exchange}, {"symbol", symbol}})
        .value_or(-1);
  }

  feed::test::HandExecutor executor;
  feed::test::HandChannels channels{executor};
  telemetry::Registry registry;
  telemetry::Catalog metrics{registry};
  std::vector<std::string> lines;
  runtime::Log log{executor.clock(), base::LogFormat::logfmt, {}, [this](std::string_view line) {
                     lines.emplace_back(line);
                   }};
  std::shared_ptr<const serve::EngineStatus> status;
  Engine engine{{.executor = executor,
                 .channels = channels,
                 .registry = registry,
                 .metrics = metrics,
                 .log = log},
                {.feeds = {following(Venue::kraken, {"spread BTC-USD"}),
                           following(Venue::binance, {"spread BTC-USDT", "spread ETH-USDT"})}},
                nullptr,
                [this](std::shared_ptr<const serve::EngineStatus> s) { status = std::move(s); }};
};

constexpr std::string_view kTicker =
    R"({"channel":"ticker","type":"update","data":[{"symbol":"BTC/USD","bid":100.5,"bid_qty":1.0,)"
    R"("ask":101.0,"ask_qty":1.0,"last":100.5,"volume":1.0,"vwap":1.0,"low":1.0,"high":1.0,)"
    R"("change":0.0,"change_pct":0.0}]})";
constexpr std::string_view kBookTicker =
    R"({"stream":"btcusdt@bookTicker","data":{"u":7,"s":"BTCUSDT","b":"200.00000000",)"
    R"("B":"1.00000000","a":"202.00000000","A":"1.00000000"}})";
// Its checksum is of "10102000000001000100000000".
constexpr std::string_view kBookSnapshot =
    R"({"channel":"book","type":"snapshot","data":[{"symbol":"BTC/USD",)"
    R"("bids":[{"price":100.0,"qty":1.00000000}],"asks":[{"price":101.0,"qty":2.00000000}],)"
    R"("checksum":1424606772}]})";

TEST(Engine, EachVenueIsSpokenToInItsOwnWay) {
  World world;
  EXPECT_EQ(world.kraken().endpoint.host, "kraken.test");
  EXPECT_EQ(world.binance().endpoint.host, "binance.test");
  EXPECT_THAT(world.kraken().sent, testing::Contains(HasSubstr(R"("channel":"ticker")")));
  EXPECT_THAT(world.binance().sent,
              testing::Contains(HasSubstr(R"(["btcusdt@bookTicker","ethusdt@bookTicker"])")));
  world.kraken().say(kTicker);
  world.binance().say(kBookTicker);
  EXPECT_EQ(world.quotes_at("kraken", "BTC-USD"), 0.5);
  EXPECT_EQ(world.quotes_at("binance", "BTC-USDT"), 2);
  world.executor.run_until(2s);
  ASSERT_EQ(world.status->feeds.size(), 2U);
  EXPECT_EQ(world.status->feeds[0].venue, Venue::kraken);
  EXPECT_EQ(world.status->feeds[1].venue, Venue::binance);
  EXPECT_EQ(world.status->feeds[0].subscriptions.size(), 1U);
  EXPECT_EQ(world.status->feeds[1].subscriptions.size(), 2U);
  EXPECT_THAT(world.lines, testing::Contains(HasSubstr("exchange=binance connection=main")));
}

TEST(Engine, EndsWhenTheLastVenueHas) {
  for (const bool stops : {true, false}) {
    World world;
    int ended = 0;
    const auto count = [&] { ++ended; };
    stops ? world.engine.stop(count) : world.engine.finish(count);
    world.binance().end(runtime::CloseReason::remote);
    EXPECT_EQ(ended, 0);
    world.kraken().end(runtime::CloseReason::remote);
    EXPECT_EQ(ended, 1);
    if (stops) {
      world.executor.run_posted();
      EXPECT_TRUE(world.executor.idle());  // no timer is left
      EXPECT_EQ(world.status->feeds[1].connections[0].state, feed::LinkState::stopped);
    }
  }
}

TEST(Engine, AChangeOfOneVenueLeavesTheOtherAlone) {
  World world;
  world.kraken().say(kTicker);
  world.binance().say(kBookTicker);
  world.kraken().take_sent();
  world.binance().take_sent();
  world.engine.apply({.feeds = {following(Venue::kraken, {"spread BTC-USD"}),
                                following(Venue::binance, {"spread ETH-USDT"})}});
  EXPECT_THAT(world.kraken().sent, IsEmpty());
  EXPECT_THAT(world.binance().take_sent(),
              testing::Contains(HasSubstr(R"("UNSUBSCRIBE","params":["btcusdt@bookTicker"])")));
  EXPECT_EQ(world.quotes_at("kraken", "BTC-USD"), 0.5);
  EXPECT_EQ(world.quotes_at("binance", "BTC-USDT"), -1);  // absent
}

TEST(Engine, WhatNobodyQuotesAnyMoreHasNoPrice) {
  World world;
  const auto with = [](const std::vector<std::string>& streams) -> EngineSettings {
    return {.feeds = {following(Venue::kraken, streams), following(Venue::binance, {})}};
  };
  const auto has = [&](std::string_view name) {
    return read(world.registry, name, {{"exchange", "kraken"}, {"symbol", "BTC-USD"}}).has_value();
  };
  world.engine.apply(with({"trade BTC-USD", "spread BTC-USD"}));
  world.kraken().say(kTicker);
  EXPECT_EQ(world.quotes_at("kraken", "BTC-USD"), 0.5);
  world.engine.apply(with({"trade BTC-USD"}));
  const auto expect_none = [&](std::string_view when) {
    for (const auto* name : {"tickwitness_market_spread", "tickwitness_market_spread_ratio",
                             "tickwitness_market_last_quote_timestamp_seconds"}) {
      EXPECT_FALSE(has(name)) << name << " " << when;
    }
    EXPECT_TRUE(has("tickwitness_market_last_update_timestamp_seconds")) << when;
  };
  expect_none("at once");
  world.kraken().say(kTicker);  // the exchange has not read yet that nobody wants it
  expect_none("afterwards");
  world.engine.apply(with({"trade BTC-USD", "spread BTC-USD"}));
  world.kraken().say(kTicker);
  EXPECT_EQ(world.quotes_at("kraken", "BTC-USD"), 0.5);
}

// In a book that nobody asks for any more no price is left to show either.
TEST(Engine, ABookThatIsNotFollowedAnyMoreLeavesNoPrice) {
  World world;
  const market::Symbol btc = *market::Symbol::parse("BTC-USD");
  const auto with = [&](bool book) {
    VenueSettings kraken = following(Venue::kraken, {"trade BTC-USD"});
    if (book) {
      kraken.feed.subscriptions.push_back({.channel = exchange::Channel::book, .symbol = btc});
    }
    return EngineSettings{.feeds = {kraken, following(Venue::binance, {})}};
  };
  world.engine.apply(with(true));
  world.kraken().say(kBookSnapshot);
  EXPECT_EQ(world.quotes_at("kraken", "BTC-USD"), 1);
  world.executor.run_until(2s);
  EXPECT_EQ(world.status->feeds[0].books.size(), 1U);
  world.engine.apply(with(false));
  EXPECT_EQ(world.quotes_at("kraken", "BTC-USD"), -1);
  world.kraken().say(kBookSnapshot);
  EXPECT_EQ(world.quotes_at("kraken", "BTC-USD"), -1);
  world.executor.run_until(3s);
  EXPECT_TRUE(world.status->feeds[0].books.empty());
}

}  // namespace
}  // namespace tickwitness::app
