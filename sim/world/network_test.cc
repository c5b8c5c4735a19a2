#include "sim/world/network.h"

#include <gmock/gmock.h>

#include <optional>

#include "sim/world/world_for_tests.h"

namespace tickwitness::sim {
namespace {

using namespace std::chrono_literals;
using runtime::CloseReason;
using testing::HasSubstr;

constexpr auto kSubscribe =
    R"({"method":"subscribe","params":{"channel":"trade","symbol":["BTC/USD"]},"req_id":1})";

// One client on one channel, as the product's link would use it.
struct Client : TestWorld {
  explicit Client(std::vector<Fault> faults = {}, std::uint64_t seed = 1)
      : TestWorld(std::move(faults), seed),
        network(scheduler, engine, clock, exchange, history, base::Prng(seed)),
        channel((network.set_ledger(&ledger), network.make(limits))) {}
  ~Client() { network.set_ledger(nullptr); }

  void open() {
    channel->open({}, {.on_open = [this](base::Now) { ++opened; },
                       .on_message = [this](base::Now,
                                            std::string_view text) { messages.emplace_back(text); },
                       .on_closed =
                           [this](base::Now, const runtime::Closed& why) {
                             closed = why;
                             closed_at = scheduler.now();
                           }});
  }
  void run(base::Duration time) { scheduler.run_until(scheduler.now() + time); }
  std::uint64_t lost() const {
    return exchange.truth().frames_total() - ledger.traffic().frames_total();
  }

  Network network;
  runtime::ChannelLimits limits;
  std::unique_ptr<runtime::MessageChannel> channel;
  int opened = 0;
  std::vector<std::string> messages;
  std::optional<runtime::Closed> closed;
  base::Duration closed_at{0};
};

TEST(Network, AChannelOpensTalksAndHearsAllThatWasSent) {
  Client client;
  client.open();
  client.run(1s);
  EXPECT_EQ(client.opened, 1);
  ASSERT_FALSE(client.messages.empty());
  EXPECT_THAT(client.messages[0], HasSubstr(R"("channel":"status")"));
  client.channel->send(kSubscribe);
  client.run(1min);
  EXPECT_THAT(client.messages[1], HasSubstr(R"("success":true)"));
  EXPECT_GT(client.messages.size(), 100U);
  client.network.shut_exchange_down();
  client.run(10s);
  ASSERT_TRUE(client.closed);
  EXPECT_EQ(client.closed->reason, CloseReason::remote);
  EXPECT_EQ(client.lost(), 0U);
  EXPECT_EQ(client.ledger.traffic().frames_total(), client.messages.size());
  EXPECT_EQ(client.network.bytes_in_flight(), 0U);
}

TEST(Network, AResetMayLoseWhatWasOnItsWayAndTheRecordSaysWhatCame) {
  std::uint64_t lost = 0;
  for (std::uint64_t seed = 1; seed <= 20; ++seed) {
    Client client({{.kind = FaultKind::reset, .at = 20s}}, seed);
    client.network.set_weather({.delay_min = 900ms});
    client.open();
    client.run(5s);
    client.channel->send(kSubscribe);
    client.run(1min);
    ASSERT_TRUE(client.closed);
    EXPECT_EQ(client.closed->reason, CloseReason::reset);
    EXPECT_EQ(client.ledger.traffic().frames_total(), client.messages.size());
    lost += client.lost();
  }
  EXPECT_GT(lost, 0U);
}

TEST(Network, AnExchangeThatIsDownRefuses) {
  Client client({{.kind = FaultKind::down, .at = 0s, .length = 1min}});
  client.run(1s);
  client.open();
  client.run(5s);
  ASSERT_TRUE(client.closed);
  EXPECT_EQ(client.closed->reason, CloseReason::refused);
  EXPECT_EQ(client.opened, 0);
}

TEST(Network, ABlackHoleIsNoticedByNobodyButTheClock) {
  Client client;
  client.open();
  client.run(1s);
  client.channel->send(kSubscribe);
  client.run(5s);
  const std::size_t before = client.messages.size();
  client.network.set_weather({.black_hole = true});
  client.run(5min);
  EXPECT_EQ(client.messages.size(), before);
  EXPECT_FALSE(client.closed);
  client.channel->close();
  client.run(5s);
  ASSERT_TRUE(client.closed);
  EXPECT_EQ(client.closed->reason, CloseReason::local);
  EXPECT_EQ(client.closed_at, 5min + 7s);  // the close handshake's second
}

TEST(Network, NoConnectionThroughABlackHoleWithinTheLimit) {
  Client client;
  client.network.set_weather({.black_hole = true});
  client.open();
  client.run(1min);
  ASSERT_TRUE(client.closed);
  EXPECT_EQ(client.closed->reason, CloseReason::timeout);
  EXPECT_EQ(client.closed_at, 10s);
}

TEST(Network, TextThatIsNotUtf8EndsTheConnectionAsAProtocolError) {
  Client client({{.kind = FaultKind::bad_utf8, .at = 10s}});
  client.open();
  client.run(1s);
  client.channel->send(kSubscribe);
  client.run(1min);
  ASSERT_TRUE(client.closed);
  EXPECT_EQ(client.closed->reason, CloseReason::protocol);
  EXPECT_EQ(client.lost(), 1U);
  EXPECT_EQ(client.exchange.truth().closed_by_client, 1U);
}

TEST(Network, AMessageAboveTheLimitEndsTheConnection) {
  Client client;
  client.limits.message_bytes_max = 200;
  client.channel = client.network.make(client.limits);
  client.open();
  client.run(1s);
  client.channel->send(kSubscribe);  // the snapshot is longer
  client.run(5s);
  ASSERT_TRUE(client.closed);
  EXPECT_EQ(client.closed->reason, CloseReason::oversize);
}

TEST(Network, ADestroyedChannelIsSilentAndTheExchangeHearsOfIt) {
  Client client;
  client.open();
  client.run(1s);
  client.channel.reset();
  client.run(5s);
  EXPECT_FALSE(client.closed);
  EXPECT_EQ(client.exchange.truth().closed_by_client, 1U);
}

TEST(Network, OneThingIsHandledInATurn) {
  Client client;
  client.open();
  client.run(1s);
  client.channel->send(kSubscribe);
  client.engine.stall_until(client.scheduler.now() + 20s);
  client.run(20s - 1ms);
  // Whatever has arrived, one task waits for it.
  EXPECT_LE(client.engine.queued_max(), 2U);
  const std::size_t before = client.messages.size();
  client.run(1s);
  EXPECT_GT(client.messages.size(), before + 10);
}

}  // namespace
}  // namespace tickwitness::sim
