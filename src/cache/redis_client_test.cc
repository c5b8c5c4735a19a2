// The client and a real Redis: TLS, access lists, and every way in which Redis can fail.
#include "cache/redis_client.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "cache/test_client.h"

namespace tickwitness::cache {
namespace {
using test::at_port;
using test::Client;
using test::secured;
using test::TestRedis;
using testing::HasSubstr;
using testing::Not;
using testing::StartsWith;
using namespace std::chrono_literals;
using Kind = Reply::Kind;

constexpr std::string_view kOperations = "tickwitness_redis_operations_total";
constexpr std::string_view kFailures = "tickwitness_redis_failures_total";

class RealRedis : public testing::Test {
 protected:
  TestRedis redis;
  net::testing::Loop loop;
};

TEST_F(RealRedis, IsSpokenToOverTlsAsAUserOfItsAccessList) {
  RedisSettings settings = secured(redis);
  settings.address.database = 3;
  Client client(loop, settings);
  ASSERT_TRUE(client.until_ready()) << client.last_down;
  EXPECT_EQ(client.told({"SET", "k", std::string("a\0b\r\n", 5)}), "OK");
  EXPECT_EQ(client.told({"GET", "k"}), std::string("a\0b\r\n", 5));
  EXPECT_EQ(client.told({"ACL", "WHOAMI"}), "bot");
  EXPECT_EQ(redis.cli("-n 3 EXISTS k"), "1");
  EXPECT_THAT(redis.cli("CLIENT LIST"), HasSubstr("name=tickwitness-test"));
  EXPECT_THAT(redis.cli("CLIENT LIST"), HasSubstr("resp=3"));
  EXPECT_THAT(client.told({"CONFIG", "GET", "port"}), StartsWith("noperm: NOPERM"));
  const auto map = client.ask({"HGETALL", "nothing"});
  ASSERT_TRUE(map);
  EXPECT_TRUE(map->is(Kind::map));
}

TEST_F(RealRedis, IsMeasuredAsItCountsItself) {
  Client client(loop, secured(redis));
  for (int i = 0; i < 7; ++i) client.told({"XADD", "s", "*", "n", std::to_string(i)});
  EXPECT_THAT(client.told({"XADD", "s", "0-1", "n", "1"}), StartsWith("error: ERR"));
  EXPECT_EQ(client.value(kOperations, {"xadd", "success"}), 7);
  EXPECT_EQ(client.value(kOperations, {"xadd", "failure"}), 1);
  EXPECT_EQ(redis.calls("xadd"), 8);
  EXPECT_EQ(client.value(kFailures, {"error"}), 1);
  EXPECT_EQ(client.value("tickwitness_redis_command_duration_seconds", {"xadd"}), 8);
  EXPECT_TRUE(client.until([&] { return client.value("tickwitness_redis_connected") == 1; }));
  EXPECT_EQ(client.value("tickwitness_redis_connection_errors_total"), 0);
  EXPECT_EQ(client.value("tickwitness_redis_commands_dropped_total"), 0);
  EXPECT_TRUE(client.until([&] { return client.value("tickwitness_redis_queue_depth") == 0; }));
}

TEST_F(RealRedis, AnotherAuthorityOrHostIsRefusedAndNothingGoesInPlainText) {
  RedisSettings stranger = secured(redis);
  stranger.address.endpoint.ca_file = redis.other_authority();
  RedisSettings other_host = secured(redis);
  other_host.address.endpoint.host = "127.0.0.1";  // the certificate is for localhost
  RedisSettings plain_port = secured(redis);
  plain_port.address.endpoint.port = redis.port();
  for (const auto& settings : {stranger, other_host, plain_port}) {
    Client client(loop, settings);
    ASSERT_TRUE(client.until(
        [&] { return client.value("tickwitness_redis_connection_errors_total") >= 2; }));
    EXPECT_THAT(client.last_down, HasSubstr("TLS handshake"));
    EXPECT_THAT(client.lines, Not(HasSubstr(TestRedis::kPassword)));
    EXPECT_EQ(client.value("tickwitness_redis_connected"), 0);
    EXPECT_THAT(client.told({"SET", "k", "v"}, 30ms), StartsWith("dropped: not sent"));
  }
  EXPECT_EQ(redis.calls("hello") + redis.calls("auth") + redis.calls("set"), 0);
}

TEST_F(RealRedis, AWrongPasswordIsSaidAndTriedAgain) {
  RedisSettings settings = secured(redis);
  settings.password = base::Secret("another-password");
  Client client(loop, settings);
  ASSERT_TRUE(
      client.until([&] { return client.value("tickwitness_redis_connection_errors_total") >= 3; }));
  EXPECT_THAT(client.last_down, StartsWith("greeting: WRONGPASS"));
  EXPECT_GE(client.value(kFailures, {"auth"}), 3);
  EXPECT_THAT(client.lines, Not(HasSubstr("another-password")));
  redis.cli("ACL SETUSER bot '>another-password'");
  EXPECT_TRUE(client.until_ready());
}

TEST_F(RealRedis, KilledItIsReachedAgainWhenItIsBack) {
  Client client(loop, at_port(redis.port()));
  ASSERT_TRUE(client.until_ready());
  EXPECT_EQ(client.told({"SET", "k", "v"}), "OK");
  redis.stop(SIGKILL);
  ASSERT_TRUE(client.until([&] { return !client.client.ready(); }));
  EXPECT_THAT(client.told({"SET", "k", "w"}, 50ms), StartsWith("dropped: not sent"));
  EXPECT_EQ(client.value("tickwitness_redis_connected"), 0);
  EXPECT_EQ(client.value("tickwitness_redis_commands_dropped_total"), 1);
  redis.start();
  EXPECT_EQ(client.told({"SET", "k", "x"}, 10s), "OK");
  EXPECT_EQ(redis.cli("GET k"), "x");
  EXPECT_TRUE(client.until([&] { return client.value("tickwitness_redis_connected") == 1; }));
}

TEST_F(RealRedis, StoppedItTimesOutAndWhatWaitsStaysBounded) {
  RedisSettings settings = at_port(redis.port());
  settings.queue_max = 10;
  settings.in_flight_max = 4;
  Client client(loop, settings);
  ASSERT_TRUE(client.until_ready());
  ASSERT_TRUE(client.until([&] { return client.value("tickwitness_redis_connected") == 1; }));
  redis.signal(SIGSTOP);
  std::vector<std::string> outcomes(30);
  for (std::size_t i = 0; i < outcomes.size(); ++i) {
    client.client.submit({.words = {"RPUSH", "list", std::to_string(i)},
                          .on_outcome =
                              [&, i](base::Now, const Outcome& outcome) {
                                outcomes[i] =
                                    outcome ? "ok" : std::string(to_string(outcome.error().why));
                              },
                          .patience = 300ms});
    EXPECT_LE(client.value("tickwitness_redis_queue_depth"), 11);  // a PING beside them
  }
  ASSERT_TRUE(client.until([&] { return std::ranges::none_of(outcomes, &std::string::empty); }));
  // Those that were sent are lost with the connection; of the others the oldest made room, the
  // newest waited in vain.
  const auto count = [&](std::string_view word) { return std::ranges::count(outcomes, word); };
  EXPECT_EQ(count("timeout") + count("lost"), 4);
  EXPECT_EQ(count("dropped"), 26);
  EXPECT_EQ(client.value("tickwitness_redis_commands_dropped_total"), 26);
  EXPECT_EQ(client.value(kOperations, {"rpush", "failure"}), 4);
  EXPECT_EQ(client.value("tickwitness_redis_connected"), 0);
  redis.signal(SIGCONT);
  EXPECT_EQ(client.told({"PING"}, 10s), "PONG");
}

TEST_F(RealRedis, OutOfMemoryAndReadOnlyAreToldApart) {
  Client client(loop, at_port(redis.port()));
  ASSERT_EQ(redis.cli("CONFIG SET maxmemory 1"), "OK");
  EXPECT_THAT(client.told({"XADD", "s", "*", "a", "b"}), StartsWith("oom: OOM"));
  ASSERT_EQ(redis.cli("CONFIG SET maxmemory 0"), "OK");
  ASSERT_EQ(redis.cli("REPLICAOF 127.0.0.1 1"), "OK");
  EXPECT_THAT(client.told({"XADD", "s", "*", "a", "b"}), StartsWith("readonly: READONLY"));
  ASSERT_EQ(redis.cli("REPLICAOF NO ONE"), "OK");
  EXPECT_THAT(client.told({"XADD", "s", "*", "a", "b"}), HasSubstr("-"));
  EXPECT_EQ(client.value(kFailures, {"oom"}), 1);
  EXPECT_EQ(client.value(kFailures, {"readonly"}), 1);
  EXPECT_EQ(client.value("tickwitness_redis_connection_errors_total"), 0);
}

TEST_F(RealRedis, AScriptThatHoldsItUpIsBusy) {
  Client client(loop, at_port(redis.port()));
  ASSERT_TRUE(client.until_ready());
  ASSERT_EQ(redis.cli("CONFIG SET busy-reply-threshold 20"), "OK");
  client.client.submit(
      {.words = {"EVAL", "while true do end", "0"}, .on_outcome = {}, .patience = 20s});
  Client other(loop, at_port(redis.port()));
  EXPECT_THAT(other.told({"SET", "k", "v"}, 10s),
              testing::AnyOf(StartsWith("busy: BUSY"), StartsWith("dropped")));
  redis.cli("SCRIPT KILL");
}

TEST_F(RealRedis, LoadingIsToldAndWaitedFor) {
  ASSERT_EQ(
      redis.cli("EVAL \"for i = 1, 3000 do redis.call('SET', 'k' .. i, 'v') end return 1\" 0"),
      "1");
  ASSERT_EQ(redis.cli("SAVE"), "OK");
  redis.stop(SIGKILL);
  redis.start({"--key-load-delay", "1000", "--loading-process-events-interval-bytes", "1024"},
              "LOADING");
  Client client(loop, at_port(redis.port()));
  EXPECT_THAT(client.told({"GET", "k1"}), StartsWith("loading: LOADING"));
  EXPECT_GE(client.value(kFailures, {"loading"}), 1);
  EXPECT_TRUE(client.until([&] { return client.told({"GET", "k1"}) == "v"; }));
}

TEST(RealRedisCluster, IsToldApart) {
  net::testing::SilentListener bus;  // its own would be 10,000 further, and there may be none
  bus.close();
  const TestRedis redis({"--cluster-enabled", "yes", "--cluster-port", std::to_string(bus.port())});
  net::testing::Loop loop;
  Client client(loop, at_port(redis.port()));
  EXPECT_THAT(client.told({"SET", "k", "v"}), StartsWith("moved: CLUSTERDOWN"));
}

TEST(RealRedisWithoutHello, IsSpokenToInTheOlderVersion) {
  const TestRedis redis({"--rename-command", "HELLO", ""});
  net::testing::Loop loop;
  Client client(loop, secured(redis));
  ASSERT_TRUE(client.until_ready()) << client.last_down;
  EXPECT_EQ(client.told({"ACL", "WHOAMI"}), "bot");
  EXPECT_THAT(redis.cli("CLIENT LIST"), HasSubstr("resp=2"));
  const auto map = client.ask({"HGETALL", "nothing"});
  ASSERT_TRUE(map);
  EXPECT_TRUE(map->is(Kind::array));
}

TEST_F(RealRedis, StopSendsWhatWaitsAndEnds) {
  Client client(loop, at_port(redis.port()));
  ASSERT_TRUE(client.until_ready());
  for (int i = 0; i < 500; ++i)
    client.client.submit({.words = {"RPUSH", "list", std::to_string(i)}, .on_outcome = {}});
  bool stopped = false;
  client.client.stop(5s, [&] { stopped = true; });
  ASSERT_TRUE(client.until([&] { return stopped; }));
  EXPECT_EQ(redis.cli("LLEN list"), "500");
  EXPECT_EQ(client.value("tickwitness_redis_connection_errors_total"), 0);
}

TEST(NoRedis, StoppingIsAtOnce) {
  net::testing::Loop loop;
  net::testing::SilentListener nobody;
  nobody.close();
  Client client(loop, at_port(nobody.port()));
  ASSERT_TRUE(client.until([&] { return !client.last_down.empty(); }));
  EXPECT_THAT(client.last_down, HasSubstr("cannot connect to 127.0.0.1:"));
  bool stopped = false;
  client.client.stop(1h, [&] { stopped = true; });
  EXPECT_TRUE(client.until([&] { return stopped; }));
}

TEST(NoRedis, WhatIsNoRedisIsSaid) {
  net::testing::Loop loop;
  net::testing::SilentListener listener;
  Client client(loop, at_port(listener.port()));
  ASSERT_TRUE(client.until([&] { return listener.received().find("HELLO") != std::string::npos; }));
  listener.answer("HTTP/1.1 400 Bad Request\r\n\r\n");
  ASSERT_TRUE(client.until([&] { return !client.last_down.empty(); }));
  EXPECT_THAT(client.last_down, HasSubstr("something else listening"));
}

}  // namespace
}  // namespace tickwitness::cache
