#include "telemetry/registry.h"

#include <gtest/gtest.h>

#include <thread>

#include "telemetry/exposition.h"
#include "telemetry/read.h"
#include "telemetry/test_schema.h"

namespace tickwitness::telemetry {
namespace {

using namespace test;

std::uint64_t overflow(World& world, std::string_view what) {
  return world.at(kOverflow, what).counter().value();
}

TEST(Registry, TheSameLabelsAreTheSameSeries) {
  World world;
  EXPECT_EQ(&world.at(kHits, "red", "here"), &world.at(kHits, "red", "here"));
  EXPECT_NE(&world.at(kHits, "red", "here"), &world.at(kHits, "green", "here"));
  EXPECT_NE(&world.at(kHits, "red", "here"), &world.at(kTemperature, "red", "here"));
}

TEST(Registry, RegistriesKnowNothingOfEachOther) {
  World one;
  World two;
  one.at(kHits, "red", "here").counter().add(3);
  two.at(kHits, "red", "here").counter().add(4);
  EXPECT_EQ(value(one.registry, "x_hits_total"), 3);
  EXPECT_EQ(value(two.registry, "x_hits_total"), 4);
  for (int i = 0; i < 9; ++i) one.at(kHits, "red", std::to_string(i));
  two.at(kHits, "red", "b");
  EXPECT_EQ(overflow(two, "place"), 0U);
}

TEST(Registry, ABoundedLabelOverflowsToOtherAndIsCounted) {
  World world;
  for (const char* place : {"a", "b", "c"}) world.at(kHits, "red", place).counter().add(1);
  EXPECT_EQ(overflow(world, "place"), 0U);
  Series& d = world.at(kHits, "red", "d");
  EXPECT_EQ(d.values()[1], "other");
  EXPECT_EQ(&d, &world.at(kHits, "red", "e"));
  EXPECT_EQ(overflow(world, "place"), 2U);
  EXPECT_EQ(&d, &world.at(kHits, "red", "other"));  // saying it outright is no overflow
  EXPECT_EQ(overflow(world, "place"), 2U);
  // The bound is the label's, not the instrument's: known values stay good everywhere.
  EXPECT_EQ(world.at(kRoom, "red", "c").values()[1], "c");
  EXPECT_EQ(world.at(kRoom, "red", "z").values()[1], "other");
}

TEST(Registry, AnInstrumentsOwnSeriesLimit) {
  World world;
  world.at(kCrowd, "red", "a");
  world.at(kCrowd, "red", "b");
  EXPECT_EQ(world.at(kCrowd, "green", "a").numbers().labels(), R"(color="green",where="other")");
  EXPECT_EQ(overflow(world, "crowd"), 1U);
  EXPECT_EQ(world.at(kCrowd, "red", "b").values()[1], "b");
  EXPECT_EQ(overflow(world, "crowd"), 1U);
}

TEST(Registry, LabelValuesAreEscapedAndMadeUtf8) {
  World world;
  EXPECT_EQ(world.at(kDoor, "a\"b\\c\nd").numbers().labels(), R"(where="a\"b\\c\nd")");
  EXPECT_EQ(world.at(kDoor, "\xFFx").numbers().labels(), "where=\"\xEF\xBF\xBDx\"");
}

// Writers, makers of series, ticks and scrapes at once: nothing lost (and, under TSan, no race).
TEST(Registry, ScrapesUnderWritersLoseNothing) {
  constexpr int kEach = 20'000;
  World world;
  std::atomic<int> running{2};
  const auto write = [&](const char* color) {
    const Counter hits = world.at(kHits, color, "here").counter();
    const Histogram delay(world.at(kDelay, "here"));
    for (int i = 0; i < kEach; ++i) {
      hits.add(1);
      delay.observe(std::chrono::microseconds(i));
      if (i % 1000 == 0) world.at(kRoom, color, std::to_string(i)).gauge().set(i);
    }
    running.fetch_sub(1);
  };
  std::thread red(write, "red");
  std::thread green(write, "green");
  int second = 0;
  while (running.load() > 0) {
    world.tick(++second);
    EXPECT_FALSE(render(world.registry, {.dialects = {"old"}}).empty());
  }
  red.join();
  green.join();
  EXPECT_EQ(value(world.registry, "old_hits"), 2 * kEach);
  EXPECT_EQ(value(world.registry, "x_delay_seconds"), 2 * kEach);
}

}  // namespace
}  // namespace tickwitness::telemetry
