// What is published, as redis-cli reads it.
#include "cache/publisher.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "cache/test_client.h"

namespace tickwitness::cache {
namespace {
using market::Venue;
using test::at_port;
using test::Client;
using test::TestRedis;
using testing::HasSubstr;
using namespace std::chrono_literals;

const auto kBtc = *market::Symbol::parse("BTC-USD");
const auto kEth = *market::Symbol::parse("ETH-USD");

struct World {
  World() {
    prices.put({Venue::kraken, kBtc, base::Decimal(6500010, 2), base::WallTime(1700000000123ms)});
  }
  Second second() const {
    return {.kraken = {{"latency_p50_ms", "12.5"}, {"timestamp", "1700000000000"}},
            .system = {{"state", "ready"}},
            .markets = {{Venue::kraken, kBtc}, {Venue::kraken, kEth}}};
  }
  bool answered(double operations) {
    return client.until([&] {
      return client.value("tickwitness_redis_operations_total", {"hset", "success"}) == operations;
    });
  }

  TestRedis redis;
  net::testing::Loop loop;
  Client client{loop, at_port(redis.port())};
  LastPrices prices{client.metrics};
  Publisher publisher{client.client, prices, client.metrics};
};

TEST(Publisher, StreamsAndPricesHoldWhatIsKnown) {
  World world;
  world.publisher.publish(world.second());
  ASSERT_TRUE(world.answered(1));
  const std::string entries = world.redis.cli("XRANGE metrics:kraken - +");
  EXPECT_EQ(entries.substr(entries.find('\n') + 1),
            "latency_p50_ms\n12.5\ntimestamp\n1700000000000");
  EXPECT_THAT(world.redis.cli("XRANGE metrics:system - +"), HasSubstr("state\nready"));
  EXPECT_EQ(world.redis.cli("HGETALL prices:last"),
            "kraken:BTC-USD\n{\"price\":65000.10,\"timestamp\":1700000000123}");
  EXPECT_EQ(world.client.value("tickwitness_cache_requests_total", {"last_prices", "hit"}), 1);
  EXPECT_EQ(world.client.value("tickwitness_cache_requests_total", {"last_prices", "miss"}), 1);
}

TEST(Publisher, AStreamKeepsAboutAThousandEntries) {
  World world;
  for (int i = 0; i < 1500; ++i) {
    world.publisher.publish(world.second());
    if (i % 100 == 99) {
      ASSERT_TRUE(world.answered(i + 1));
    }
  }
  const int length = std::stoi(world.redis.cli("XLEN metrics:kraken"));
  EXPECT_GE(length, 1000);
  EXPECT_LT(length, 1200);  // Redis cuts whole nodes of 100 entries
}

TEST(Publisher, PricesThatAreNotTakenAreCounted) {
  World world;
  ASSERT_TRUE(world.client.until_ready());
  world.redis.cli("CONFIG SET maxmemory 1");
  world.publisher.publish(world.second());
  EXPECT_TRUE(world.client.until(
      [&] { return world.client.value("tickwitness_cache_update_failures_total") == 1; }));
  EXPECT_EQ(world.client.value("tickwitness_redis_failures_total", {"oom"}), 3);
}

}  // namespace
}  // namespace tickwitness::cache
