#include "sim/checkers/staleness.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "sim/checkers/shown_for_tests.h"

namespace tickwitness::sim {
namespace {

using namespace std::chrono_literals;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::SizeIs;

constexpr auto kFound = "tickwitness_feed_subscription_stale_total";

struct Moment {
  base::Duration silence;
  StreamState shown;
  std::size_t told;
};

// The threshold of trades is 20 s.
TEST(Staleness, WithinASecondAndNeverTooSoon) {
  using enum StreamState;
  const Moment cases[] = {
      {19s, live, 0},         {20'999ms, live, 0}, {21s, live, 1},    {21s, pending, 1},
      {20'001ms, suspect, 0}, {40s, suspect, 0},   {19s, suspect, 1}, {500ms, suspect, 0},
      {1s, suspect, 1},       {40s, refused, 1},
  };
  for (const auto& c : cases) {
    Wire wire;
    wire.serve_trades();
    wire.pass(c.silence);
    Shown shown(wire);
    shown.state("BTC-USD", "trade", c.shown);
    Staleness checker;
    Watch watch(checker, wire);
    watch.scrape(shown);
    EXPECT_THAT(watch.said(), SizeIs(c.told)) << c.silence.count() << to_string(c.shown);
  }
}

TEST(Staleness, AStreamWithoutAConnectionIsNeverSuspect) {
  Wire wire;
  wire.serve_trades();
  wire.end();
  wire.pass(60s);
  Staleness checker;
  Watch watch(checker, wire);
  watch.scrape();
  EXPECT_THAT(watch.said(), IsEmpty());
  Shown shown(wire);
  shown.state("BTC-USD", "trade", StreamState::suspect);
  watch.scrape(shown);
  EXPECT_THAT(watch.said(), ElementsAre(HasSubstr("shown suspect, and pending")));
}

TEST(Staleness, ThePageIsHeldToTheSamePromise) {
  Wire wire;
  wire.serve_trades();
  wire.pass(22s);
  PageEvent event{.event = "kraken_metrics"};
  const auto arrive = [&](base::Duration age, const std::string& state) {
    const auto millis =
        std::chrono::floor<std::chrono::milliseconds>((wire.now().wall - age).time_since_epoch());
    event.json =
        parse_json(R"({"timestamp":)" + std::to_string(millis.count()) +
                   R"(,"pairs":{"BTC-USD":{"streams":{"trade":{"state":")" + state + R"("}}}}})");
    Staleness checker;
    Watch watch(checker, wire);
    checker.on_event({.at = wire.elapsed, .now = wire.now(), .event = event, .ledger = wire.ledger},
                     watch.report);
    return watch.said().size();
  };
  EXPECT_EQ(arrive(0ms, "suspect"), 0U);
  EXPECT_EQ(arrive(200ms, "live"), 1U);
  EXPECT_EQ(arrive(400ms, "live"), 0U);  // it was under way and says what was
  EXPECT_EQ(arrive(-10s, "live"), 0U);   // the clock was set back
  event.event = "heartbeat";
  EXPECT_EQ(arrive(0ms, "live"), 0U);
}

TEST(Staleness, ReportsTheLongestDelay) {
  Wire wire;
  wire.serve_trades();
  Staleness checker;
  Watch watch(checker, wire);
  const Shown live(wire);
  for (const auto step : {20'300ms, 400ms, 100ms}) {
    wire.pass(step);
    watch.scrape(live);
  }
  wire.pass(100ms);
  watch.scrape();
  Shown shown(wire);
  shown.series[kFound] = 1;
  watch.rest(shown);
  EXPECT_THAT(watch.report.failed(), IsEmpty());
  ASSERT_THAT(watch.report.bounds(), SizeIs(3));
  EXPECT_DOUBLE_EQ(watch.report.bounds()[0].measured, 0.8);
}

constexpr auto kMissed = "silences not found";
constexpr auto kInvented = "silences invented";

struct Count {
  base::Duration silence;
  double shown;
  std::vector<std::string> wrong;  // at rest
};

TEST(Staleness, EachSilenceIsCountedOnce) {
  const Count cases[] = {
      {10s, 0, {}},        {10s, 1, {kInvented}},      {20'500ms, 0, {}},
      {20'500ms, 1, {}},   {20'500ms, 2, {kInvented}}, {30s, 1, {}},
      {30s, 0, {kMissed}}, {30s, 2, {kInvented}},
  };
  for (const auto& c : cases) {
    Wire wire;
    wire.serve_trades();
    wire.pass(c.silence);
    wire.trades();
    Shown shown(wire);
    shown.series[kFound] = c.shown;
    Staleness checker;
    Watch watch(checker, wire);
    watch.rest(shown);
    EXPECT_EQ(watch.wrong(), c.wrong) << c.silence.count() << " " << c.shown;
  }
}

TEST(Staleness, MoreThanThereWereIsToldAtOnce) {
  Wire wire;
  wire.serve_trades();
  Shown shown(wire);
  shown.series[kFound] = 1;
  Staleness checker;
  Watch watch(checker, wire);
  watch.scrape(shown);
  EXPECT_THAT(watch.said(), ElementsAre(HasSubstr("shows 1, the record has 0")));
}

TEST(Staleness, NoSubscriptionIsNothingProven) {
  Wire wire;
  Staleness checker;
  Watch watch(checker, wire);
  for (int i = 0; i < 3; ++i) watch.scrape();
  watch.rest();
  EXPECT_THAT(watch.report.failed(), ElementsAre("staleness.violations"));
}

}  // namespace
}  // namespace tickwitness::sim
