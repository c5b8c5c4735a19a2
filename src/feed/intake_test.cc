#include "feed/intake.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <vector>

#include "feed/test_world.h"
#include "telemetry/exposition.h"
#include "telemetry/test_read.h"

namespace tickwitness::feed {
namespace {

using namespace std::chrono_literals;
using exchange::Frame;
using exchange::FrameKind;
using exchange::Malformed;
using telemetry::test::read;

const market::Symbol kBtc = *market::Symbol::parse("BTC-USD");
const market::Symbol kEth = *market::Symbol::parse("ETH-USD");

struct World {
  telemetry::Registry registry;
  telemetry::Catalog metrics{registry};
  pipeline::Handoff handoff{8, pipeline::OverloadPolicy::backpressure, metrics,
                            telemetry::label::Ring{"ingest"}};
  std::vector<pipeline::Tick> ticks;
  int made_room = 0;
  test::Words protocol;
  GapLedger ledger;
  Intake intake{{.venue = market::Venue::kraken}, protocol, ledger, metrics, handoff, [this] {
                  ++made_room;
                  drain();
                }};
  base::Now now{base::Instant(1000s), base::WallTime(1'700'000'000s)};

  void drain() {
    handoff.drain(100, [this](pipeline::Tick& tick) { ticks.push_back(std::move(tick)); });
  }
  // Trades whose exchange times are so long before their receipt.
  void trades(std::vector<base::Duration> latencies, bool snapshot = false,
              const market::Symbol& symbol = kBtc) {
    Frame f{.kind = FrameKind::trades, .snapshot = snapshot};
    for (const auto latency : latencies) {
      f.trades.push_back({.symbol = symbol, .exchange_time = now.wall - latency});
    }
    intake.on_frame(now, f, 100);
  }
  void frame(const Frame& f, std::size_t bytes = 10) { intake.on_frame(now, f, bytes); }
  std::optional<double> of(std::string_view name, std::string_view symbol,
                           std::string_view channel) {
    return read(registry, name, {{"symbol", symbol}, {"channel", channel}});
  }
  std::optional<double> events(std::string_view channel, std::string_view symbol = "BTC-USD") {
    return of("tickwitness_feed_events_total", symbol, channel);
  }
  std::optional<double> updates(std::string_view channel, std::string_view symbol = "BTC-USD") {
    return of("tickwitness_feed_updates_total", symbol, channel);
  }
  std::optional<double> latencies() {
    return read(registry, "tickwitness_feed_latency_seconds", {{"symbol", "BTC-USD"}});
  }
  std::optional<double> negatives() {
    return read(registry, "tickwitness_feed_latency_negative_total", {{"symbol", "BTC-USD"}});
  }
};

TEST(Intake, WhatIsConfiguredIs0BeforeItsFirstEventAndOthersAreAbsent) {
  World world;
  world.intake.expect({.channel = exchange::Channel::trade, .symbol = kBtc});
  for (const auto* channel : {"trade", "spread", "ohlc"}) {
    EXPECT_EQ(world.events(channel), 0) << channel;
    EXPECT_EQ(world.updates(channel), 0) << channel;
    EXPECT_EQ(world.events(channel, "ETH-USD"), std::nullopt) << channel;
  }
  EXPECT_EQ(world.negatives(), 0);
  EXPECT_EQ(world.latencies(), 0);
  EXPECT_EQ(telemetry::samples(world.registry, "tickwitness_feed_frames_total").size(), 14U);
  EXPECT_EQ(telemetry::samples(world.registry, "tickwitness_feed_frames_malformed_total").size(),
            9U);
}

TEST(Intake, EveryFrameIsCountedByItsKindAndWithItsBytes) {
  World world;
  double frames = 0;
  for (int kind = 0; kind <= static_cast<int>(FrameKind::malformed); ++kind) {
    const auto k = static_cast<FrameKind>(kind);
    for (int i = 0; i <= kind; ++i) {
      world.frame({.kind = k}, 7);
      ++frames;
    }
    EXPECT_EQ(read(world.registry, "tickwitness_feed_frames_total", {{"kind", to_string(k)}}),
              kind + 1);
  }
  EXPECT_EQ(world.intake.counts().frames, static_cast<std::uint64_t>(frames));
  EXPECT_EQ(read(world.registry, "tickwitness_feed_bytes_total"), 7 * frames);
  EXPECT_EQ(world.intake.counts().malformed, 14U);
  EXPECT_EQ(world.intake.counts().unsupported, 13U);
  world.drain();
  EXPECT_TRUE(world.ticks.empty());
}

// The lines of feed_latency_seconds that carry an exemplar, from there on.
std::vector<std::string> exemplars(const World& world) {
  const std::string page =
      telemetry::render(world.registry, {.dialects = {},
                                         .format = telemetry::Format::openmetrics_1_0,
                                         .names = {"tickwitness_feed_latency_seconds"}});
  std::vector<std::string> out;
  for (std::size_t at = page.find("le=\""); at != page.npos; at = page.find("le=\"", at + 1)) {
    const std::string line = page.substr(at, page.find('\n', at) - at);
    if (line.find(" # ") != line.npos) out.push_back(line);
  }
  return out;
}

TEST(Intake, ALatencyOfATradeIsToldByItsIdAtMostOnceASecond) {
  World world;
  const auto trade = [&](std::uint64_t id, base::Duration latency, bool snapshot = false) {
    Frame f{.kind = FrameKind::trades, .snapshot = snapshot};
    f.trades.push_back({.symbol = kBtc, .id = id, .exchange_time = world.now.wall - latency});
    world.frame(f);
  };
  const auto later = [&](base::Duration by) {
    world.now.mono += by;
    world.now.wall += by;
  };
  trade(1, 40ms, true);  // what a snapshot repeats has no latency
  trade(2, -5ms);        // negative: in no bucket
  EXPECT_THAT(exemplars(world), testing::IsEmpty());
  trade(3, 30ms);  // the second has begun with it, and nothing was above 0
  later(100ms);
  trade(4, 60ms);
  EXPECT_THAT(exemplars(world),
              testing::ElementsAre(R"(le="0.05"} 1 # {trade_id="3"} 0.03 1700000000)"));
  later(900ms);
  trade(5, 60ms);
  trade(18'446'744'073'709'551'615U, 61ms);
  trade(7, 62ms);
  EXPECT_THAT(
      exemplars(world),
      testing::ElementsAre(R"(le="0.05"} 1 # {trade_id="3"} 0.03 1700000000)",
                           R"(le="0.1"} 5 # {trade_id="18446744073709551615"} 0.061 1700000001)"));
  EXPECT_EQ(world.latencies(), 5);
}

TEST(Intake, MalformedFramesAreCountedByReason) {
  World world;
  for (int reason = 1; reason <= static_cast<int>(Malformed::bad_symbol); ++reason) {
    const auto why = static_cast<Malformed>(reason);
    for (int i = 0; i < reason; ++i) world.frame({.kind = FrameKind::malformed, .malformed = why});
    EXPECT_EQ(read(world.registry, "tickwitness_feed_frames_malformed_total",
                   {{"reason", to_string(why)}}),
              reason);
  }
  EXPECT_EQ(world.intake.counts().malformed, 45U);
}

TEST(Intake, SkippedEntriesOfAGoodFrameAreCountedAndTheOthersUsed) {
  World world;
  Frame f{.kind = FrameKind::trades, .malformed = Malformed::bad_symbol};
  f.trades.push_back({.symbol = kBtc, .exchange_time = world.now.wall});
  f.skipped = 2;
  world.frame(f);
  EXPECT_EQ(read(world.registry, "tickwitness_feed_entries_skipped_total"), 2);
  EXPECT_EQ(world.events("trade"), 1);
  EXPECT_EQ(world.intake.counts().skipped, 2U);
  // The frame itself was good.
  EXPECT_EQ(world.intake.counts().malformed, 0U);
  EXPECT_EQ(
      read(world.registry, "tickwitness_feed_frames_malformed_total", {{"reason", "bad_symbol"}}),
      0);
}

TEST(Intake, ASnapshotIsEventsButNoNewsAndHasNoLatency) {
  World world;
  world.trades({1h, 2h, 3h}, true);
  EXPECT_EQ(world.events("trade"), 3);
  EXPECT_EQ(world.updates("trade"), 0);
  EXPECT_EQ(world.latencies(), 0);
  world.trades({10ms, 20ms});
  EXPECT_EQ(world.events("trade"), 5);
  EXPECT_EQ(world.updates("trade"), 2);
  EXPECT_EQ(world.latencies(), 2);
  world.drain();
  ASSERT_EQ(world.ticks.size(), 5U);
  EXPECT_EQ(world.ticks.front().origin, pipeline::Origin::snapshot);
  EXPECT_EQ(world.ticks.back().origin, pipeline::Origin::live);
  EXPECT_EQ(world.ticks.back().received.mono, world.now.mono);
  EXPECT_EQ(world.ticks.back().venue, market::Venue::kraken);
}

TEST(Intake, QuotesAndCandlesCountOnTheirOwnChannels) {
  World world;
  Frame quotes{.kind = FrameKind::quotes};
  quotes.quotes.push_back({.symbol = kBtc, .exchange_time = world.now.wall - 5ms});
  quotes.quotes.push_back({.symbol = kBtc});  // older servers send no time: no latency
  quotes.quotes.push_back({.symbol = kEth, .exchange_time = world.now.wall - 5ms});
  world.frame(quotes);
  Frame candles{.kind = FrameKind::candles, .snapshot = true};
  candles.candles.push_back({.symbol = kBtc, .interval_minutes = 1});
  world.frame(candles);
  candles.snapshot = false;
  world.frame(candles);
  EXPECT_EQ(world.events("spread"), 2);
  EXPECT_EQ(world.updates("spread"), 2);
  EXPECT_EQ(world.events("spread", "ETH-USD"), 1);
  EXPECT_EQ(world.events("ohlc"), 2);
  EXPECT_EQ(world.updates("ohlc"), 1);
  EXPECT_EQ(world.events("trade"), 0);
  EXPECT_EQ(world.latencies(), 1);
  EXPECT_EQ(world.intake.counts().quotes, 3U);
  EXPECT_EQ(world.intake.counts().candles, 2U);
}

TEST(Intake, ANegativeLatencyIsCountedApartAndShownInTheSignedWindow) {
  World world;
  world.registry.tick(world.now.mono);
  world.trades({0ms, 1ms});
  EXPECT_EQ(world.latencies(), 2);  // 0 is not negative
  EXPECT_EQ(world.negatives(), 0);
  world.trades({-500ms, -500ms, -500ms, -500ms, -500ms});
  EXPECT_EQ(world.latencies(), 2);
  EXPECT_EQ(world.negatives(), 5);
  world.registry.tick(world.now.mono + 1s);
  const auto median = read(world.registry, "kraken_ws_latency_p50_ms");
  ASSERT_TRUE(median.has_value());
  EXPECT_NEAR(*median, -500, 10);  // the sketch is good to a percent or so
}

TEST(Intake, InstrumentsAreListedByTheSnapshotOnly) {
  World world;
  const auto listed = [&] { return read(world.registry, "tickwitness_market_instruments"); };
  EXPECT_EQ(listed(), std::nullopt);
  Frame f{.kind = FrameKind::instruments, .snapshot = true};
  f.instruments.resize(3);
  world.frame(f);
  EXPECT_EQ(listed(), 3);
  f.snapshot = false;
  f.instruments.resize(1);
  world.frame(f);
  EXPECT_EQ(listed(), 3);  // an update names those that changed
  EXPECT_EQ(world.intake.counts().instruments, 4U);
}

TEST(Intake, AFullHandoffIsDrainedAndNothingIsLost) {
  World world;
  world.trades(std::vector<base::Duration>(30, 1ms));
  EXPECT_GE(world.made_room, 2);
  world.drain();
  EXPECT_EQ(world.ticks.size(), 30U);
  EXPECT_EQ(read(world.registry, "tickwitness_pipeline_blocked_total"), 0);
  EXPECT_EQ(read(world.registry, "tickwitness_pipeline_dropped_total"), 0);
  EXPECT_EQ(read(world.registry, "tickwitness_pipeline_ticks_received_total"), 30);
  // Quotes do not wait for each other: there the ring itself says that it is full.
  Frame quotes{.kind = FrameKind::quotes};
  quotes.quotes.resize(30, {.symbol = kBtc});
  const int before = world.made_room;
  world.frame(quotes);
  EXPECT_EQ(read(world.registry, "tickwitness_pipeline_blocked_total"), world.made_room - before);
  EXPECT_GT(world.made_room, before);
}

// What waits behind a hole is known all the same: nobody trades on the price of half a minute ago.
TEST(Intake, TheLastPriceIsThatOfTheNewestTradeReceived) {
  World world;
  const auto trade = [&](std::uint64_t id, int price) {
    Frame f{.kind = FrameKind::trades};
    f.trades.push_back({.symbol = kBtc,
                        .id = id,
                        .price = base::Decimal(price, 1),
                        .exchange_time = world.now.wall});
    world.frame(f);
  };
  const auto price = [&] {
    return read(world.registry, "tickwitness_market_last_price", {{"symbol", "BTC-USD"}});
  };
  EXPECT_EQ(price(), std::nullopt);
  trade(1, 15);
  trade(4, 25);  // 2 and 3 are missing
  EXPECT_EQ(price(), 2.5);
  trade(3, 99);
  EXPECT_EQ(price(), 2.5);
  world.drain();
  EXPECT_EQ(world.ticks.size(), 1U);
  EXPECT_EQ(read(world.registry, "tickwitness_market_last_trade_timestamp_seconds"), 1'700'000'000);
  const exchange::Subscription trades{.channel = exchange::Channel::trade, .symbol = kBtc};
  world.intake.forget(world.now, std::array{trades});
  EXPECT_EQ(price(), std::nullopt);
  trade(5, 45);  // the venue has not read yet that nobody wants it
  EXPECT_EQ(price(), std::nullopt);
  world.intake.expect(trades);
  trade(6, 55);
  EXPECT_EQ(price(), 5.5);
}

// However many trades a filled hole lets go at once, none of them overflows the hand-over.
TEST(Intake, WhatWasHeldBackLeavesTheConsumerItsTurn) {
  World world;
  Frame f{.kind = FrameKind::trades};
  for (std::uint64_t id = 3; id < 60; ++id) f.trades.push_back({.symbol = kBtc, .id = id});
  Frame first{.kind = FrameKind::trades};
  first.trades.push_back({.symbol = kBtc, .id = 1});
  world.frame(first);
  world.frame(f);
  first.trades.front().id = 2;
  world.frame(first);
  world.drain();
  EXPECT_EQ(world.ticks.size(), 59U);
  EXPECT_EQ(read(world.registry, "tickwitness_pipeline_blocked_total"), 0);
}

// What is handed on of quotes and candles that two connections bring, as "connection:price".
struct Overlap : World {
  std::vector<std::string> shown;

  void show(StreamNumber stream, std::string_view what) {
    drain();
    for (std::size_t i = 0; i < ticks.size(); ++i) {
      shown.push_back(std::to_string(stream) + ":" + std::string(what));
    }
    ticks.clear();
  }
  void quote(StreamNumber stream, int bid, std::optional<std::uint64_t> update_id) {
    Frame f{.kind = FrameKind::quotes};
    f.quotes.push_back({.symbol = kBtc, .bid = base::Decimal(bid, 0), .update_id = update_id});
    intake.on_frame(now, f, 10, stream);
    show(stream, std::to_string(bid));
  }
  void candle(StreamNumber stream, int minute, int volume, bool closed,
              std::uint32_t interval = 1) {
    Frame f{.kind = FrameKind::candles};
    f.candles.push_back({.symbol = kBtc,
                         .interval_minutes = interval,
                         .closed = closed,
                         .begin = base::WallTime(minute * 60s),
                         .volume = base::Decimal(volume, 0)});
    intake.on_frame(now, f, 10, stream);
    show(stream, std::to_string(minute) + "/" + std::to_string(volume) + (closed ? "!" : ""));
  }
};

using Shown = std::vector<std::string>;

TEST(Intake, NumberedQuotesOfTwoConnectionsNeverGoBack) {
  Overlap o;
  o.quote(1, 100, 1);
  o.quote(1, 101, 2);
  o.quote(2, 100, 1);
  o.quote(2, 101, 2);
  o.quote(2, 102, 3);
  o.quote(1, 102, 3);
  o.quote(1, 103, 4);
  o.quote(2, 103, 4);
  o.quote(1, 104, 5);
  o.intake.on_stream_lost(o.now, {.channel = exchange::Channel::spread, .symbol = kBtc}, 1);
  o.quote(2, 104, 5);
  o.quote(2, 105, 6);
  EXPECT_EQ(o.shown, (Shown{"1:100", "1:101", "2:102", "1:103", "1:104", "2:105"}));
  EXPECT_EQ(o.intake.counts().quotes, 11U) << "all were received";
  o.quote(2, 99, 1);
  EXPECT_EQ(o.shown.back(), "2:99") << "a venue that numbers anew is believed";
}

TEST(Intake, OfQuotesWithoutNumbersOneConnectionIsFollowedWhileItLasts) {
  Overlap o;
  const exchange::Subscription spread{.channel = exchange::Channel::spread, .symbol = kBtc};
  o.quote(1, 100, {});
  o.quote(2, 100, {});
  o.quote(2, 101, {});
  o.intake.on_stream_lost(o.now, spread, 2);
  o.quote(2, 102, {});
  o.intake.on_stream_lost(o.now, spread, 1);
  o.quote(2, 103, {});
  EXPECT_EQ(o.shown, (Shown{"1:100", "2:103"}));
}

TEST(Intake, QuotesThatAreExpectedAgainMayComeOnAnyConnection) {
  Overlap o;
  const exchange::Subscription spread{.channel = exchange::Channel::spread, .symbol = kBtc};
  o.intake.expect(spread);
  o.quote(1, 100, {});
  o.intake.forget(o.now, std::array{spread});
  o.quote(1, 101, {});  // on its way; then that connection ends, and nobody says of what
  o.intake.expect(spread);
  o.quote(2, 102, {});
  o.quote(3, 103, {});
  EXPECT_EQ(o.shown, (Shown{"1:100", "1:101", "2:102"}));
}

TEST(Intake, CandlesOfTwoConnectionsOnlyGrow) {
  Overlap o;
  o.candle(1, 7, 5, false);
  o.candle(2, 7, 5, false);
  o.candle(2, 7, 6, false);
  o.candle(1, 7, 6, false);
  o.candle(1, 7, 6, true);
  o.candle(2, 7, 6, true);
  o.candle(2, 8, 1, false);
  o.candle(1, 7, 9, false);
  o.candle(1, 5, 2, false, 5);  // another interval
  o.candle(2, 8, 1, false);     // said again by the one that said it
  EXPECT_EQ(o.shown, (Shown{"1:7/5", "2:7/6", "1:7/6!", "2:8/1", "1:5/2", "2:8/1"}));
}

}  // namespace
}  // namespace tickwitness::feed
