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

TEST(Handoff, HighWaterIsTheDeepestOfTheLastMinute) {
  using namespace std::chrono_literals;
  World world(OverloadPolicy::backpressure);
  const auto at = [](base::Duration since) { return base::Instant(1000s + since); };
  world.handoff.observe(at(0s));
  for (std::uint64_t id = 1; id <= 3; ++id) ASSERT_TRUE(world.push(id));
  world.drain(2);
  world.handoff.observe(at(250ms));
  EXPECT_EQ(world.handoff.high_water(), 3U);
  EXPECT_EQ(world.ring("ring_depth"), 1);
  EXPECT_EQ(world.ring("ring_high_water"), 3);
  world.drain(1);
  world.handoff.observe(at(59900ms));
  EXPECT_EQ(world.ring("ring_depth"), 0);
  EXPECT_EQ(world.ring("ring_high_water"), 3);  // a scraper each minute still sees it
  world.handoff.observe(at(61s));
  EXPECT_EQ(world.ring("ring_high_water"), 0);
  ASSERT_TRUE(world.push(4));
  world.drain(1);
  world.handoff.observe(at(1h));  // after a pause nothing of before is left
  EXPECT_EQ(world.ring("ring_high_water"), 1);
}

}  // namespace
}  // namespace tickwitness::pipeline
