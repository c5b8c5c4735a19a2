#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <set>

#include "sim/exchange/world_for_tests.h"

namespace tickwitness::sim {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;
using testing::ElementsAre;
using testing::Pair;

std::size_t data_frames_after(const World& world, base::Duration time) {
  std::size_t count = 0;
  for (const Received& frame : world.frames)
    if (frame.at > World::kMono + time) ++count;
  return count;
}

// Trades sent as updates after one time and not after the other.
std::size_t trades_between(const World& world, base::Duration from, base::Duration to,
                           std::optional<std::uint16_t> pair = std::nullopt) {
  std::size_t count = 0;
  for (const Received& frame : world.frames)
    if (frame.parcel.kind == SentKind::trade && !frame.parcel.snapshot &&
        frame.at > World::kMono + from && frame.at <= World::kMono + to &&
        (!pair || frame.parcel.pair == pair))
      count += frame.parcel.items;
  return count;
}

TEST(KrakenFaults, DisconnectClosesAllAndCountsWhatNobodyGot) {
  World world(with({"disconnect@20s"}));
  const ConnectionId first = world.connect();
  const ConnectionId second = world.connect();
  subscribe_all(world, first);
  subscribe_all(world, second, 5);
  world.run_until(seconds(30));
  EXPECT_THAT(world.closed, ElementsAre(first, second));
  EXPECT_TRUE(world.reset.empty());
  EXPECT_EQ(data_frames_after(world, seconds(20)), 0U);
  const Truth& truth = world.exchange.truth();
  EXPECT_EQ(truth.disconnects, 2U);
  const PairTruth& btc = truth.pairs[0];
  EXPECT_GT(btc.trades_undelivered, 0U);
  EXPECT_EQ(btc.trades.update, 2 * (btc.trades_made - btc.trades_undelivered));
  ASSERT_EQ(truth.faults.size(), 1U);
  EXPECT_EQ(truth.faults[0].at, World::kMono + seconds(20));

  world.exchange.on_disconnect(first, world.now());  // the shell may say so, or not
  EXPECT_EQ(truth.closed_by_client, 0U);
  EXPECT_EQ(world.exchange.on_attempt("/v2", world.now()), Kraken::Admission::accept);
  subscribe_all(world, world.connect());
  world.run_until(seconds(40));
  EXPECT_GT(data_frames_after(world, seconds(31)), 100U);

  // The hole is in the record, and only there.
  std::uint64_t hole = 0;
  for (const TradeRecord& record : world.exchange.trades(0))
    if (!record.before_start && record.updates_sent == 0) ++hole;
  EXPECT_EQ(hole, btc.trades_undelivered);
}

TEST(KrakenFaults, ResetCuts) {
  World world(with({"reset@20s"}));
  const ConnectionId connection = world.connect();
  subscribe_all(world, connection);
  world.run_until(seconds(30));
  EXPECT_THAT(world.reset, ElementsAre(connection));
  EXPECT_TRUE(world.closed.empty());
  EXPECT_EQ(world.exchange.truth().resets, 1U);
  EXPECT_EQ(data_frames_after(world, seconds(20)), 0U);
}

TEST(KrakenFaults, SilentStopsOneSubscriptionForGood) {
  World world(with({"silent@20s"}));
  const ConnectionId connection = world.connect();
  subscribe_all(world, connection);
  world.run_until(seconds(60));
  const auto after = [&world](std::string_view channel, std::string_view symbol) {
    std::size_t count = 0;
    for (const Received* frame : world.of_channel(channel))
      if (frame->at > World::kMono + seconds(20) &&
          (symbol.empty() || frame->data()[0].find("symbol")->text == symbol))
        ++count;
    return count;
  };
  EXPECT_EQ(after("trade", "BTC/USD"), 0U);
  EXPECT_GT(after("trade", "ETH/USD"), 10U);
  EXPECT_GT(after("ticker", "BTC/USD"), 10U);
  EXPECT_GT(after("ohlc", "BTC/USD"), 10U);
  EXPECT_EQ(after("heartbeat", ""), 40U);
  const Truth& truth = world.exchange.truth();
  ASSERT_TRUE(truth.fired(FaultKind::silent));
  EXPECT_EQ(truth.faults[0].detail, "trade BTC/USD");
  EXPECT_GT(truth.pairs[0].trades_withheld, 0U);
  EXPECT_EQ(truth.pairs[0].trades_withheld, truth.pairs[0].trades_undelivered);

  // Subscribing anew is acknowledged, and stays silent.
  world.say(connection,
            R"({"method":"unsubscribe","params":{"channel":"trade","symbol":["BTC/USD"]}})");
  world.say(connection, R"({"method":"subscribe","params":{"channel":"trade",)"
                        R"("symbol":["BTC/USD"],"snapshot":true}})");
  EXPECT_EQ(world.count_method("unsubscribe", true), 1U);
  world.run_until(seconds(90));
  EXPECT_EQ(after("trade", "BTC/USD"), 0U);
}

TEST(KrakenFaults, SilentWaitsForATradeSubscription) {
  World world(with({"silent@1s"}));
  world.run_until(seconds(5));
  EXPECT_FALSE(world.exchange.truth().fired(FaultKind::silent));
  world.say(world.connect(),
            R"({"method":"subscribe","params":{"channel":"trade","symbol":["SOL/USD"]}})");
  EXPECT_EQ(world.exchange.truth().faults.at(0).detail, "trade SOL/USD");
  world.run_until(seconds(20));
  EXPECT_TRUE(world.of_channel("trade").empty());
}

TEST(KrakenFaults, SilentWithALengthEnds) {
  World world(with({"silent@20s+15s"}));
  subscribe_all(world, world.connect());
  world.run_until(seconds(60));
  EXPECT_GT(trades_between(world, seconds(0), seconds(20), 0), 10U);
  EXPECT_EQ(trades_between(world, seconds(20), seconds(35), 0), 0U);
  EXPECT_GT(trades_between(world, seconds(35), seconds(60), 0), 10U);
  const Truth& truth = world.exchange.truth();
  EXPECT_GT(truth.pairs[0].trades_withheld, 0U);
  EXPECT_EQ(truth.pairs[0].trades_withheld, truth.pairs[0].trades_undelivered);
  EXPECT_EQ(truth.faults.at(0).until, World::kMono + seconds(35));
}

TEST(KrakenFaults, OneSubscriptionIsRefusedAlways) {
  World world(with({"refuse_subscription"}));
  const ConnectionId connection = world.connect();
  subscribe_all(world, connection);
  subscribe_all(world, world.connect());
  const Truth& truth = world.exchange.truth();
  EXPECT_THAT(truth.refusals, ElementsAre(Pair("Currency pair not supported XRP/USD", 2)));
  EXPECT_EQ(truth.faults.at(0).detail, "ticker XRP/USD");
  world.run_until(seconds(30));
  EXPECT_EQ(truth.find("XRP/USD")->quotes.total(), 0U);
  EXPECT_GT(truth.find("XRP/USD")->trades.update, 0U);
  EXPECT_GT(truth.find("SOL/USD")->quotes.update, 0U);
}

TEST(KrakenFaults, MalformedFramesAreCountedByReason) {
  World world(with({"malformed@15s"}));
  world.connect();
  subscribe_all(world, world.connect());
  world.run_until(seconds(16));
  const Truth& truth = world.exchange.truth();
  EXPECT_THAT(truth.malformed,
              ElementsAre(Pair("bad_number", 1), Pair("bad_time", 1), Pair("json", 3),
                          Pair("missing_field", 2), Pair("too_deep", 1), Pair("unsupported", 1),
                          Pair("wrong_type", 3)));
  EXPECT_EQ(truth.sent(SentKind::malformed), 12U);
  std::size_t not_json = 0;
  for (const Received& frame : world.frames)
    if (frame.json.type == Json::Type::null) ++not_json;
  EXPECT_EQ(not_json, 4U);  // 3 and the deep one, which is beyond the test's reader
  EXPECT_EQ(world.fragmented, 2U);
  world.run_until(seconds(20));
  EXPECT_GT(data_frames_after(world, seconds(16)), 50U);  // the session goes on
}

TEST(KrakenFaults, BadUtf8IsTheLastWordOnItsConnection) {
  World world(with({"bad_utf8@15s"}));
  const ConnectionId connection = world.connect();
  const ConnectionId other = world.connect();
  subscribe_all(world, connection);
  subscribe_all(world, other, 5);
  world.run_until(seconds(20));
  world.say(connection, R"({"method":"ping"})");
  std::string last;
  for (const Received& frame : world.frames)
    if (frame.connection == connection) last = frame.text;
  EXPECT_NE(last.find("\xC3\x28"), std::string::npos);
  EXPECT_EQ(world.exchange.truth().malformed.at("encoding"), 1U);
  EXPECT_GT(data_frames_after(world, seconds(15)), 20U);  // to the other
  world.exchange.on_disconnect(connection, world.now());
  EXPECT_EQ(world.exchange.truth().closed_by_client, 1U);
}

TEST(KrakenFaults, DownRefusesForAWhile) {
  World world(with({"down@10s+5s"}));
  subscribe_all(world, world.connect());
  world.run_until(seconds(10));
  EXPECT_EQ(world.closed.size(), 1U);
  EXPECT_EQ(world.exchange.on_attempt("/v2", world.now()), Kraken::Admission::refuse);
  EXPECT_EQ(world.exchange.on_http("GET", "/0/public/Time", world.now()).status, 503);
  world.run_until(seconds(12));
  const ConnectionId slipped = world.connect();  // had been admitted just before
  EXPECT_EQ(world.closed.back(), slipped);
  world.run_until(milliseconds(14'999));
  EXPECT_EQ(world.exchange.on_attempt("/v2", world.now()), Kraken::Admission::refuse);
  world.run_until(seconds(15));
  EXPECT_EQ(world.exchange.on_attempt("/v2", world.now()), Kraken::Admission::accept);
  EXPECT_EQ(world.exchange.truth().connections_refused, 2U);
  EXPECT_EQ(world.exchange.truth().disconnects, 2U);
}

TEST(KrakenFaults, AHostThatHangsSaysNothingAndGoesOn) {
  World world(with({"hang@20s+10s"}));
  const ConnectionId first = world.connect();
  const ConnectionId second = world.connect();
  subscribe_all(world, first);
  subscribe_all(world, second, 5);
  world.run_until(seconds(20));
  const std::size_t before = world.frames.size();
  world.run_until(seconds(22));
  EXPECT_EQ(world.exchange.on_attempt("/v2", world.now()), Kraken::Admission::refuse);
  EXPECT_EQ(world.exchange.on_http("GET", "/0/public/Time", world.now()).status, 503);
  const ConnectionId slipped = world.connect();  // had been admitted just before
  world.say(slipped, R"({"method":"ping","req_id":1})");
  world.say(first, R"({"method":"ping","req_id":2})");
  const ConnectionId gone = world.connect();
  world.say(gone, R"({"method":"ping","req_id":3})");
  world.exchange.on_disconnect(gone, world.now());
  world.run_until(milliseconds(29'999));
  EXPECT_EQ(world.frames.size(), before);
  const Truth& truth = world.exchange.truth();
  EXPECT_EQ(truth.requests, 8U);

  world.run_until(seconds(30));
  ASSERT_GE(world.frames.size(), before + 3);
  EXPECT_EQ(world.frames[before].parcel.kind, SentKind::status);
  EXPECT_EQ(world.frames[before + 1].connection, slipped);
  EXPECT_EQ(world.frames[before + 1].parcel.kind, SentKind::pong);
  EXPECT_EQ(world.frames[before + 2].connection, first);
  EXPECT_EQ(world.frames[before + 2].json.find("req_id")->as_unsigned(), 2U);
  EXPECT_EQ(truth.requests, 10U);
  EXPECT_EQ(truth.sent(SentKind::pong), 2U);
  EXPECT_EQ(truth.sent(SentKind::heartbeat), 2U * 20);  // not paid back
  world.run_until(seconds(40));
  EXPECT_EQ(truth.sent(SentKind::heartbeat), 2U * 30);
  EXPECT_EQ(world.exchange.on_attempt("/v2", world.now()), Kraken::Admission::accept);
  EXPECT_GT(trades_between(world, seconds(30), seconds(40)), 50U);
  EXPECT_TRUE(world.closed.empty());
  EXPECT_TRUE(world.reset.empty());
  EXPECT_EQ(truth.connections_refused, 1U);
  EXPECT_EQ(truth.faults.at(0).until, World::kMono + seconds(30));
  // What was traded meanwhile is history, and nobody was sent it.
  for (std::size_t pair = 0; pair < 4; ++pair) {
    std::uint64_t missed = 0;
    for (const TradeRecord& record : world.exchange.trades(pair))
      if (!record.before_start && record.updates_sent == 0) ++missed;
    EXPECT_GT(missed, 0U);
    EXPECT_EQ(truth.pairs[pair].trades_undelivered, missed);
    EXPECT_EQ(truth.pairs[pair].trades_withheld, 0U);
  }
}

TEST(KrakenFaults, WhatFallsDueWhileItHangsIsCommittedAfterwards) {
  World world(with({"hang@10s+10s", "malformed@12s", "hang@13s+5s", "disconnect@15s"}));
  subscribe_all(world, world.connect());
  world.run_until(milliseconds(19'999));
  EXPECT_EQ(world.exchange.truth().faults.size(), 1U);
  world.run_until(seconds(20));
  EXPECT_EQ(world.exchange.truth().sent(SentKind::malformed), 12U);
  EXPECT_TRUE(world.closed.empty());
  EXPECT_EQ(world.exchange.truth().faults.back().until, World::kMono + seconds(25));
  world.run_until(seconds(25));
  EXPECT_EQ(world.closed.size(), 1U);
}

TEST(KrakenFaults, WhatIsHeldWhileItHangsIsBounded) {
  World world(with({"hang@1s+1s"}));
  const ConnectionId connection = world.connect();
  world.run_until(milliseconds(1500));
  const std::string large(100'000, ' ');
  for (int i = 0; i < 20; ++i) world.say(connection, large);
  world.run_until(seconds(2));
  const Truth& truth = world.exchange.truth();
  EXPECT_EQ(truth.requests, 20U);
  EXPECT_EQ(truth.requests_swallowed, 10U);  // 1 MiB holds ten of them
  EXPECT_EQ(truth.sent(SentKind::refused), 10U);
}

TEST(KrakenFaults, UnansweredSwallowsWhatAsksForSubscriptions) {
  World world(with({"unanswered@10s+10s"}));
  const ConnectionId first = world.connect();
  subscribe_all(world, first);
  world.run_until(seconds(12));
  const ConnectionId second = world.connect();
  const std::size_t before = world.frames.size();
  const std::string subscribe =
      R"({"method":"subscribe","params":{"channel":"trade","symbol":["BTC/USD"]}})";
  world.say(second, subscribe);
  world.say(second, R"({"method":"subscribe","params":{"channel":"weather","symbol":["X"]}})");
  world.say(first, R"({"method":"unsubscribe","params":{"channel":"trade","symbol":["BTC/USD"]}})");
  EXPECT_EQ(world.frames.size(), before);
  world.say(second, R"({"method":"ping"})");
  world.say(second, "no JSON");
  EXPECT_EQ(world.frames.size(), before + 2);
  const Truth& truth = world.exchange.truth();
  EXPECT_EQ(truth.requests_swallowed, 3U);
  EXPECT_EQ(truth.requests, 9U);
  world.run_until(seconds(20));
  std::set<SentKind> kinds;
  for (const Received& frame : world.frames)
    if (frame.connection == second && frame.at > World::kMono + seconds(12))
      kinds.insert(frame.parcel.kind);
  EXPECT_THAT(kinds, ElementsAre(SentKind::heartbeat));
  EXPECT_GT(trades_between(world, seconds(12), seconds(20), 0), 0U);
  EXPECT_EQ(truth.sent(SentKind::unsubscribed), 0U);
  EXPECT_EQ(truth.faults.at(0).until, World::kMono + seconds(20));
  const std::uint64_t acks = truth.sent(SentKind::subscribed);
  world.say(second, subscribe);
  EXPECT_EQ(truth.sent(SentKind::subscribed), acks + 1);
  EXPECT_EQ(truth.requests_swallowed, 3U);
}

TEST(KrakenFaults, AFloodIsManyTradesForAWhile) {
  World world(with({"flood@30s+6s"}));
  subscribe_all(world, world.connect());
  world.run_until(seconds(66));
  const auto per_second = [&world](int from, int to) {
    return static_cast<double>(trades_between(world, seconds(from), seconds(to))) / (to - from);
  };
  const double usual = (per_second(0, 30) + per_second(37, 66)) / 2;
  EXPECT_GT(per_second(30, 36), 25 * usual);
  EXPECT_LT(per_second(30, 36), 100 * usual);
  EXPECT_LT(per_second(37, 66), 3 * per_second(0, 30));
  const Truth& truth = world.exchange.truth();
  EXPECT_EQ(truth.faults.at(0).until, World::kMono + seconds(36));
  for (std::size_t pair = 0; pair < 4; ++pair) {
    EXPECT_EQ(truth.pairs[pair].trades.update, truth.pairs[pair].trades_made);
    std::uint64_t id = world.exchange.trades(pair).front().fill.id;
    for (const TradeRecord& record : world.exchange.trades(pair)) EXPECT_EQ(record.fill.id, id++);
  }
}

TEST(KrakenFaults, ALateShellSeesThemAtTheirTimes) {
  const Settings settings = with({"silent@5s+5s", "flood@12s+1s", "hang@15s+4s", "down@21s+3s"});
  World prompt(settings);
  World late(settings);
  for (World* world : {&prompt, &late}) subscribe_all(*world, world->connect());
  prompt.run_until(seconds(20));
  prompt.run_until(seconds(30));
  Actions actions;
  late.exchange.step({late.now().mono + seconds(30), late.now().wall + seconds(30)}, actions);
  for (std::size_t pair = 0; pair < 4; ++pair) {
    const PairTruth& a = prompt.exchange.truth().pairs[pair];
    const PairTruth& b = late.exchange.truth().pairs[pair];
    EXPECT_EQ(a.trades_made, b.trades_made);
    EXPECT_EQ(a.trades.update, b.trades.update);
    EXPECT_EQ(a.trades_withheld, b.trades_withheld);
    EXPECT_EQ(a.trades_undelivered, b.trades_undelivered);
  }
}

TEST(KrakenFaults, SkewShiftsEveryStamp) {
  World ahead(with({"skew=250ms"}));
  World straight(with({}));
  for (World* world : {&ahead, &straight}) world->say(world->connect(), R"({"method":"ping"})");
  EXPECT_EQ(straight.frames.back().member("time_out"), "2026-01-02T03:04:30.000000Z");
  EXPECT_EQ(ahead.frames.back().member("time_out"), "2026-01-02T03:04:30.250000Z");
}

TEST(KrakenFaults, SeveralAtOnceAreCommittedInTheirOrder) {
  World world(with({"reset@30s", "malformed@10s", "disconnect@20s", "silent@10s"}));
  subscribe_all(world, world.connect());
  world.run_until(seconds(25));
  subscribe_all(world, world.connect());
  world.run_until(seconds(35));
  std::vector<FaultKind> kinds;
  for (const FiredFault& fault : world.exchange.truth().faults) kinds.push_back(fault.kind);
  EXPECT_THAT(kinds, ElementsAre(FaultKind::malformed, FaultKind::silent, FaultKind::disconnect,
                                 FaultKind::reset));
}

TEST(KrakenFaults, ShutdownFlushesClosesAndIsFinal) {
  World world(with({"disconnect@60s"}));
  const ConnectionId connection = world.connect();
  subscribe_all(world, connection);
  world.run_until(seconds(10));
  world.shut_down();
  EXPECT_THAT(world.closed, ElementsAre(connection));
  const std::size_t frames = world.frames.size();
  for (const PairTruth& pair : world.exchange.truth().pairs) {
    EXPECT_EQ(pair.trades.update, pair.trades_made);  // nothing made was left behind
    EXPECT_EQ(pair.trades_undelivered, 0U);
  }
  EXPECT_EQ(world.exchange.next_deadline(), base::Instant::max());
  EXPECT_EQ(world.exchange.on_attempt("/v2", world.now()), Kraken::Admission::refuse);
  world.run_until(seconds(100));
  world.shut_down();
  world.say(connection, R"({"method":"ping"})");
  EXPECT_EQ(world.frames.size(), frames);
  EXPECT_EQ(world.exchange.truth().shutdown_closes, 1U);
  EXPECT_EQ(world.exchange.truth().disconnects, 0U);
}

}  // namespace
}  // namespace tickwitness::sim
