#include "pipeline/handoff.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <vector>

#include "telemetry/test_read.h"

namespace tickwitness::pipeline {
namespace {

using telemetry::test::read;
using testing::ElementsAre;

constexpr std::size_t kCapacity = 4;

struct World {
  telemetry::Registry registry;
  telemetry::Catalog metrics{registry};
  Handoff handoff;
  std::vector<std::uint64_t> out;

  explicit World(OverloadPolicy policy)
      : handoff(kCapacity, policy, metrics, telemetry::label::Ring{"ingest"}) {}

  static Tick tick(std::uint64_t id) {
    return {.event = market::Trade{.symbol = *market::Symbol::parse("BTC-USD"), .id = id}};
  }
  bool push(std::uint64_t id) {
    Tick t = tick(id);
    return handoff.push(t);
  }
  std::size_t drain(std::size_t most) {
    return handoff.drain(most,
                         [this](Tick& t) { out.push_back(std::get<market::Trade>(t.event).id); });
  }
  std::optional<double> ring(std::string_view what) {
    return read(registry, std::string("tickwitness_pipeline_") + std::string(what),
                {{"ring", "ingest"}});
  }
  std::optional<double> received() {
    return read(registry, "tickwitness_pipeline_ticks_received_total");
  }
};

TEST(Handoff, BeforeTheFirstTickCountersAre0AndTheCapacityIsSaid) {
  World world(OverloadPolicy::drop_newest);
  EXPECT_EQ(world.received(), 0);
  EXPECT_EQ(world.ring("dropped_total"), 0);
  EXPECT_EQ(world.ring("blocked_total"), 0);
  EXPECT_EQ(world.ring("ring_capacity"), kCapacity);
  EXPECT_EQ(world.ring("ring_depth"), 0);
  EXPECT_EQ(world.ring("ring_high_water"), 0);
  EXPECT_EQ(world.drain(10), 0U);
}

TEST(Handoff, DropNewestKeepsWhatWaitsAndCountsWhatItGaveUp) {
  World world(OverloadPolicy::drop_newest);
  for (std::uint64_t id = 1; id <= kCapacity + 3; ++id) EXPECT_TRUE(world.push(id)) << id;
  EXPECT_EQ(world.handoff.depth(), kCapacity);
  EXPECT_EQ(world.received(), kCapacity + 3);
  EXPECT_EQ(world.ring("dropped_total"), 3);
  EXPECT_EQ(world.ring("blocked_total"), 0);
  EXPECT_EQ(world.drain(10), kCapacity);
  EXPECT_THAT(world.out, ElementsAre(1, 2, 3, 4));
  EXPECT_TRUE(world.push(99));
  world.drain(1);
  EXPECT_EQ(world.out.back(), 99U);
  EXPECT_EQ(world.ring("dropped_total"), 3);
}

TEST(Handoff, BackpressureHoldsTheTickBackUntilThereIsRoom) {
  World world(OverloadPolicy::backpressure);
  for (std::uint64_t id = 1; id <= kCapacity; ++id) ASSERT_TRUE(world.push(id));
  Tick fifth = World::tick(5);
  EXPECT_FALSE(world.handoff.push(fifth));
  EXPECT_FALSE(world.handoff.push(fifth));
  EXPECT_EQ(std::get<market::Trade>(fifth.event).id, 5U);  // left as it was
  EXPECT_EQ(world.received(), kCapacity);                  // not received before it is in
  EXPECT_EQ(world.ring("blocked_total"), 2);
  EXPECT_EQ(world.drain(1), 1U);
  EXPECT_TRUE(world.handoff.push(fifth));
  EXPECT_EQ(world.received(), kCapacity + 1);
  world.drain(10);
  EXPECT_THAT(world.out, ElementsAre(1, 2, 3, 4, 5));
  EXPECT_EQ(world.ring("dropped_total"), 0);
}

TEST(Handoff, UnderBackpressureEveryTickArrivesOnceAndInOrder) {
  constexpr std::uint64_t kTicks = 1000;
  World world(OverloadPolicy::backpressure);
  std::uint64_t blocked = 0;
  for (std::uint64_t id = 0; id < kTicks; ++id) {
    Tick t = World::tick(id);
    while (!world.handoff.push(t)) {
      ++blocked;
      world.drain(1 + id % 3);
    }
  }
  world.drain(kTicks);
  ASSERT_EQ(world.out.size(), kTicks);
  for (std::uint64_t id = 0; id < kTicks; ++id) ASSERT_EQ(world.out[id], id);
  EXPECT_EQ(world.received(), kTicks);
  EXPECT_EQ(world.ring("blocked_total"), blocked);
  EXPECT_EQ(world.ring("dropped_total"), 0);
}

// A scraper that comes each 15 s must see a peak that lasted a moment.
TEST(Handoff, HighWaterIsTheDeepestOfTheLastMinute) {
  World world(OverloadPolicy::backpressure);
  const auto second = [](int n) { return base::Instant(std::chrono::seconds(1000 + n)); };
  for (std::uint64_t id = 1; id <= 3; ++id) ASSERT_TRUE(world.push(id));
  world.drain(2);
  world.handoff.observe(second(0));
  EXPECT_EQ(world.ring("ring_depth"), 1);
  EXPECT_EQ(world.ring("ring_high_water"), 3);
  EXPECT_EQ(world.handoff.high_water(), 3U);
  for (int n = 1; n < 60; ++n) {
    world.handoff.observe(second(n));
    ASSERT_EQ(world.ring("ring_high_water"), 3) << n;
  }
  world.handoff.observe(second(60));
  EXPECT_EQ(world.ring("ring_high_water"), 1);  // what still waits
  world.drain(1);
  world.handoff.observe(second(61));
  EXPECT_EQ(world.ring("ring_depth"), 0);
  EXPECT_EQ(world.ring("ring_high_water"), 1);
  world.handoff.observe(second(500));  // turns that did not come make nothing older than it is
  EXPECT_EQ(world.ring("ring_high_water"), 0);
}

}  // namespace
}  // namespace tickwitness::pipeline
