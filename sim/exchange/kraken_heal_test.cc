#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "sim/exchange/world_for_tests.h"

namespace tickwitness::sim {
namespace {

using std::chrono::milliseconds;
using std::chrono::minutes;
using std::chrono::seconds;
using testing::ElementsAre;
using testing::IsEmpty;

void heal(World& world, Actions& actions) {
  world.exchange.heal(world.now(), actions);
}

std::vector<SentKind> kinds(const Actions& actions, ConnectionId connection) {
  std::vector<SentKind> found;
  for (const Action& action : actions)
    if (const auto* const sent = std::get_if<Send>(&action);
        sent != nullptr && sent->connection == connection)
      found.push_back(sent->parcel.kind);
  return found;
}

std::uint64_t trades_of(const World& world, std::string_view symbol) {
  return world.exchange.truth().find(symbol)->trades.update;
}

TEST(KrakenPeace, BeginsWhenTheLastFaultIsOver) {
  const struct {
    std::string fault;
    seconds peace;
  } cases[] = {{"disconnect@5s", seconds(5)},     {"down@5s+3s", seconds(8)},
               {"hang@5s+3s", seconds(8)},        {"unanswered@5s+3s", seconds(8)},
               {"flood@5s+3s", seconds(8)},       {"silent@5s+3s", seconds(8)},
               {"malformed@5s", seconds(5)},      {"silent@5s", seconds(0)},
               {"zombie@5s", seconds(0)},         {"drop@5s+3s", seconds(8)},
               {"reorder@5s+3s", seconds(8)},     {"instrument_change@5s", seconds(5)},
               {"msg_rate@5s+3s", seconds(8)},    {"maintenance@5s+3s", seconds(8)},
               {"wrong_checksum@5s", seconds(0)}, {"rest_refuses@5s", seconds(0)}};
  for (const auto& c : cases) {
    World world(with({c.fault}));
    const ConnectionId connection = world.connect();
    subscribe_all(world, connection);
    for (int second = 1; second <= 10; ++second) {
      world.run_until(seconds(second));
      const bool peace = c.peace != seconds(0) && seconds(second) >= c.peace;
      EXPECT_EQ(world.exchange.at_peace(), peace) << c.fault << " after " << second;
    }
  }
}

// What finds nothing to hit waits for it.
TEST(KrakenPeace, WaitsForWhatHasHitNothing) {
  World world(with({"malformed@5s"}));
  world.run_until(seconds(6));
  EXPECT_FALSE(world.exchange.at_peace());
  subscribe_all(world, world.connect());
  world.run_until(seconds(7));
  EXPECT_TRUE(world.exchange.at_peace());
  EXPECT_TRUE(World(with({})).exchange.at_peace());
}

TEST(KrakenHeal, EndsWhatIsOn) {
  World world(with({"silent@5s", "flood@6s+10m", "unanswered@7s+10m", "hang@8s+10m"}));
  const ConnectionId connection = world.connect();
  subscribe_all(world, connection);
  world.run_until(seconds(10));
  world.say(connection,
            R"({"method":"unsubscribe","params":{"channel":"trade","symbol":["SOL/USD"]}})");
  const ConnectionId slipped = world.connect();
  world.say(slipped, R"({"method":"ping"})");
  const std::uint64_t btc = trades_of(world, "BTC/USD");
  const std::uint64_t sol = trades_of(world, "SOL/USD");
  Actions actions;
  heal(world, actions);
  EXPECT_THAT(kinds(actions, connection), ElementsAre(SentKind::unsubscribed));
  EXPECT_THAT(kinds(actions, slipped), ElementsAre(SentKind::status, SentKind::pong));
  EXPECT_EQ(actions.size(), 3U);
  const Truth& truth = world.exchange.truth();
  EXPECT_EQ(truth.requests_swallowed, 0U);
  for (const FiredFault& fault : truth.faults) EXPECT_EQ(fault.until, world.now().mono);
  EXPECT_EQ(world.exchange.on_attempt("/v2", world.now()), Kraken::Admission::accept);

  const std::uint64_t eth_made = truth.find("ETH/USD")->trades_made;
  world.run_until(seconds(40));
  EXPECT_GT(trades_of(world, "BTC/USD"), btc + 10);
  EXPECT_EQ(trades_of(world, "SOL/USD"), sol);
  EXPECT_LT(truth.find("ETH/USD")->trades_made - eth_made, 30U * 10);  // the usual rate
  EXPECT_EQ(truth.faults.size(), 4U);
}

TEST(KrakenHeal, NothingWaitsOrComesAnyMore) {
  World world(with({"malformed@1s", "silent@1s", "disconnect@20s", "down@25s"}));
  world.run_until(seconds(5));
  Actions actions;
  heal(world, actions);
  subscribe_all(world, world.connect());
  world.run_until(seconds(60));
  EXPECT_THAT(world.exchange.truth().faults, IsEmpty());
  EXPECT_TRUE(world.closed.empty());
  EXPECT_GT(trades_of(world, "BTC/USD"), 20U);
}

TEST(KrakenHeal, DownEnds) {
  World world(with({"down@5s+10m"}));
  world.run_until(seconds(10));
  EXPECT_EQ(world.exchange.on_attempt("/v2", world.now()), Kraken::Admission::refuse);
  Actions actions;
  heal(world, actions);
  EXPECT_EQ(world.exchange.on_attempt("/v2", world.now()), Kraken::Admission::accept);
  EXPECT_EQ(world.exchange.on_http("GET", "/0/public/Time", world.now()).status, 200);
  subscribe_all(world, world.connect());
  EXPECT_TRUE(world.closed.empty());
}

TEST(KrakenHeal, WhoWasRefusedMayAskAnew) {
  World world(with({"refuse_subscription"}));
  const ConnectionId refused = world.connect();
  const ConnectionId other = world.connect();
  subscribe_all(world, refused);
  world.say(other, R"({"method":"subscribe","params":{"channel":"trade","symbol":["BTC/USD"]}})");
  world.say(other, R"({"method":"subscribe","params":{"channel":"trade","symbol":["XBT/USD"]}})");
  const Truth& truth = world.exchange.truth();
  EXPECT_EQ(truth.sent(SentKind::refused), 2U);
  Actions actions;
  heal(world, actions);
  ASSERT_EQ(actions.size(), 1U);
  EXPECT_EQ(std::get<Close>(actions[0]).connection, refused);
  EXPECT_EQ(truth.disconnects, 1U);
  subscribe_all(world, world.connect());
  EXPECT_EQ(truth.sent(SentKind::refused), 2U);
  world.run_until(seconds(20));
  EXPECT_GT(truth.find("XRP/USD")->quotes.update, 0U);
}

TEST(KrakenHeal, TheClockGoesRightWithoutGoingBack) {
  World ahead(with({"skew=50ms"}));
  World behind(with({"skew=-50ms"}));
  const auto shown = [](World& world) {
    world.say(world.connect(), R"({"method":"ping"})");
    return world.frames.back().member("time_out");
  };
  for (World* world : {&ahead, &behind}) {
    world->run_until(seconds(10));
    Actions actions;
    heal(*world, actions);
  }
  EXPECT_EQ(shown(ahead), "2026-01-02T03:04:40.050000Z");
  EXPECT_EQ(shown(behind), "2026-01-02T03:04:40.000000Z");
  ahead.run_until(seconds(30));
  EXPECT_EQ(shown(ahead), "2026-01-02T03:05:00.030000Z");
  ahead.run_until(minutes(2));
  EXPECT_EQ(shown(ahead), "2026-01-02T03:06:30.000000Z");
}

}  // namespace
}  // namespace tickwitness::sim
