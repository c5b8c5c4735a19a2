// Following the streams of a real Redis.
#include "cache/stream_follower.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "cache/test_client.h"

namespace tickwitness::cache {
namespace {
using test::at_port;
using test::Client;
using test::TestRedis;
using testing::ElementsAre;
using namespace std::chrono_literals;

struct World {
  World() : client(loop, unstarted()) {}

  RedisSettings unstarted() const {
    RedisSettings settings = at_port(redis.port());
    settings.ping_every = 0s;
    return settings;
  }
  void add(const std::string& stream, int n) const {
    redis.cli("XADD " + stream + " '*' n " + std::to_string(n));
  }

  TestRedis redis;
  net::testing::Loop loop;
  Client client;
  std::vector<std::string> got;  // "a=1"
  std::vector<base::Duration> ages;
  std::string down;
  int ups = 0;
  std::optional<StreamFollower> follower;

  void follow(std::size_t backlog = 150) {
    follower.emplace(
        FollowSettings{
            .streams = {"a", "b"}, .backlog = backlog, .block = 50ms, .retry_after = 20ms},
        loop.executor, client.client,
        StreamFollower::Events{
            .on_entry =
                [this](const std::string& stream, const StreamEntry& entry, base::Duration age) {
                  got.push_back(stream + "=" + entry.fields.front().second);
                  ages.push_back(age);
                },
            .on_up = [this] { ++ups; },
            .on_down = [this](const std::string& why) { down = why; }});
  }
};

TEST(StreamFollower, TheNewestThenAllThatCome) {
  World world;
  for (int i = 1; i <= 4; ++i) world.add("a", i);
  ASSERT_EQ(world.redis.cli("XADD b 1000000-0 n 0"), "1000000-0");  // of 1970
  world.follow(2);
  ASSERT_TRUE(world.loop.until([&] { return world.got.size() == 3; }));
  EXPECT_THAT(world.got, ElementsAre("a=3", "a=4", "b=0"));
  EXPECT_LT(world.ages[0], 10s);
  EXPECT_EQ(world.ages[2], base::Duration(std::chrono::hours(366 * 24)));  // as far as is told
  world.add("b", 1);
  world.add("a", 5);
  ASSERT_TRUE(world.loop.until([&] { return world.got.size() == 5; }));
  EXPECT_THAT(world.got, testing::IsSupersetOf({"b=1", "a=5"}));
}

TEST(StreamFollower, AfterARestartOnlyWhatIsNew) {
  World world;
  world.redis.stop(SIGKILL);
  world.redis.start({"--appendonly", "yes", "--appendfsync", "always"});
  world.add("a", 1);
  world.follow();
  ASSERT_TRUE(world.loop.until([&] { return world.got.size() == 1; }));
  world.redis.stop(SIGKILL);
  ASSERT_TRUE(world.loop.until([&] { return !world.down.empty(); }));
  world.redis.start({"--appendonly", "yes", "--appendfsync", "always"});
  world.add("a", 2);
  ASSERT_TRUE(world.loop.until([&] { return world.got.size() == 2; }));
  EXPECT_THAT(world.got, ElementsAre("a=1", "a=2"));
}

TEST(StreamFollower, AStreamThatBeganAnewIsFollowedFromItsBeginning) {
  World world;
  world.add("a", 1);
  world.follow();
  ASSERT_TRUE(world.loop.until([&] { return world.got.size() == 1; }));
  world.redis.cli("DEL a");
  world.redis.cli("XADD a 5-0 n 7");  // numbers as a clock would give that went back
  world.redis.cli("CLIENT KILL TYPE normal");
  ASSERT_TRUE(world.loop.until([&] { return world.got.size() == 2; }));
  EXPECT_THAT(world.got, ElementsAre("a=1", "a=7"));
}

// A gateway says of a Redis without entries that the engine is silent, not that Redis is away.
TEST(StreamFollower, StreamsWithNothingInThemAreRead) {
  World world;
  world.follow();
  ASSERT_TRUE(world.loop.until([&] { return world.ups == 1; }));
  world.redis.stop(SIGKILL);
  ASSERT_TRUE(world.loop.until([&] { return !world.down.empty(); }));
  world.redis.start();
  ASSERT_TRUE(world.loop.until([&] { return world.ups == 2; }));
}

TEST(StreamFollower, OneThatIsTooLongIsLeftOut) {
  World world;
  world.add("a", 1);
  world.redis.cli("EVAL \"redis.call('XADD', 'a', '*', 'n', string.rep('x', 3000000))\" 0");
  world.follow();
  world.add("a", 2);
  ASSERT_TRUE(world.loop.until([&] { return world.got.size() == 2; }));
  EXPECT_THAT(world.got, ElementsAre("a=1", "a=2"));
}

TEST(StreamFollower, WhatIsNoStreamIsSaid) {
  World world;
  world.redis.cli("SET a text");
  world.follow();
  ASSERT_TRUE(world.loop.until([&] { return !world.down.empty(); }));
  EXPECT_THAT(world.down, testing::StartsWith("WRONGTYPE"));
  EXPECT_EQ(world.ups, 0);
  world.redis.cli("DEL a");
  world.add("a", 1);
  EXPECT_TRUE(world.loop.until([&] { return world.got.size() == 1; }));
}

}  // namespace
}  // namespace tickwitness::cache
