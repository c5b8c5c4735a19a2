// Faults of the simulated Binance: what clients see of them, beside the record.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <set>

#include "sim/exchange/binance_world_for_tests.h"

namespace tickwitness::sim {
namespace {

using std::chrono::milliseconds;
using std::chrono::minutes;
using std::chrono::seconds;
using testing::ElementsAre;

constexpr base::Instant kStart = BinanceWorld::kMono;
constexpr std::string_view kTrade = "btcusdt@trade";

std::size_t between(const std::vector<const BinanceFrame*>& frames, base::Duration from,
                    base::Duration to) {
  return static_cast<std::size_t>(std::ranges::count_if(frames, [=](const BinanceFrame* frame) {
    return frame->at >= kStart + from && frame->at < kStart + to;
  }));
}

TEST(BinanceFaults, AreKnownByNameAtTheirVenueOnly) {
  using market::Venue;
  for (const std::string_view ours : {"drop_depth@3s", "rotation@3s"}) {
    ASSERT_TRUE(parse_fault(ours, Venue::binance));
    EXPECT_EQ(to_string(*parse_fault(ours, Venue::binance)), ours);
    EXPECT_FALSE(parse_fault(ours));
  }
  for (const std::string_view theirs :
       {"refuse_subscription", "malformed", "bad_utf8", "corrupt_book", "wrong_checksum",
        "instrument_change", "maintenance", "msg_rate"}) {
    EXPECT_TRUE(parse_fault(theirs));
    const auto fault = parse_fault(theirs, Venue::binance);
    ASSERT_FALSE(fault) << theirs;
    EXPECT_THAT(fault.error().message, testing::HasSubstr("drop_depth[@T], rotation[@T]"));
  }
  EXPECT_TRUE(parse_fault("skew=3s", Venue::binance));
}

TEST(BinanceFaults, DisconnectAndResetEndAllConnections) {
  BinanceWorld world(binance_with({"disconnect@5s", "reset@8s"}));
  const ConnectionId a = world.connect(kBitcoinTarget), b = world.connect();
  world.run_until(seconds(6));
  EXPECT_THAT(world.closed, ElementsAre(a, b));
  const ConnectionId c = world.connect(kBitcoinTarget);
  world.run_until(seconds(9));
  EXPECT_THAT(world.reset, ElementsAre(c));
  EXPECT_EQ(world.exchange.truth().disconnects, 2U);
  EXPECT_EQ(world.exchange.truth().resets, 1U);
  EXPECT_TRUE(world.exchange.at_peace());
}

TEST(BinanceFaults, DownRefusesEverybodyForItsTime) {
  BinanceWorld world(binance_with({"down@5s+10s"}));
  const ConnectionId a = world.connect(kBitcoinTarget);
  world.run_until(seconds(6));
  EXPECT_THAT(world.closed, ElementsAre(a));
  EXPECT_EQ(world.exchange.on_attempt("/stream", world.now()), Binance::Admission::refuse);
  EXPECT_EQ(world.get("/api/v3/time").status, 503);
  world.run_until(seconds(15));
  EXPECT_EQ(world.exchange.on_attempt("/stream", world.now()), Binance::Admission::accept);
  EXPECT_EQ(world.get("/api/v3/time").status, 200);
}

TEST(BinanceFaults, AHostThatStandsStillAnswersAfterwards) {
  BinanceWorld world(binance_with({"hang@5s+10s"}));
  const ConnectionId a = world.connect(kBitcoinTarget);
  world.run_until(seconds(6));
  world.say(a, R"({"method":"LIST_SUBSCRIPTIONS","id":9})");
  EXPECT_NE(world.frames.back().text.substr(0, 10), R"({"result":)");
  world.run_until(milliseconds(14'999));
  EXPECT_EQ(between(world.of(kTrade), seconds(5), seconds(15)), 0U);
  world.run_until(seconds(15));
  EXPECT_TRUE(std::ranges::any_of(
      world.frames, [](const BinanceFrame& frame) { return frame.text.ends_with(R"("id":9})"); }));
  world.run_until(seconds(25));
  EXPECT_GT(between(world.of(kTrade), seconds(15), seconds(25)), 10U);
  const PairTruth& truth = world.exchange.truth().pairs[0];
  EXPECT_GT(truth.trades_undelivered, 10U);
  EXPECT_EQ(truth.trades.update + truth.trades_undelivered, truth.trades_made);
}

TEST(BinanceFaults, WhoAsksAtAModestPaceIsNotClosedForWhatAHangHeldBack) {
  BinanceWorld world(binance_with({"hang@5s+10s"}));
  const ConnectionId modest = world.connect(), hasty = world.connect();
  for (int i = 0; i < 8; ++i) {
    world.run_until(seconds(6 + i));
    world.say(modest, R"({"method":"LIST_SUBSCRIPTIONS","id":9})");
  }
  for (int i = 0; i < 6; ++i) world.say(hasty, R"({"method":"LIST_SUBSCRIPTIONS","id":9})");
  EXPECT_TRUE(world.frames.empty());
  world.run_until(seconds(20));
  EXPECT_EQ(world.frames.size(), 13U);
  EXPECT_THAT(world.closed, ElementsAre(hasty));
}

TEST(BinanceFaults, SilenceMeetsTheTradesOfThePairAloneAlsoAfterAskingAnew) {
  BinanceWorld world(binance_with({"silent@5s+20s"}));
  const ConnectionId a = world.connect(kBitcoinTarget);
  world.run_until(seconds(10));
  world.say(a, R"({"method":"UNSUBSCRIBE","params":["btcusdt@trade"],"id":1})");
  world.say(a, R"({"method":"SUBSCRIBE","params":["btcusdt@trade"],"id":2})");
  world.run_until(seconds(40));
  EXPECT_EQ(between(world.of(kTrade), seconds(5), seconds(25)), 0U);
  EXPECT_GT(between(world.of(kTrade), seconds(25), seconds(40)), 10U);
  EXPECT_GT(between(world.of("btcusdt@aggTrade"), seconds(5), seconds(25)), 10U);
  EXPECT_GT(world.exchange.truth().pairs[0].trades_withheld, 10U);
  EXPECT_EQ(world.exchange.truth().faults.at(0).detail, kTrade);
}

TEST(BinanceFaults, AZombieLivesUntilItsSubscriptionIsGivenUp) {
  std::set<std::string> met;
  for (std::uint64_t seed = 1; seed <= 20; ++seed) {
    BinanceWorld world(binance_with({"zombie@5s"}, seed));
    const ConnectionId a = world.connect(kBitcoinTarget);
    const ConnectionId other = world.connect(kBitcoinTarget);
    world.run_until(seconds(30));
    ASSERT_EQ(world.exchange.truth().faults.size(), 1U);
    const std::string stream = world.exchange.truth().faults[0].detail;
    met.insert(stream);
    EXPECT_EQ(between(world.of(stream, a), seconds(5), seconds(30)), 0U) << stream;
    EXPECT_GT(between(world.of(stream, other), seconds(5), seconds(30)), 5U) << stream;
    EXPECT_FALSE(world.exchange.at_peace());
    EXPECT_GT(world.exchange.truth().frames_withheld, 5U);
    world.say(a, R"({"method":"UNSUBSCRIBE","params":[")" + stream + R"("],"id":1})");
    world.say(a, R"({"method":"SUBSCRIBE","params":[")" + stream + R"("],"id":2})");
    EXPECT_TRUE(world.exchange.at_peace());
    world.run_until(seconds(50));
    EXPECT_GT(between(world.of(stream, a), seconds(30), seconds(50)), 5U) << stream;
  }
  EXPECT_EQ(met.size(), 5U);
}

TEST(BinanceFaults, DroppedTradesAreMissingFromTheStreamAndInRest) {
  BinanceWorld world(binance_with({"drop@5s+100s"}));
  world.connect(kBitcoinTarget);
  world.run_until(minutes(2));
  const auto trades = world.of(kTrade);
  std::vector<std::uint64_t> missing;
  for (std::size_t i = 1; i < trades.size(); ++i)
    for (std::uint64_t id = trades[i - 1]->number("t") + 1; id < trades[i]->number("t"); ++id)
      missing.push_back(id);
  EXPECT_GE(missing.size(), 3U);
  EXPECT_EQ(world.exchange.truth().pairs[0].trades_dropped, missing.size());
  for (const std::uint64_t id : missing) {
    EXPECT_TRUE(world.exchange.trade(0, id)->dropped);
    const Json rows = world.get_json("/api/v3/historicalTrades?symbol=BTCUSDT&limit=1&fromId=" +
                                     std::to_string(id));
    ASSERT_EQ(rows.items.size(), 1U);
    EXPECT_EQ(rows.items[0].find("id")->as_unsigned(), id);
    EXPECT_TRUE(world.exchange.trade(0, id)->offered());
  }
}

TEST(BinanceFaults, DuplicatesAreTheFrameBefore) {
  BinanceWorld world(binance_with({"duplicate@5s+20s"}));
  world.connect(kBitcoinTarget);
  world.run_until(seconds(40));
  std::size_t repeated = 0;
  for (std::size_t i = 1; i < world.frames.size(); ++i) {
    const bool same = world.frames[i].text == world.frames[i - 1].text;
    EXPECT_EQ(same, world.frames[i].parcel.repeated);
    repeated += same ? 1 : 0;
  }
  EXPECT_GT(repeated, 50U);
  EXPECT_EQ(world.exchange.truth().frames_duplicated, repeated);
}

TEST(BinanceFaults, ReorderedTradesAllComeAndTheRecordCountsTheLateOnes) {
  BinanceWorld world(binance_with({"reorder@5s+20s"}));
  world.connect(kBitcoinTarget);
  world.run_until(seconds(40));
  std::uint64_t late = 0;
  for (const auto& [stream, key] :
       {std::pair{"btcusdt@trade", "t"}, {"btcusdt@aggTrade", "a"}, {"btcusdt@bookTicker", "u"}}) {
    std::uint64_t highest = 0;
    for (const BinanceFrame* frame : world.of(stream)) {
      if (frame->number(key) < highest) ++late;
      highest = std::max(highest, frame->number(key));
    }
  }
  EXPECT_GT(late, 20U);
  EXPECT_EQ(world.exchange.truth().frames_reordered, late);
  std::set<std::uint64_t> ids;
  for (const BinanceFrame* frame : world.of(kTrade)) ids.insert(frame->number("t"));
  EXPECT_EQ(ids.size(), world.exchange.truth().pairs[0].trades_made);
  EXPECT_EQ(*ids.rbegin() - *ids.begin() + 1, ids.size());
}

TEST(BinanceFaults, RotationTellsAllAndClosesThemTenSecondsLater) {
  BinanceWorld world(binance_with({"rotation@5s"}));
  const ConnectionId a = world.connect(kBitcoinTarget), b = world.connect();
  world.run_until(seconds(10));
  const ConnectionId replacement = world.connect(kBitcoinTarget);
  world.run_until(milliseconds(14'999));
  EXPECT_EQ(world.of("!serverShutdown").size(), 2U);
  EXPECT_TRUE(world.closed.empty());
  EXPECT_GT(between(world.of(kTrade, a), seconds(5), seconds(15)), 5U) << "they are served on";
  EXPECT_FALSE(world.exchange.at_peace());
  world.run_until(seconds(60));
  EXPECT_THAT(world.closed, ElementsAre(a, b));
  EXPECT_EQ(world.exchange.truth().disconnects, 2U);
  EXPECT_GT(between(world.of(kTrade, replacement), seconds(15), seconds(60)), 50U);
  EXPECT_TRUE(world.exchange.at_peace());
}

TEST(BinanceFaults, RestIsSpoiledAndHeals) {
  BinanceWorld world(binance_with({"rate_limited@5s+10s", "rest_errors@20s+10s"}));
  world.run_until(seconds(6));
  std::set<int> statuses;
  for (int i = 0; i < 40; ++i) {
    const HttpReply reply = world.get("/api/v3/time");
    statuses.insert(reply.status);
    EXPECT_EQ(reply.retry_after, seconds(9));
    EXPECT_EQ(parse_json(reply.body)->find("code")->text, "-1003");
  }
  EXPECT_EQ(statuses, (std::set{418, 429}));
  world.run_until(seconds(16));
  EXPECT_EQ(world.get("/api/v3/time").status, 200);
  world.run_until(seconds(21));
  for (int i = 0; i < 40; ++i) static_cast<void>(world.get("/api/v3/time"));
  const auto& errors = world.exchange.truth().rest_errors;
  for (const char* name : {"HTTP 418", "HTTP 429", "HTTP 502", "cut", "-1008", "unanswered"})
    EXPECT_TRUE(errors.contains(name)) << name;
  EXPECT_EQ(world.exchange.truth().rest_requests, 81U);
}

TEST(BinanceFaults, UnansweredFloodRefusalsAndSkewAreAsAtKraken) {
  BinanceWorld world(
      binance_with({"unanswered@5s+5s", "flood@20s+5s", "rest_refuses@30s+5s", "skew=+2s"}));
  const ConnectionId a = world.connect(kBitcoinTarget);
  world.run_until(seconds(6));
  const std::size_t frames = world.frames.size();
  world.say(a, R"({"method":"SUBSCRIBE","params":["ethusdt@trade"],"id":1})");
  EXPECT_EQ(world.frames.size(), frames);
  EXPECT_EQ(world.exchange.truth().requests_swallowed, 1U);
  world.run_until(seconds(31));
  EXPECT_GT(between(world.of(kTrade), seconds(20), seconds(25)), 500U);
  EXPECT_TRUE(world.of("ethusdt@trade").empty());
  int unknown = 0;
  for (const PairSettings& pair : world.exchange.settings().pairs)
    if (world.get("/api/v3/trades?symbol=" + binance_symbol(pair.symbol)).status == 400) ++unknown;
  EXPECT_EQ(unknown, 1);
  const std::string time = world.get("/api/v3/time").body;
  EXPECT_EQ(time, R"({"serverTime":1767323103000})");
}

TEST(BinanceFaults, HealEndsThemAll) {
  BinanceWorld world(binance_with({"zombie@3s", "silent@4s", "reorder@5s+1m", "rotation@6s",
                                   "rest_errors@6s+1m", "drop_depth@100s", "disconnect@2m"}));
  const ConnectionId a = world.connect(kBitcoinTarget);
  world.run_until(seconds(8));
  EXPECT_FALSE(world.exchange.at_peace());
  world.heal();
  EXPECT_TRUE(world.exchange.at_peace());
  EXPECT_THAT(world.closed, ElementsAre(a));
  const ConnectionId b = world.connect(kBitcoinTarget);
  world.run_until(minutes(3));
  EXPECT_THAT(world.closed, ElementsAre(a));
  EXPECT_TRUE(world.exchange.truth().depth_holes.empty());
  const auto trades = world.of(kTrade, b);
  for (std::size_t i = 1; i < trades.size(); ++i)
    ASSERT_EQ(trades[i]->number("t"), trades[i - 1]->number("t") + 1);
  EXPECT_EQ(world.get("/api/v3/time").status, 200);
}

TEST(BinanceFaults, UnderThemAllTheRecordIsWhatWasSent) {
  BinanceWorld world(binance_with({"disconnect@20s", "down@30s+5s", "silent@38s+4s", "hang@44s+2s",
                                   "unanswered@46s+1s", "flood@47s+1s", "reset@50s", "zombie@3s",
                                   "drop@8s+2s", "duplicate@22s+3s", "reorder@36s+3s",
                                   "drop_depth@12s", "rotation@54s", "skew=120ms"}));
  for (int round = 0; round < 8; ++round) {
    world.connect(kBitcoinTarget);
    const ConnectionId id = world.connect();
    world.say(id, R"({"method":"SUBSCRIBE","params":["ethusdt@trade","xrpusdt@kline_1s",)"
                  R"("solusdt@depth","ethusdt@aggTrade"],"id":1})");
    world.say(id, "no JSON");
    world.run_until(seconds(9 * (round + 1)));
  }
  world.shut_down();
  const Truth& truth = world.exchange.truth();
  std::array<std::uint64_t, kSentKinds> frames{};
  std::uint64_t bytes = 0;
  for (const BinanceFrame& frame : world.frames) {
    ++frames[static_cast<std::size_t>(frame.parcel.kind)];
    bytes += frame.text.size();
    EXPECT_NE(frame.json.type, Json::Type::null) << frame.text;
  }
  EXPECT_EQ(frames, truth.frames);
  EXPECT_EQ(bytes, truth.frame_bytes);
  for (std::size_t pair = 0; pair < truth.pairs.size(); ++pair) {
    const PairTruth& record = truth.pairs[pair];
    const std::string name = pair == 0 ? "btcusdt" : pair == 1 ? "ethusdt" : "";
    if (name.empty()) continue;
    EXPECT_EQ(world.of(name + "@trade").size(), record.trades.update);
    EXPECT_EQ(world.of(name + "@aggTrade").size(), record.aggregates);
  }
  EXPECT_EQ(truth.connections_accepted, 16U);
  EXPECT_EQ(truth.disconnects + truth.resets + truth.shutdown_closes,
            world.closed.size() + world.reset.size());
  for (const Fault& fault : world.exchange.settings().faults)
    EXPECT_TRUE(truth.fired(fault.kind)) << to_string(fault);
}

}  // namespace
}  // namespace tickwitness::sim
