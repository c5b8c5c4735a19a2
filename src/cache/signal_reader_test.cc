// Signals through a real Redis: each counted once, none lost, the bad ones written down.
#include "cache/signal_reader.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "cache/publisher.h"
#include "cache/test_client.h"

namespace tickwitness::cache {
namespace {
using test::at_port;
using test::Client;
using test::TestRedis;
using testing::HasSubstr;
using namespace std::chrono_literals;

const std::string kGood = " '*' symbol BTC-USD side buy timestamp 1700000000123";

struct Life {
  Life(net::testing::Loop& loop, const RedisSettings& redis, const SignalSettings& settings)
      : client(loop, redis),
        reader(settings, loop.executor, client.client, client.metrics, client.log) {}
  double received(const std::string& stream, const std::string& result) const {
    return client.value("tickwitness_signals_received_total", {stream, result});
  }
  double pending(const std::string& stream) const {
    return client.value("tickwitness_signals_pending", {stream});
  }
  bool until(const std::function<bool()>& reached) { return client.until(reached); }

  Client client;
  SignalReader reader;
};

class Signals : public testing::Test {
 protected:
  // How many Redis says are pending.
  int pending(const std::string& stream) const {
    return std::atoi(redis.cli("XPENDING " + stream + " bots").c_str());
  }
  RedisSettings settings() const {
    RedisSettings settings = at_port(redis.port());
    settings.ping_every = 0s;
    return settings;
  }
  TestRedis redis;
  net::testing::Loop loop;
  SignalSettings quick{.group = "bots", .block = 50ms, .retry_after = 20ms};
};

TEST_F(Signals, ThoseFromBeforeAndThoseThatComeAreCountedAndStayPending) {
  redis.cli("XADD signals:paper" + kGood);
  Life life(loop, settings(), quick);
  EXPECT_EQ(life.received("paper", "valid"), 0);  // and not absent
  ASSERT_TRUE(life.until([&] { return life.received("paper", "valid") == 1; }));
  redis.cli("XADD signals:live" + kGood);
  redis.cli("XADD signals:live" + kGood + " price 65000.1");
  ASSERT_TRUE(life.until([&] { return life.received("live", "valid") == 2; }));
  EXPECT_TRUE(life.until([&] { return life.pending("live") == 2 && life.pending("paper") == 1; }));
  EXPECT_EQ(pending("signals:live"), 2);
  EXPECT_EQ(pending("signals:paper"), 1);
  EXPECT_EQ(redis.cli("XLEN signals:live"), "2");
}

TEST_F(Signals, WhatIsNoneIsWrittenDownThenAcknowledged) {
  Life life(loop, settings(), quick);
  const std::string id = redis.cli("XADD signals:live '*' symbol BTC-USD side hold timestamp 1");
  ASSERT_TRUE(life.until([&] { return life.received("live", "invalid") == 1; }));
  ASSERT_TRUE(life.until([&] { return pending("signals:live") == 0; }));
  const std::string refused = redis.cli("XRANGE signals:refused - +");
  EXPECT_THAT(refused, HasSubstr("signals:live"));
  EXPECT_THAT(refused, HasSubstr(id));
  EXPECT_THAT(refused, HasSubstr("side: neither buy nor sell"));
  EXPECT_THAT(refused, HasSubstr(R"({"symbol":"BTC-USD","side":"hold","timestamp":"1"})"));
  EXPECT_EQ(life.received("live", "valid"), 0);
  EXPECT_EQ(life.pending("live"), 0);
}

TEST_F(Signals, WhatCannotBeWrittenDownStaysPendingUntilItCan) {
  redis.cli("ACL SETUSER default -xadd");
  // From here on the default user, whom the test speaks as too, cannot add either.
  Life life(loop, settings(), quick);
  ASSERT_TRUE(life.until([&] { return life.pending("live") == 0; }));
  redis.cli("--user bot --pass only-for-this-test XADD signals:live '*' symbol x");
  ASSERT_TRUE(life.until([&] { return life.received("live", "invalid") == 1; }));
  ASSERT_TRUE(life.until(
      [&] { return life.client.value("tickwitness_redis_failures_total", {"noperm"}) >= 1; }));
  EXPECT_EQ(pending("signals:live"), 1);
  redis.cli("ACL SETUSER default +xadd");
  redis.cli("CLIENT KILL TYPE normal");  // a new connection looks after what is pending
  ASSERT_TRUE(life.until([&] { return pending("signals:live") == 0; }));
  EXPECT_EQ(life.received("live", "invalid"), 1);
  EXPECT_EQ(redis.cli("XLEN signals:refused"), "1");
}

TEST_F(Signals, ANewLifeTakesWhatAnEarlierOneHeldAndNoneIsCountedTwiceInOne) {
  {
    Life first(loop, settings(), quick);
    for (int i = 0; i < 250; ++i) redis.cli("XADD signals:paper" + kGood);
    ASSERT_TRUE(first.until([&] { return first.received("paper", "valid") == 250; }));
    redis.cli("CLIENT KILL TYPE normal");  // reads again what is pending: known already
    redis.cli("XADD signals:paper" + kGood);
    ASSERT_TRUE(first.until([&] { return first.received("paper", "valid") == 251; }));
  }
  Life second(loop, settings(), quick);
  ASSERT_TRUE(second.until([&] { return second.pending("paper") == 251; }));
  EXPECT_EQ(second.received("paper", "valid"), 251);
  EXPECT_EQ(pending("signals:paper"), 251);
}

TEST_F(Signals, BeyondTheLimitNothingMoreIsReadOfThatStream) {
  quick.pending_max = 5;
  for (int i = 0; i < 5; ++i) redis.cli("XADD signals:paper" + kGood);
  Life life(loop, settings(), quick);
  ASSERT_TRUE(life.until([&] { return life.received("paper", "valid") == 5; }));
  redis.cli("XADD signals:paper" + kGood);
  redis.cli("XADD signals:live" + kGood);
  ASSERT_TRUE(life.until([&] { return life.received("live", "valid") == 1; }));
  EXPECT_EQ(life.received("paper", "valid"), 5);
  EXPECT_EQ(pending("signals:paper"), 5);  // the sixth was not even taken
}

TEST_F(Signals, RoomThatSomebodyMakesInAFullStreamIsSeen) {
  EXPECT_EQ(quick.look_again_after, 60s);
  quick.look_again_after = 100ms;
  quick.pending_max = 2;
  const std::string first = redis.cli("XADD signals:paper" + kGood);
  redis.cli("XADD signals:paper" + kGood);
  Life life(loop, settings(), quick);
  ASSERT_TRUE(life.until([&] { return life.received("paper", "valid") == 2; }));
  redis.cli("XADD signals:paper" + kGood);
  redis.cli("XADD signals:live" + kGood);
  ASSERT_TRUE(life.until([&] { return life.received("live", "valid") == 1; }));
  EXPECT_EQ(life.received("paper", "valid"), 2);
  EXPECT_EQ(redis.cli("XACK signals:paper bots " + first), "1");
  EXPECT_TRUE(life.until([&] { return life.received("paper", "valid") == 3; }));
}

TEST_F(Signals, AGroupThatIsRemovedIsMadeAgain) {
  Life life(loop, settings(), quick);
  redis.cli("XADD signals:paper" + kGood);
  ASSERT_TRUE(life.until([&] { return life.received("paper", "valid") == 1; }));
  redis.cli("FLUSHALL");
  redis.cli("XADD signals:paper" + kGood);
  ASSERT_TRUE(life.until([&] { return life.received("paper", "valid") == 2; }));
  EXPECT_TRUE(life.until([&] { return life.pending("paper") == 1; }));
}

TEST_F(Signals, OneThatIsFarTooLongDoesNotHoldUpTheOthers) {
  Life life(loop, settings(), quick);
  ASSERT_TRUE(life.until([&] { return life.pending("live") == 0; }));
  redis.cli(
      "EVAL \"redis.call('XADD', 'signals:live', '*', 'symbol', string.rep('x', 3000000))\" 0");
  redis.cli("XADD signals:live" + kGood);
  ASSERT_TRUE(life.until([&] { return life.received("live", "valid") == 1; }));
  EXPECT_EQ(life.received("live", "too_long"), 1);
  EXPECT_EQ(life.received("live", "invalid"), 0);
  ASSERT_TRUE(life.until([&] { return pending("signals:live") == 1; }));
  EXPECT_THAT(redis.cli("XRANGE signals:refused - +"), HasSubstr("longer than any signal"));
}

TEST_F(Signals, AValueThatIsTooLongIsNotTakenForNone) {
  Life life(loop, settings(), quick);
  ASSERT_TRUE(life.until([&] { return life.pending("live") == 0; }));
  redis.cli(
      "EVAL \"redis.call('XADD', 'signals:live', '*', 'symbol', 'BTC-USD', 'side', 'buy', "
      "'timestamp', '1700000000123', 'price', string.rep('1', 3000000))\" 0");
  ASSERT_TRUE(life.until([&] { return life.received("live", "too_long") == 1; }));
  ASSERT_TRUE(life.until([&] { return pending("signals:live") == 0; }));
  EXPECT_EQ(life.received("live", "valid"), 0);
}

// Pages full of them, of each kind: more than may be in one answer.
TEST_F(Signals, ManyThatAreTooLongAreRefusedAndAllOthersGoOn) {
  redis.cli(
      "EVAL \"local f = {} for i = 1, 1400 do f[i] = 'n' .. i end "
      "for i = 1, 100 do redis.call('XADD', 'signals:live', '*', unpack(f)) end "
      "f = {} for i = 1, 60 do f[2 * i - 1] = 'n' .. i f[2 * i] = string.rep('x', 200000) end "
      "for i = 1, 5 do redis.call('XADD', 'signals:live', '*', unpack(f)) end\" 0");
  for (const auto* stream : {"signals:live", "signals:paper"})
    redis.cli("XADD " + std::string(stream) + kGood);
  Life life(loop, settings(), quick);
  ASSERT_TRUE(life.until([&] {
    return life.received("live", "too_long") == 105 && life.received("live", "valid") == 1 &&
           life.received("paper", "valid") == 1;
  }));
  ASSERT_TRUE(life.until([&] { return pending("signals:live") == 1; }));
  EXPECT_EQ(life.received("live", "invalid"), 0);
  EXPECT_EQ(redis.cli("XLEN signals:refused"), "105");
}

// docs/redis.md says which rights are enough.
TEST_F(Signals, TheRightsThatAreDocumentedAreEnough) {
  redis.cli(
      "ACL SETUSER least on '>least-password' '~metrics:*' '~prices:*' '~signals:*' +ping +xadd "
      "+hset "
      "'+xgroup|create' +xautoclaim +xreadgroup +xack");
  RedisSettings least = at_port(redis.port());
  least.user = "least";
  least.password = base::Secret("least-password");
  Life life(loop, least, quick);
  Client other(loop, least);
  LastPrices prices(other.metrics);
  const auto btc = *market::Symbol::parse("BTC-USD");
  prices.put({market::Venue::kraken, btc, base::Decimal(1, 0), base::WallTime(1s)});
  Publisher(other.client, prices, other.metrics)
      .publish({.kraken = {{"a", "1"}},
                .system = {{"a", "1"}},
                .markets = {{market::Venue::kraken, btc}}});
  redis.cli("XADD signals:paper" + kGood);
  redis.cli("XADD signals:live '*' symbol x");
  ASSERT_TRUE(life.until([&] {
    return life.received("paper", "valid") == 1 && redis.cli("XLEN signals:refused") == "1";
  }));
  ASSERT_TRUE(other.until([&] { return redis.cli("HLEN prices:last") == "1"; }));
  for (const Client* client : {&life.client, &other}) {
    EXPECT_EQ(client->value("tickwitness_redis_failures_total", {"noperm"}), 0) << client->lines;
    EXPECT_EQ(client->value("tickwitness_redis_connection_errors_total"), 0);
  }
}

TEST_F(Signals, RedisKilledAndBackWithNothingLost) {
  redis.stop(SIGKILL);
  redis.start({"--appendonly", "yes", "--appendfsync", "always"});
  Life life(loop, settings(), quick);
  redis.cli("XADD signals:live" + kGood);
  ASSERT_TRUE(life.until([&] { return life.received("live", "valid") == 1; }));
  redis.stop(SIGKILL);
  ASSERT_TRUE(life.until([&] { return !life.client.client.ready(); }));
  redis.start({"--appendonly", "yes", "--appendfsync", "always"});
  redis.cli("XADD signals:live" + kGood);
  ASSERT_TRUE(life.until([&] { return life.received("live", "valid") == 2; }));
  EXPECT_EQ(pending("signals:live"), 2);
}

}  // namespace
}  // namespace tickwitness::cache
