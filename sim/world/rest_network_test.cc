#include "sim/world/rest_network.h"

#include <gmock/gmock.h>

#include <optional>
#include <vector>

#include "sim/world/world_for_tests.h"

namespace tickwitness::sim {
namespace {

using namespace std::chrono_literals;
using testing::HasSubstr;
using testing::IsEmpty;

constexpr auto kTrades = "/0/public/Trades?pair=XBTUSD&count=3";

// Who asks, as the product does.
struct Client : TestWorld {
  explicit Client(std::vector<Fault> faults = {}, std::uint64_t seed = 1)
      : TestWorld(std::move(faults), seed),
        rest(scheduler, engine, clock, exchange, history, base::Prng(seed)) {
    rest.set_ledger(&ledger);
  }
  ~Client() { rest.set_ledger(nullptr); }

  void ask(const std::string& target = kTrades) {
    rest.get({.host = "rest.example"}, target,
             [this](base::Now, base::Result<runtime::HttpReply> reply) {
               replies.push_back(std::move(reply));
               replied_at = scheduler.now();
             });
  }
  // The exchange does what is due, as its own network would let it.
  void run(base::Duration time) {
    const base::Duration until = scheduler.now() + time;
    while (scheduler.now() < until) {
      scheduler.run_until(std::min(until, scheduler.now() + 100ms));
      Actions actions;
      exchange.step(clock.now(), actions);
    }
  }

  RestNetwork rest;
  std::vector<base::Result<runtime::HttpReply>> replies;
  base::Duration replied_at{0};
};

// A first trade, far below what the exchange shows: all between is missing.
void begin_trades(Client& client) {
  Parcel first = data_parcel(WireChannel::trade, 0, 1, false);
  first.id[0] = 1;
  client.ledger.on_attempt(1, client.clock.now());
  client.ledger.on_delivered(1, client.clock.now(), first, 100);
  Parcel last = first;
  last.id[0] = 1'000'000'000;
  client.ledger.on_delivered(1, client.clock.now(), last, 100);
}

TEST(RestNetwork, AReplyComesLaterAndIsInTheRecordOnceItIsHandedOver) {
  Client client;
  begin_trades(client);
  client.ask();
  EXPECT_THAT(client.replies, IsEmpty());
  EXPECT_GT(client.rest.bytes_in_flight(), 0U);
  client.engine.stall_until(client.scheduler.now() + 5s);
  client.run(4s);
  EXPECT_EQ(client.exchange.truth().rest_rows, 3U);
  EXPECT_EQ(client.ledger.trade_ids()[0].count(), 2U);
  client.run(2s);
  ASSERT_EQ(client.replies.size(), 1U);
  ASSERT_TRUE(client.replies[0]);
  EXPECT_EQ(client.replies[0]->status, 200);
  EXPECT_THAT(client.replies[0]->body, HasSubstr(R"("error":[])"));
  EXPECT_EQ(client.ledger.trade_ids()[0].count(), 5U);
  EXPECT_EQ(client.rest.bytes_in_flight(), 0U);
}

TEST(RestNetwork, WhatIsLostInABlackHoleIsGivenUpAtTheClientsOwnLimit) {
  Client client;
  client.rest.set_weather({.black_hole = true});
  client.ask();
  client.run(RestNetwork::kTimeout - 1ms);
  EXPECT_THAT(client.replies, IsEmpty());
  client.run(1ms);
  ASSERT_EQ(client.replies.size(), 1U);
  ASSERT_FALSE(client.replies[0]);
  EXPECT_THAT(client.replies[0].error().message, HasSubstr("rest.example"));
  EXPECT_EQ(client.exchange.truth().rest_requests, 0U);
  client.rest.set_weather({});
  client.run(1min);
  EXPECT_EQ(client.replies.size(), 1U);
}

TEST(RestNetwork, ABlackHoleThatEndsInTimeOnlyDelays) {
  Client client;
  client.rest.set_weather({.black_hole = true});
  client.ask();
  client.run(3s);
  client.rest.set_weather({});
  client.run(6s);
  ASSERT_EQ(client.replies.size(), 1U);
  EXPECT_TRUE(client.replies[0]);
  EXPECT_GE(client.replied_at, 3s);
}

TEST(RestNetwork, WhatTheExchangeDoesNotAnswerIsGivenUp) {
  Client client({{.kind = FaultKind::rest_errors, .at = 0s, .length = 1h}});
  client.run(1s);
  for (int i = 0; i < 40; ++i) client.ask();
  client.run(RestNetwork::kTimeout + 1s);
  EXPECT_EQ(client.replies.size(), 40U);
  std::size_t in_vain = 0;
  for (const auto& reply : client.replies) in_vain += reply ? 0 : 1;
  EXPECT_EQ(in_vain, client.exchange.truth().rest_errors.at("unanswered"));
  EXPECT_GT(in_vain, 0U);
}

TEST(RestNetwork, AProcessThatDiedHearsNothingAndHasNothingOnRecord) {
  Client client;
  begin_trades(client);
  client.ask();
  client.run(1ms);
  client.engine.kill();
  client.rest.set_ledger(nullptr);
  Ledger next(client.exchange.settings(), {});
  client.rest.set_ledger(&next);
  client.run(1min);
  EXPECT_THAT(client.replies, IsEmpty());
  EXPECT_EQ(client.ledger.trade_ids()[0].count(), 2U);
  client.ask();
  client.run(1s);
  EXPECT_EQ(client.replies.size(), 1U);
  client.rest.set_ledger(nullptr);
}

TEST(RestNetwork, TheSameSeedHasTheSameHistory) {
  const auto history = [](std::uint64_t seed) {
    Client client({}, seed);
    client.ask();
    client.run(10s);
    client.ask("/0/public/Time");
    client.run(10s);
    return client.history.value();
  };
  EXPECT_EQ(history(1), history(1));
  EXPECT_NE(history(1), history(2));
}

}  // namespace
}  // namespace tickwitness::sim
