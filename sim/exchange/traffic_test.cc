// What the frames say of themselves against the exchange's own record.
#include "sim/exchange/traffic.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "sim/exchange/world_for_tests.h"

namespace tickwitness::sim {
namespace {

using std::chrono::microseconds;
using std::chrono::minutes;
using std::chrono::seconds;
using testing::ElementsAreArray;

Traffic sum(const World& world) {
  Traffic traffic;
  for (const Received& frame : world.frames) traffic.add(frame.parcel, frame.text.size());
  return traffic;
}

void expect_equal(const ItemCounts& measured, const ItemCounts& truth, const std::string& what) {
  EXPECT_EQ(measured.snapshot, truth.snapshot) << what;
  EXPECT_EQ(measured.update, truth.update) << what;
}

void expect_equal(const Traffic& traffic, const Truth& truth) {
  EXPECT_EQ(traffic.frames, truth.frames);
  EXPECT_EQ(traffic.frames_total(), truth.frames_total());
  EXPECT_EQ(traffic.bytes, truth.frame_bytes);
  EXPECT_EQ(traffic.instruments, truth.instruments);
  std::map<std::string, std::uint64_t> malformed;
  for (const auto& [reason, count] : traffic.malformed) malformed.emplace(reason, count);
  EXPECT_EQ(malformed, truth.malformed);
  ASSERT_EQ(traffic.pairs.size(), truth.pairs.size());
  for (std::size_t i = 0; i < truth.pairs.size(); ++i) {
    const PairTraffic& pair = traffic.pairs[i];
    const PairTruth& expected = truth.pairs[i];
    expect_equal(pair.trades, expected.trades, expected.symbol + " trades");
    expect_equal(pair.quotes, expected.quotes, expected.symbol + " quotes");
    expect_equal(pair.candles, expected.candles, expected.symbol + " candles");
    expect_equal(pair.books, expected.books, expected.symbol + " books");
    std::uint64_t falsified = 0;
    for (const FalsifiedBook& book : truth.falsified_books) falsified += book.pair == i ? 1 : 0;
    EXPECT_EQ(pair.books_falsified, falsified);
    for (std::size_t k = 0; k < kIntervals.size(); ++k) {
      const auto found = expected.candles_by_interval.find(kIntervals[k]);
      expect_equal(pair.candles_by_interval[k],
                   found == expected.candles_by_interval.end() ? ItemCounts{} : found->second,
                   expected.symbol + " candles of " + std::to_string(kIntervals[k]));
    }
    EXPECT_EQ(pair.stamped,
              expected.trades.update + expected.quotes.update + expected.books.update);
    EXPECT_EQ(pair.last_price, expected.last_price_sent);
  }
}

TEST(Traffic, UnderEveryFaultTheSumOfTheParcelsIsTheTruth) {
  const Settings settings =
      with({"malformed@10s",      "bad_utf8@15s",         "disconnect@20s",     "down@30s+5s",
            "silent@38s+4s",      "hang@44s+2s",          "unanswered@46s+1s",  "flood@47s+1s",
            "reset@50s",          "refuse_subscription",  "skew=120ms",         "zombie@3s",
            "drop@8s+2s",         "duplicate@22s+3s",     "reorder@36s+3s",     "corrupt_book@7s",
            "wrong_checksum@37s", "instrument_change@9s", "maintenance@55s+2s", "rate_limited@58s",
            "rest_errors@59s",    "rest_refuses@60s",     "msg_rate@61s+1s"});
  World world(settings);
  for (int round = 0; round < 8; ++round) {
    const ConnectionId first = world.connect();
    subscribe_all(world, first, 1);
    world.say(first, R"({"method":"subscribe","params":{"channel":"book","symbol":["BTC/USD"]}})");
    subscribe_all(world, world.connect(), 5);
    subscribe_all(world, world.connect(), 60);
    for (int i = 0; i < 45; ++i) world.say(first, R"({"method":"ping"})");
    world.run_until(seconds(6 + 8 * round));
    world.say(first, "no JSON");
    world.say(first,
              R"({"method":"unsubscribe","params":{"channel":"ticker","symbol":["SOL/USD"]}})");
  }
  world.run_until(seconds(70));
  world.shut_down();

  const Truth& truth = world.exchange.truth();
  expect_equal(sum(world), truth);
  // Nothing was compared with nothing.
  // Binance's own kinds come last.
  for (std::size_t kind = 0; kind <= static_cast<std::size_t>(SentKind::malformed); ++kind)
    EXPECT_GT(truth.frames[kind], 0U) << to_string(static_cast<SentKind>(kind));
  for (const Fault& fault : settings.faults) EXPECT_TRUE(truth.fired(fault.kind));
  EXPECT_EQ(truth.malformed.size(), 8U);
  for (const PairTruth& pair : truth.pairs) EXPECT_EQ(pair.candles_by_interval.size(), 3U);
}

// "2026-01-02T03:04:31.020304Z", of the hour in which the world starts.
base::WallTime read_time(const std::string& text) {
  const auto micros = std::stoll(text.substr(17, 2) + text.substr(20, 6));
  return World::kWall - minutes(4) - seconds(30) + minutes(std::stoi(text.substr(14, 2))) +
         microseconds(micros);
}

TEST(Parcel, SaysWhatTheTextSays) {
  World world;
  subscribe_all(world, world.connect(), 15);
  world.run_until(minutes(2));
  std::size_t updates = 0;
  for (const Received& frame : world.frames) {
    const Parcel& parcel = frame.parcel;
    if (parcel.kind != SentKind::trade && parcel.kind != SentKind::ticker &&
        parcel.kind != SentKind::ohlc)
      continue;
    const std::vector<Json>& items = frame.data();
    ASSERT_TRUE(parcel.channel && parcel.pair);
    EXPECT_EQ(to_string(*parcel.channel), frame.channel());
    EXPECT_EQ(world.exchange.settings().pairs[*parcel.pair].symbol, items[0].find("symbol")->text);
    EXPECT_EQ(parcel.snapshot, frame.snapshot());
    EXPECT_EQ(parcel.items, items.size());
    EXPECT_EQ(parcel.interval, parcel.kind == SentKind::ohlc ? 15U : 0U);
    EXPECT_EQ(parcel.last_price.has_value(), parcel.kind == SentKind::trade);
    if (parcel.last_price) {
      EXPECT_EQ(parcel.last_price->str(), items.back().find("price")->text);
    }
    std::vector<base::WallTime> times;
    if (!frame.snapshot() && parcel.kind != SentKind::ohlc)
      for (const Json& item : items) times.push_back(read_time(item.find("timestamp")->text));
    EXPECT_THAT(parcel.stamped(), ElementsAreArray(times));
    updates += times.size();
  }
  EXPECT_GT(updates, 1000U);
}

TEST(Parcel, NamesWhatWasAskedInAnswers) {
  World world;
  const ConnectionId connection = world.connect();
  world.say(connection, R"({"method":"subscribe","params":{"channel":"ohlc","interval":30,)"
                        R"("symbol":["ETH/USD","DOGE/EUR"],"snapshot":false}})");
  world.say(connection, R"({"method":"subscribe","params":{"channel":"instrument",)"
                        R"("snapshot":false}})");
  world.say(connection, "{}");
  ASSERT_EQ(world.frames.size(), 5U);  // the first is the status
  EXPECT_EQ(world.frames[0].parcel.channel, std::nullopt);
  const Parcel& ack = world.frames[1].parcel;
  EXPECT_EQ(ack.kind, SentKind::subscribed);
  EXPECT_EQ(ack.channel, WireChannel::ohlc);
  EXPECT_EQ(ack.pair, 1);
  EXPECT_EQ(ack.interval, 30U);
  EXPECT_EQ(ack.items, 0U);
  const Parcel& refusal = world.frames[2].parcel;
  EXPECT_EQ(refusal.kind, SentKind::refused);
  EXPECT_EQ(refusal.channel, WireChannel::ohlc);
  EXPECT_EQ(refusal.pair, std::nullopt);
  EXPECT_EQ(world.frames[3].parcel.channel, WireChannel::instrument);
  EXPECT_EQ(world.frames[3].parcel.pair, std::nullopt);
  EXPECT_EQ(world.frames[4].parcel.kind, SentKind::refused);
  EXPECT_EQ(world.frames[4].parcel.channel, std::nullopt);
}

}  // namespace
}  // namespace tickwitness::sim
