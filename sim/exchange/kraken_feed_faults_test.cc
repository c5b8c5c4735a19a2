// Faults in what is sent while the socket is up, each as its clients see it and in the record.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <map>
#include <set>

#include "sim/exchange/world_for_tests.h"

namespace tickwitness::sim {
namespace {

using std::chrono::milliseconds;
using std::chrono::minutes;
using std::chrono::seconds;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

std::string trade_request(std::string_view method, std::string_view symbol) {
  return R"({"method":")" + std::string(method) + R"(","params":{"channel":"trade","symbol":[")" +
         std::string(symbol) + R"("]}})";
}

std::vector<std::uint64_t> ids_sent(const World& world, std::string_view symbol) {
  std::vector<std::uint64_t> ids;
  for (const Received* frame : world.of_channel("trade"))
    for (const Json& item : frame->data())
      if (!frame->snapshot() && item.find("symbol")->text == symbol)
        ids.push_back(*item.find("trade_id")->as_unsigned());
  return ids;
}

std::size_t data_frames(const World& world, base::Duration from, base::Duration to) {
  std::size_t count = 0;
  for (const Received& frame : world.frames)
    if (frame.parcel.pair && frame.parcel.kind != SentKind::subscribed &&
        frame.at > World::kMono + from && frame.at <= World::kMono + to)
      ++count;
  return count;
}

TEST(KrakenFeedFaults, AZombieIsOverWhenItIsSubscribedAnew) {
  World world(with({"zombie@20s"}));
  const ConnectionId connection = world.connect();
  const ConnectionId other = world.connect();
  for (const ConnectionId id : {connection, other})
    world.say(id, trade_request("subscribe", "BTC/USD"));
  world.run_until(seconds(60));
  const auto got = [&world](ConnectionId id, base::Duration from, base::Duration to) {
    std::size_t count = 0;
    for (const Received* frame : world.of_channel("trade"))
      if (frame->connection == id && frame->at > World::kMono + from &&
          frame->at <= World::kMono + to)
        ++count;
    return count;
  };
  EXPECT_GT(got(connection, seconds(0), seconds(20)), 10U);
  EXPECT_EQ(got(connection, seconds(20), seconds(60)), 0U);
  EXPECT_GT(got(other, seconds(20), seconds(60)), 20U);
  const Truth& truth = world.exchange.truth();
  EXPECT_EQ(truth.faults.at(0).detail, "trade BTC/USD");
  EXPECT_EQ(truth.faults.at(0).until, base::Instant::max());
  EXPECT_EQ(truth.frames_withheld, got(other, seconds(20), seconds(60)));
  EXPECT_EQ(truth.pairs[0].trades_undelivered, 0U);  // the other got them
  EXPECT_FALSE(world.exchange.at_peace());

  world.say(connection, trade_request("subscribe", "BTC/USD"));  // refused: it is subscribed
  world.run_until(seconds(70));
  EXPECT_EQ(got(connection, seconds(60), seconds(70)), 0U);
  world.say(connection, trade_request("unsubscribe", "BTC/USD"));
  world.say(connection, trade_request("subscribe", "BTC/USD"));
  EXPECT_EQ(truth.faults.at(0).until, World::kMono + seconds(70));
  EXPECT_TRUE(world.exchange.at_peace());
  world.run_until(seconds(80));
  EXPECT_EQ(got(connection, seconds(70), seconds(80)), got(other, seconds(70), seconds(80)));
  EXPECT_GT(got(connection, seconds(70), seconds(80)), 5U);
}

TEST(KrakenFeedFaults, ZombiesMeetAnyChannelAndGoWithTheirConnection) {
  std::set<std::string> met;
  for (std::uint64_t seed = 1; seed <= 30; ++seed) {
    Settings settings = quick_settings(seed);
    settings.history = seconds(10);
    settings.faults = {parse_fault("zombie@1s").value()};
    World world(settings);
    const ConnectionId connection = world.connect();
    subscribe_all(world, connection);
    world.say(connection,
              R"({"method":"subscribe","params":{"channel":"book","symbol":["BTC/USD"]}})");
    world.run_until(seconds(20));
    const std::string detail = world.exchange.truth().faults.at(0).detail;
    const std::string channel = detail.substr(0, detail.find(' '));
    met.insert(channel);
    for (const Received* frame : world.of_channel(channel))
      EXPECT_FALSE(frame->parcel.pair == 0 && frame->at > World::kMono + seconds(1)) << detail;
    EXPECT_GT(world.exchange.truth().frames_withheld, 0U);
    if (channel == "trade") {
      EXPECT_GT(world.exchange.truth().pairs[0].trades_withheld, 0U);
      EXPECT_EQ(world.exchange.truth().pairs[0].trades_withheld,
                world.exchange.truth().pairs[0].trades_undelivered);
    }
    world.exchange.on_disconnect(connection, world.now());
    world.run_until(seconds(21));
    EXPECT_TRUE(world.exchange.at_peace());
  }
  EXPECT_THAT(met, ElementsAre("book", "ohlc", "ticker", "trade"));
}

TEST(KrakenFeedFaults, DroppedIdsAreMissingAndRestHasThem) {
  World world(with({"drop@10s+5m", "flood@10s+20s"}));
  const ConnectionId connection = world.connect();
  world.say(connection, trade_request("subscribe", "BTC/USD"));
  world.run_until(minutes(6));
  const std::vector<std::uint64_t> sent = ids_sent(world, "BTC/USD");
  const std::set<std::uint64_t> got(sent.begin(), sent.end());
  const PairTruth& truth = world.exchange.truth().pairs[0];
  std::uint64_t dropped = 0;
  for (const TradeRecord& record : world.exchange.trades(0)) {
    if (record.before_start) continue;
    EXPECT_EQ(record.dropped, !got.contains(record.fill.id));
    EXPECT_EQ(record.offered(), !record.dropped);
    if (!record.dropped) continue;
    ++dropped;
    EXPECT_GE(record.fill.time, World::kWall + seconds(10) - milliseconds(200));
    EXPECT_LE(record.fill.time, World::kWall + minutes(5) + seconds(10));
  }
  EXPECT_EQ(truth.trades_dropped, dropped);
  EXPECT_EQ(truth.trades_undelivered, dropped);
  EXPECT_EQ(truth.trades.update, truth.trades_made - dropped);
  EXPECT_EQ(world.exchange.truth().pairs[1].trades_dropped, 0U);  // nobody listened
  const double share = static_cast<double>(dropped) / static_cast<double>(truth.trades_made);
  EXPECT_NEAR(share, 0.02, 0.01);
  std::string since = "0";
  for (int page = 0; page < 20; ++page) {
    world.run_until(world.elapsed() + seconds(2));
    const HttpReply reply =
        world.exchange.on_http("GET", "/0/public/Trades?pair=XBTUSD&since=" + since, world.now());
    const Json json =
        parse_json(reply.body, {.bytes_max = 1 << 20, .depth_max = 8, .values_max = 20'000})
            .value();
    since = json.find("result")->find("last")->text;
  }
  for (const TradeRecord& record : world.exchange.trades(0)) EXPECT_TRUE(record.offered());
}

TEST(KrakenFeedFaults, DuplicatesComeTwiceInARow) {
  World world(with({"duplicate@10s+20s"}));
  subscribe_all(world, world.connect());
  world.run_until(seconds(40));
  std::size_t repeated = 0;
  for (std::size_t i = 1; i < world.frames.size(); ++i) {
    const Received& frame = world.frames[i];
    const bool may = frame.parcel.kind == SentKind::trade || frame.parcel.kind == SentKind::ticker;
    EXPECT_EQ(frame.parcel.repeated,
              may && !frame.snapshot() && frame.text == world.frames[i - 1].text);
    if (!frame.parcel.repeated) continue;
    ++repeated;
    EXPECT_GE(frame.at, World::kMono + seconds(10));
    EXPECT_LE(frame.at, World::kMono + seconds(30));
  }
  const Truth& truth = world.exchange.truth();
  EXPECT_EQ(truth.frames_duplicated, repeated);
  EXPECT_GT(repeated, 100U);
  for (const PairTruth& pair : truth.pairs) {
    EXPECT_EQ(pair.trades.update, ids_sent(world, pair.symbol).size());
    EXPECT_GT(pair.trades.update, pair.trades_made);
    EXPECT_EQ(pair.trades_undelivered, 0U);
  }
}

TEST(KrakenFeedFaults, ReorderedFramesChangePlacesAndNoneIsLost) {
  World world(with({"reorder@10s+20s"}));
  subscribe_all(world, world.connect());
  world.run_until(seconds(40));
  world.shut_down();
  const Truth& truth = world.exchange.truth();
  std::uint64_t older = 0;
  std::map<std::string, std::string> youngest;
  for (const Received& frame : world.frames) {
    if (frame.snapshot() || (frame.channel() != "trade" && frame.channel() != "ticker")) continue;
    const Json& item = frame.data().back();
    std::string& last = youngest[std::string(frame.channel()) + item.find("symbol")->text];
    const std::string& time = item.find("timestamp")->text;
    if (time < last) {
      ++older;
      EXPECT_GE(frame.at, World::kMono + seconds(10));
      EXPECT_LE(frame.at, World::kMono + seconds(30));
    }
    last = std::max(last, time);
  }
  EXPECT_EQ(truth.frames_reordered, older);
  EXPECT_GT(older, 100U);
  for (std::size_t pair = 0; pair < 4; ++pair) {
    std::vector<std::uint64_t> ids = ids_sent(world, truth.pairs[pair].symbol);
    EXPECT_FALSE(std::ranges::is_sorted(ids));
    std::ranges::sort(ids);
    ASSERT_EQ(ids.size(), truth.pairs[pair].trades_made);
    EXPECT_EQ(ids.back() - ids.front() + 1, ids.size());  // each of them once
    EXPECT_EQ(truth.pairs[pair].last_id_sent, ids.back());
    EXPECT_EQ(truth.pairs[pair].trades_undelivered, 0U);
  }
}

TEST(KrakenFeedFaults, WhatWaitsForItsNextOneIsSentInTheEnd) {
  World world(with({"reorder@10s"}));
  const ConnectionId connection = world.connect();
  world.say(connection, trade_request("subscribe", "BTC/USD"));
  world.run_until(seconds(15));
  world.shut_down();
  EXPECT_EQ(ids_sent(world, "BTC/USD").size(), world.exchange.truth().pairs[0].trades_made);
  EXPECT_EQ(world.exchange.truth().pairs[0].trades_undelivered, 0U);
}

TEST(KrakenFeedFaults, InMaintenanceTheMarketStandsStill) {
  World world(with({"maintenance@20s+30s"}));
  std::vector<ConnectionId> connections;
  for (int i = 0; i < 8; ++i) {
    connections.push_back(world.connect());
    subscribe_all(world, connections.back());
  }
  world.run_until(seconds(30));
  const std::size_t closed = world.closed.size();
  EXPECT_GT(closed, 0U);
  EXPECT_LT(closed, 8U);
  const std::size_t before = world.frames.size();
  EXPECT_EQ(world.exchange.on_attempt("/v2", world.now()), Kraken::Admission::accept);
  world.connect();
  EXPECT_EQ(world.frames[before].data()[0].find("system")->text, "maintenance");
  EXPECT_NE(world.frames[before].data()[0].find("connection_id"), nullptr);
  const auto get = [&world](const std::string& name) {
    return world.exchange.on_http("GET", "/0/public/" + name, world.now()).body;
  };
  EXPECT_THAT(get("SystemStatus"), HasSubstr(R"("status":"maintenance")"));
  EXPECT_EQ(get("Trades?pair=XBTUSD"), R"({"error":["EService:Unavailable"]})");
  EXPECT_THAT(get("Time"), HasSubstr("unixtime"));
  const std::uint64_t made = world.exchange.truth().pairs[0].trades_made;
  world.run_until(seconds(50));
  EXPECT_EQ(world.exchange.truth().pairs[0].trades_made, made);
  EXPECT_EQ(data_frames(world, seconds(20), seconds(50)), 0U);
  world.run_until(seconds(70));
  EXPECT_GT(data_frames(world, seconds(50), seconds(70)), 200U);
  EXPECT_THAT(get("SystemStatus"), HasSubstr(R"("status":"online")"));

  std::vector<std::string> said;  // to one that stayed
  const auto stayed = std::ranges::find_if(connections, [&](ConnectionId id) {
    return std::ranges::find(world.closed, id) == world.closed.end();
  });
  for (const Received* frame : world.of_channel("status"))
    if (frame->connection == *stayed) said.push_back(frame->data()[0].find("system")->text);
  EXPECT_THAT(said, ElementsAre("online", "maintenance", "online"));
  for (const Received* frame : world.of_channel("status"))
    EXPECT_EQ(frame->data()[0].find("upcoming_maintenance") != nullptr,
              frame->data()[0].find("system")->text == "maintenance");
  // Nothing is missing: ids go on where they were.
  for (const PairTruth& pair : world.exchange.truth().pairs) EXPECT_EQ(pair.trades_undelivered, 0U);
  EXPECT_EQ(world.exchange.truth().disconnects, closed);
}

TEST(KrakenFeedFaults, MaintenanceThatIsHealedEndsAtOnce) {
  World world(with({"maintenance@5s+10m", "zombie@1s", "reorder@2s+20m"}));
  for (int i = 0; i < 6; ++i) subscribe_all(world, world.connect());
  world.run_until(seconds(20));
  Actions actions;
  world.exchange.heal(world.now(), actions);
  EXPECT_FALSE(actions.empty());
  for (const Action& action : actions)
    EXPECT_THAT(std::get<Send>(action).text, HasSubstr(R"("system":"online")"));
  EXPECT_TRUE(world.exchange.at_peace());
  world.run_until(seconds(30));
  EXPECT_GT(data_frames(world, seconds(20), seconds(30)), 100U);
  for (const FiredFault& fault : world.exchange.truth().faults)
    EXPECT_LE(fault.until, World::kMono + seconds(20));
}

TEST(KrakenFeedFaults, AHangInsideMaintenanceOwesTheStatus) {
  World world(with({"maintenance@5s+10s", "hang@10s+10s"}));
  for (int i = 0; i < 6; ++i) subscribe_all(world, world.connect());
  world.run_until(milliseconds(19'999));
  EXPECT_EQ(world.of_channel("status").back()->data()[0].find("system")->text, "maintenance");
  world.run_until(seconds(20));
  EXPECT_EQ(world.of_channel("status").back()->data()[0].find("system")->text, "online");
}

TEST(KrakenFeedFaults, EveryRequestExceedsTheMessageRateForAWhile) {
  World world(with({"msg_rate@5s+3s"}));
  const ConnectionId connection = world.connect();
  world.run_until(seconds(6));
  world.say(connection, trade_request("subscribe", "BTC/USD"));
  world.say(connection, R"({"method":"ping"})");
  EXPECT_EQ(world.frames[1].text, R"({"Error":"Exceeded msg rate"})");
  EXPECT_EQ(world.frames[2].text, world.frames[1].text);
  EXPECT_EQ(world.exchange.truth().sent(SentKind::rate_exceeded), 2U);
  world.run_until(seconds(8));
  world.say(connection, R"({"method":"ping"})");
  EXPECT_EQ(world.frames.back().member("method"), "pong");
}

TEST(KrakenFeedFaults, OfManyPairsOneFailsAlone) {
  Settings settings = with({"refuse_subscription"});
  settings.pairs = many_pairs(300);
  settings.history = minutes(1);
  World world(settings);
  const ConnectionId connection = world.connect();
  std::set<std::string> symbols;
  for (const std::string_view channel : {"trade", "ticker", "book"}) {
    for (std::size_t first = 0; first < 300; first += 100) {
      std::string list;
      for (std::size_t i = first; i < first + 100; ++i) {
        symbols.insert(settings.pairs[i].symbol);
        list += (list.empty() ? "\"" : ",\"") + settings.pairs[i].symbol + "\"";
      }
      world.say(connection, R"({"method":"subscribe","params":{"channel":")" +
                                std::string(channel) + R"(","symbol":[)" + list +
                                R"(],"snapshot":true}})");
    }
  }
  EXPECT_EQ(symbols.size(), 300U);
  const Truth& truth = world.exchange.truth();
  EXPECT_EQ(truth.sent(SentKind::subscribed), 899U);
  EXPECT_EQ(truth.sent(SentKind::refused), 1U);
  EXPECT_EQ(truth.faults.at(0).detail, "ticker C99/USD");
  world.run_until(minutes(2));
  std::set<std::uint16_t> traded;
  for (const Received& frame : world.frames)
    if (frame.parcel.kind == SentKind::trade && !frame.parcel.snapshot)
      traded.insert(*frame.parcel.pair);
  EXPECT_GT(traded.size(), 250U);
  EXPECT_GT(*traded.rbegin(), 255U);
  for (std::size_t pair = 0; pair < 300; ++pair) {
    EXPECT_EQ(truth.pairs[pair].quotes.total() == 0, pair == 99) << pair;
    EXPECT_EQ(truth.pairs[pair].trades.update, truth.pairs[pair].trades_made);
    EXPECT_EQ(truth.pairs[pair].books.snapshot, 1U);
  }
}

TEST(KrakenFeedFaults, TradesAreFoundByIdAndTime) {
  World world;
  world.run_until(minutes(2));
  const auto& all = world.exchange.trades(1);
  const TradeRecord& one = all[all.size() / 2];
  EXPECT_EQ(world.exchange.trade(1, one.fill.id), &one);
  EXPECT_EQ(world.exchange.trade(1, all.front().fill.id - 1), nullptr);
  EXPECT_EQ(world.exchange.trade(1, all.back().fill.id + 1), nullptr);
  const base::WallTime from = World::kWall + seconds(30);
  const base::WallTime to = World::kWall + seconds(60);
  const std::vector<TradeRecord> part = world.exchange.trades_between(1, from, to);
  std::size_t expected = 0;
  for (const TradeRecord& record : all)
    if (record.fill.time >= from && record.fill.time <= to) ++expected;
  EXPECT_EQ(part.size(), expected);
  EXPECT_GT(expected, 10U);
}

}  // namespace
}  // namespace tickwitness::sim
