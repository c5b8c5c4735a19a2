#include "telemetry/view.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <optional>

#include "telemetry/read.h"
#include "telemetry/test_schema.h"

namespace tickwitness::telemetry {
namespace {

using namespace test;
using testing::ElementsAre;
using testing::IsEmpty;

constexpr ByDecl kByPlace[] = {{.name = "spot", .label = kPlace, .renames = {}}};
constexpr RenameDecl kRedIsHot[] = {{"red", "hot"}, {"blue", "hot"}};
constexpr ByDecl kByWarmth[] = {{.name = "warmth", .label = kColor, .renames = kRedIsHot}};
constexpr std::string_view kRed[] = {"red"};
constexpr std::string_view kRedOrGreen[] = {"red", "green"};
constexpr WhereDecl kWhereRed[] = {{kColor, kRed}};
constexpr RenameDecl kFar[] = {{"there", "far"}};
constexpr ByDecl kByDistance[] = {{.name = "spot", .label = kPlace, .renames = kFar}};
constexpr std::string_view kThere[] = {"there"};
constexpr WhereDecl kWhereThere[] = {{kPlace, kThere}};
constexpr WhereDecl kWhereRedOrGreen[] = {{kColor, kRedOrGreen}};

// "spot=here:3" for each sample.
std::vector<std::string> shown(const Registry::Reading& reading, const ViewDecl& view) {
  std::vector<std::string> out;
  for (const auto& sample : evaluate(reading, view)) {
    std::string text;
    for (const auto& value : sample.by) text += value + ":";
    char number[32];
    snprintf(number, sizeof number, "%.6g", sample.value.approx());
    out.push_back(text + number);
  }
  return out;
}
std::vector<std::string> shown(World& world, const ViewDecl& view) {
  return shown(Registry::Reading(world.registry), view);
}

std::optional<double> only(World& world, const ViewDecl& view) {
  const Registry::Reading reading(world.registry);
  const auto samples = evaluate(reading, view);
  if (samples.size() != 1) return std::nullopt;
  return samples.front().value.approx();
}

TEST(View, SumWhereByRename) {
  World world;
  world.at(kHits, "red", "here").counter().add(1);
  world.at(kHits, "red", "there").counter().add(2);
  world.at(kHits, "green", "here").counter().add(4);
  world.at(kHits, "blue", "here").counter().add(8);
  const ViewDecl all{.from = kHits};
  EXPECT_THAT(shown(world, all), ElementsAre("15"));
  EXPECT_THAT(shown(world, {.from = kHits, .where = kWhereRed}), ElementsAre("3"));
  EXPECT_THAT(shown(world, {.from = kHits, .where = kWhereRedOrGreen}), ElementsAre("7"));
  EXPECT_THAT(shown(world, {.from = kHits, .by = kByPlace}), ElementsAre("here:13", "there:2"));
  EXPECT_THAT(shown(world, {.from = kHits, .by = kByWarmth}), ElementsAre("green:4", "hot:11"));
  EXPECT_THAT(shown(world, {.from = kHits, .scale = 0.5}), ElementsAre("7.5"));
}

TEST(View, SumsOfCountersAreExactBeyondDoubles) {
  World world;
  world.at(kHits, "red", "here").counter().add((1ULL << 60) + 1);
  world.at(kHits, "green", "here").counter().add(1);
  const Registry::Reading reading(world.registry);
  const auto samples = evaluate(reading, ViewDecl{.from = kHits});
  ASSERT_EQ(samples.size(), 1U);
  EXPECT_TRUE(samples[0].value.whole);
  EXPECT_EQ(samples[0].value.integer, (1ULL << 60) + 2);
}

TEST(View, NothingObservedIsNothing) {
  World world;
  const ViewDecl kinds[] = {{.from = kHits},
                            {.from = kTemperature, .stat = Stat::sum},
                            {.from = kTemperature, .stat = Stat::max},
                            {.from = kTemperature, .stat = Stat::count},
                            {.from = kHits, .stat = Stat::rate60},
                            {.from = kDelay, .stat = Stat::quantile, .quantile = 0.5}};
  for (int round = 0; round < 2; ++round) {
    for (const auto& view : kinds) EXPECT_THAT(shown(world, view), IsEmpty());
    world.at(kTemperature, "red", "here");  // a gauge never set is as good as none
    world.at(kDelay, "here");
    world.tick(0);
    world.tick(1);
  }
  world.at(kHits, "red", "here");  // a counter is 0 from the start
  EXPECT_THAT(shown(world, kinds[0]), ElementsAre("0"));
}

TEST(View, GaugesSumMaxCount) {
  World world;
  world.at(kTemperature, "red", "here").gauge().set(-3);
  world.at(kTemperature, "green", "here").gauge().set(-1.5);
  world.at(kTemperature, "blue", "here");
  EXPECT_EQ(only(world, {.from = kTemperature, .stat = Stat::sum}), -4.5);
  EXPECT_EQ(only(world, {.from = kTemperature, .stat = Stat::max}), -1.5);
  EXPECT_EQ(only(world, {.from = kTemperature, .stat = Stat::count}), 2);
  world.at(kTemperature, "green", "here").gauge().clear();
  EXPECT_EQ(only(world, {.from = kTemperature, .stat = Stat::sum}), -3);
}

TEST(View, CountOfAHistogramIsItsObservations) {
  World world;
  Histogram(world.at(kDelay, "here")).observe(std::chrono::seconds(1));
  Histogram(world.at(kDelay, "there")).observe(std::chrono::seconds(1));
  Histogram(world.at(kDelay, "there")).observe(std::chrono::seconds(-1));
  EXPECT_EQ(only(world, {.from = kDelay, .stat = Stat::count}), 2);
}

TEST(View, WorstOfAStateset) {
  constexpr OrderDecl kOrder[] = {{"open", 1}, {"ajar", 2}, {"shut", 0}};
  const ViewDecl view{.from = kDoor, .stat = Stat::worst, .order = kOrder};
  enum : std::uint32_t { shut, ajar, open };
  struct Case {
    std::vector<std::uint32_t> states;
    std::optional<double> worst;
  };
  const Case cases[] = {{{}, std::nullopt}, {{shut}, 0},       {{shut, ajar}, 2},
                        {{ajar, open}, 1},  {{open, shut}, 1}, {{open, open}, 1}};
  for (const auto& [states, worst] : cases) {
    World world;
    for (std::size_t i = 0; i < states.size(); ++i) {
      world.at(kDoor, std::to_string(i)).state().set(states[i]);
    }
    EXPECT_EQ(only(world, view), worst);
  }
}

TEST(View, WorstOfGaugesIsOneOnlyIfAllAre) {
  constexpr OrderDecl kOrder[] = {{"", 0}, {"", 1}};
  const ViewDecl view{.from = kRoom, .stat = Stat::worst, .order = kOrder};
  World world;
  EXPECT_EQ(only(world, view), std::nullopt);
  world.at(kRoom, "red", "a").gauge().set(1);
  EXPECT_EQ(only(world, view), 1);
  world.at(kRoom, "red", "b").gauge().set(0);
  EXPECT_EQ(only(world, view), 0);
  world.at(kRoom, "red", "b").gauge().clear();  // no longer configured
  EXPECT_EQ(only(world, view), 1);
}

TEST(View, RatioIsAbsentWithoutADivisor) {
  const ViewDecl view{
      .from = kTemperature, .over = kRoom, .stat = Stat::sum, .scale = 100, .by = kByPlace};
  World world;
  world.at(kTemperature, "red", "here").gauge().set(3);
  world.at(kTemperature, "green", "here").gauge().set(1);
  EXPECT_THAT(shown(world, view), IsEmpty());
  world.at(kRoom, "red", "here").gauge().set(0);
  EXPECT_THAT(shown(world, view), IsEmpty());
  world.at(kRoom, "red", "here").gauge().set(16);
  EXPECT_THAT(shown(world, view), ElementsAre("here:25"));
}

TEST(View, RateNeedsASecondAndThenUsesWhatWasObserved) {
  const ViewDecl view{.from = kHits, .stat = Stat::rate60, .scale = 60};
  World world;
  const Counter hits = world.at(kHits, "red", "here").counter();
  world.tick(0);
  hits.add(5);
  EXPECT_EQ(only(world, view), std::nullopt);
  world.tick(0.75);
  EXPECT_EQ(only(world, view), std::nullopt);
  world.tick(2);
  EXPECT_EQ(only(world, view), 150);  // 5 in 2 s, a minute
  for (int second = 3; second <= 200; ++second) {
    hits.add(static_cast<std::uint64_t>(second));
    world.tick(second);
  }
  // The growth between 140 s and 200 s is 141 + … + 200.
  EXPECT_EQ(only(world, view), 60.0 * (141 + 200) / 2);
}

TEST(View, ASeriesThatAppearsLaterCountsZeroBefore) {
  const ViewDecl view{.from = kHits, .stat = Stat::rate60};
  World world;
  for (int second = 0; second <= 10; ++second) world.tick(second);
  EXPECT_EQ(only(world, view), std::nullopt);
  const Counter red = world.at(kHits, "red", "here").counter();
  red.add(6);
  world.tick(11);
  EXPECT_EQ(only(world, view), 6);  // since 10 s, when it was not there
  world.tick(12);
  EXPECT_EQ(only(world, view), 3);
  world.at(kHits, "green", "here").counter().add(9);
  world.tick(13);
  EXPECT_EQ(only(world, view), 5);  // 15 in 3 s, both together
}

TEST(View, LateTicksAndHolesAreTimedAsTheyWere) {
  const ViewDecl view{.from = kHits, .stat = Stat::rate60};
  World world;
  const Counter hits = world.at(kHits, "red", "here").counter();
  world.tick(0);
  hits.add(100);
  world.tick(40);
  EXPECT_EQ(only(world, view), 2.5);
  hits.add(50);
  world.tick(95);  // what was counted at 40 s had piled up since 0 s
  EXPECT_NEAR(only(world, view).value(), 150.0 / 95, 1e-12);
  world.tick(300);
  EXPECT_EQ(only(world, view), 0);
}

// An engine that stood still for 40 s finds what came meanwhile: it came in all of that time.
TEST(View, WhatPiledUpIsSpreadOverTheTimeInWhichItDid) {
  const ViewDecl view{.from = kHits, .stat = Stat::rate60};
  World world;
  const Counter hits = world.at(kHits, "red", "here").counter();
  for (int second = 0; second <= 100; ++second) {
    hits.add(10);
    world.tick(second);
  }
  world.tick(140);
  hits.add(400);
  for (int second = 141; second <= 260; ++second) {
    hits.add(10);
    world.tick(second);
    EXPECT_NEAR(only(world, view).value(), 10, 1e-9) << second;
  }
}

TEST(View, QuantilesOfTheLastSixtySecondsOnly) {
  const ViewDecl median{.from = kDelay, .stat = Stat::quantile, .quantile = 0.5, .scale = 1000};
  World world;
  const Histogram here(world.at(kDelay, "here"));
  world.tick(0);
  here.observe(std::chrono::milliseconds(100));
  EXPECT_EQ(only(world, median), std::nullopt);  // not in a window before the tick
  world.tick(1);
  EXPECT_NEAR(only(world, median).value(), 100, 1);
  for (int second = 2; second <= 60; ++second) {
    here.observe(std::chrono::milliseconds(-20));
    world.tick(second);
  }
  EXPECT_NEAR(only(world, median).value(), -20, 0.2);
  for (int second = 61; second <= 119; ++second) world.tick(second);
  EXPECT_NEAR(only(world, median).value(), -20, 0.2);  // the one between 59 s and 60 s
  world.tick(121);
  EXPECT_EQ(only(world, median), std::nullopt);
  EXPECT_EQ(world.at(kDelay, "here").snapshot().count,
            1U);  // the histogram has the positive one only
}

TEST(View, QuantilesOverSeveralSeriesAreOfAllValuesTogether) {
  const ViewDecl all{.from = kDelay, .stat = Stat::quantile, .quantile = 0.9};
  const ViewDecl each{.from = kDelay, .stat = Stat::quantile, .quantile = 0.9, .by = kByPlace};
  World world;
  for (int i = 1; i <= 89; ++i) {
    Histogram(world.at(kDelay, "here")).observe(std::chrono::milliseconds(1));
  }
  for (int i = 1; i <= 11; ++i) {
    Histogram(world.at(kDelay, "there")).observe(std::chrono::milliseconds(500));
  }
  world.tick(1);
  EXPECT_NEAR(only(world, all).value(), 0.5, 0.005);  // the 90th of 100
  const Registry::Reading reading(world.registry);
  const auto samples = evaluate(reading, each);
  ASSERT_EQ(samples.size(), 2U);
  EXPECT_NEAR(samples[0].value.real, 0.001, 0.00001);
  EXPECT_NEAR(samples[1].value.real, 0.5, 0.005);
}

// A reading adds a minute up once for all quantiles of the same groups, and only for those.
TEST(View, QuantilesOfOneReadingAreThoseOfReadingsOfTheirOwn) {
  World world;
  for (int i = 1; i <= 100; ++i) {
    Histogram(world.at(kDelay, "here")).observe(std::chrono::milliseconds(i));
    Histogram(world.at(kDelay, "there")).observe(std::chrono::milliseconds(7 * i));
    EXPECT_TRUE(Histogram(world.at(kLoad, "here")).observe_units(i));
  }
  world.tick(1);
  std::vector<ViewDecl> views;
  for (const double q : {0.5, 0.9}) {
    views.push_back({.from = kDelay, .stat = Stat::quantile, .quantile = q});
    views.push_back({.from = kDelay, .stat = Stat::quantile, .quantile = q, .by = kByPlace});
    views.push_back({.from = kDelay, .stat = Stat::quantile, .quantile = q, .by = kByDistance});
    views.push_back({.from = kDelay, .stat = Stat::quantile, .quantile = q, .where = kWhereThere});
    views.push_back({.from = kLoad, .stat = Stat::quantile, .quantile = q});
  }
  std::vector<std::vector<std::string>> alone, together;
  for (const auto& view : views) alone.push_back(shown(world, view));
  const Registry::Reading reading(world.registry);
  for (const auto& view : views) together.push_back(shown(reading, view));
  EXPECT_EQ(together, alone);
  std::ranges::sort(alone);
  EXPECT_EQ(std::ranges::unique(alone).size(), 0U);  // no two views ask for the same
}

TEST(View, QuantilesOfOtherUnitsThanTimesAreInTheExportedOne) {
  World world;
  world.tick(0);
  const Histogram load(world.at(kLoad, "here"));  // hundredths are counted
  for (const int percent : {20, 30, 60}) EXPECT_TRUE(load.observe_units(percent));
  world.tick(1);
  EXPECT_THAT(only(world, {.from = kLoad, .stat = Stat::quantile, .quantile = 0.5}),
              testing::Optional(testing::DoubleNear(0.3, 0.003)));
}

TEST(View, AHistogramUnderCoarserBoundsHasEveryObservation) {
  constexpr std::int64_t kCoarse[] = {100'000'000};
  const ViewDecl all{
      .kind = Kind::histogram, .from = kDelay, .stat = Stat::histogram, .bounds = kCoarse};
  World world;
  for (const int ms : {1, 2, 100}) {  // a bound belongs to its bucket
    Histogram(world.at(kDelay, "here")).observe(std::chrono::milliseconds(ms));
  }
  for (const int ms : {101, 5000}) {
    Histogram(world.at(kDelay, "there")).observe(std::chrono::milliseconds(ms));
  }
  const Registry::Reading reading(world.registry);
  const auto found = evaluate_histogram(reading, all);
  ASSERT_EQ(found.size(), 1U);
  EXPECT_THAT(found[0].value.buckets, ElementsAre(3, 2));
  EXPECT_EQ(found[0].value.count, 5U);
  EXPECT_EQ(found[0].value.sum, 5'204'000'000U);
  const ViewDecl each{.kind = Kind::histogram,
                      .from = kDelay,
                      .stat = Stat::histogram,
                      .by = kByPlace,
                      .bounds = kCoarse};
  const auto apart = evaluate_histogram(reading, each);
  ASSERT_EQ(apart.size(), 2U);
  EXPECT_THAT(apart[0].by, ElementsAre("here"));
  EXPECT_THAT(apart[0].value.buckets, ElementsAre(3, 0));
  EXPECT_THAT(apart[1].value.buckets, ElementsAre(0, 2));
}

TEST(View, RateOfSeconds) {
  const InstrumentDecl work[] = {{.name = "work_seconds",
                                  .exported = "x_work_seconds_total",
                                  .kind = Kind::counter,
                                  .help = "Work.",
                                  .unit = "seconds",
                                  .rated = true,
                                  .fractional = true}};
  const Schema schema{{}, work, {}, kNone};
  const ViewDecl percent{.from = 0, .stat = Stat::rate60, .scale = 100};
  Registry registry(schema);
  const FractionalCounter cell = registry.series(0, {}).fractional_counter();
  for (int second = 0; second <= 10; ++second) {
    registry.tick(base::Instant(std::chrono::seconds(second)));
    cell.add(0.25);
  }
  const Registry::Reading reading(registry);
  const auto samples = evaluate(reading, percent);
  ASSERT_EQ(samples.size(), 1U);
  EXPECT_NEAR(samples[0].value.real, 25, 1e-6);
}

TEST(Read, ByName) {
  World world;
  world.at(kRoom, "red", "here").gauge().set(2);
  EXPECT_EQ(value(world.registry, "field"), 2);
  EXPECT_EQ(value(world.registry, "x_room"), 2);
  EXPECT_EQ(value(world.registry, "no_such_name"), std::nullopt);
  EXPECT_EQ(value(world.registry, "x_temperature"), std::nullopt);
  world.at(kDoor, "here").state().set(1);
  const auto doors = samples(world.registry, "x_door");
  ASSERT_EQ(doors.size(), 1U);
  EXPECT_EQ(doors[0].labels[0].name, "where");
  EXPECT_EQ(doors[0].labels[0].value, "here");
  EXPECT_EQ(doors[0].labels[1].value, "ajar");
}

}  // namespace
}  // namespace tickwitness::telemetry
