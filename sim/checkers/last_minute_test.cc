#include "sim/checkers/last_minute.h"

#include <fmt/format.h>
#include <gmock/gmock.h>

#include "sim/checkers/trial_for_tests.h"

namespace tickwitness::sim {
namespace {

using namespace std::chrono_literals;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

// A product's gauges; a negative p50 stands for absent ones.
std::string shown(double p50, double p95, double p99, double trades) {
  std::string text;
  for (const auto& [name, value] : {std::pair("50", p50), {"95", p95}, {"99", p99}}) {
    if (p50 >= 0) {
      text += fmt::format("kraken_ws_latency_p{}_ms{{pair=\"BTC-USD\"}} {}\n", name, value);
    }
  }
  return text + fmt::format("kraken_trades_per_minute {}\n", trades);
}

// One trade a second, each `latency` late, for so long.
void trade(Trial& trial, base::Duration length, base::Duration latency) {
  for (base::Duration passed{0}; passed < length; passed += 1s) {
    trial.wire.pass(1s);
    Parcel parcel = data_parcel(WireChannel::trade, 0, 1, false);
    parcel.stamps = 1;
    parcel.stamp[0] = trial.wire.now().wall - latency;
    trial.wire.deliver(parcel);
  }
}

TEST(LastMinute, GaugesThatTellOfTheMinuteAreRight) {
  Trial trial;
  LastMinuteChecker checker;
  trial.wire.attempt();
  trade(trial, 90s, 8ms);
  for (const double value : {8.0, 8.07, 7.93}) {
    trial.scrape(checker, shown(value, value, value, 60));
  }
  for (const double rate : {58.0, 62.0}) trial.scrape(checker, shown(8, 8, 8, rate));
  trial.rest(checker);
  EXPECT_THAT(trial.faults(), IsEmpty());
}

TEST(LastMinute, AFrozenGaugeIsSeen) {
  Trial trial;
  LastMinuteChecker checker;
  trial.wire.attempt();
  trade(trial, 90s, 8ms);
  trade(trial, 50s, 20ms);
  trial.scrape(checker, shown(8, 20, 20, 60));  // most of the minute came later than that
  EXPECT_THAT(trial.faults(), ElementsAre(HasSubstr("p50_ms of BTC-USD is 8, must lie from 19.")));
  trade(trial, 15s, 20ms);
  trial.scrape(checker, shown(20, 20, 8, 60));
  EXPECT_THAT(trial.faults(), ElementsAre(HasSubstr("p99_ms of BTC-USD is 8, must lie from 19.")));
  trial.wire.pass(30s);
  trial.scrape(checker, shown(20, 20, 20, 60));
  EXPECT_THAT(trial.faults(), ElementsAre(HasSubstr("per_minute is 60, must lie from 2")));
}

TEST(LastMinute, WhatCameLastMayCountOrNot) {
  Trial trial;
  LastMinuteChecker checker;
  trial.wire.attempt();
  trade(trial, 61s, 8ms);
  trade(trial, 1s, 90ms);  // just now: the window may end before it
  for (const double p99 : {8.0, 90.0}) {
    trial.scrape(checker, shown(8, 8, p99, 60));
    EXPECT_THAT(trial.faults(), IsEmpty()) << p99;
  }
  trial.scrape(checker, shown(8, 8, 120, 60));
  EXPECT_THAT(trial.faults(), ElementsAre(HasSubstr("p99_ms of BTC-USD is 120")));
}

TEST(LastMinute, NothingIsShownWhereNothingCameAndSomethingWhereItDid) {
  Trial trial;
  LastMinuteChecker checker;
  trial.wire.attempt();
  trade(trial, 10s, 8ms);
  trial.scrape(checker, shown(-1, 0, 0, 60));
  EXPECT_THAT(trial.faults(), testing::Each(HasSubstr("is absent, and ")));
  trial.wire.pass(70s);
  trial.scrape(checker, shown(-1, 0, 0, 0));
  EXPECT_THAT(trial.faults(), IsEmpty());
  trial.scrape(checker, shown(8, 8, 8, 0));
  EXPECT_THAT(trial.faults(), testing::Each(HasSubstr("nothing came for a minute")));
}

TEST(LastMinute, NegativeLatenciesCountAsTheyAre) {
  Trial trial;
  LastMinuteChecker checker;
  trial.wire.attempt();
  trade(trial, 90s, -40ms);
  trial.scrape(checker, shown(0, 0, 0, 60));
  EXPECT_THAT(trial.faults(), testing::Each(HasSubstr("must lie from -40.")));
}

TEST(LastMinute, NoVerdictOnAnEngineThatStandsStillNorOnAYoungRate) {
  Trial trial;
  LastMinuteChecker checker;
  trial.wire.attempt();
  trade(trial, 30s, 8ms);
  trial.scrape(checker, shown(8, 8, 8, 999));
  EXPECT_THAT(trial.faults(), IsEmpty());
  trial.wire.ledger.on_stall(trial.wire.now().mono, trial.wire.now().mono + 20s);
  trial.wire.pass(21s);
  trial.scrape(checker, shown(1, 2, 3, 999));
  EXPECT_THAT(trial.faults(), IsEmpty());
}

// Sixty trades a minute; those of a stall of 40 s come at its end, late.
TEST(LastMinute, WhatPiledUpInAStallIsNotStretchedOverTheRestOfTheMinute) {
  Trial trial;
  LastMinuteChecker checker;
  trial.wire.attempt();
  trade(trial, 90s, 8ms);
  trial.wire.ledger.on_stall(trial.wire.now().mono, trial.wire.now().mono + 40s);
  trial.wire.pass(40s);
  Parcel parcel = data_parcel(WireChannel::trade, 0, 1, false);
  parcel.stamps = 1;
  parcel.stamp[0] = trial.wire.now().wall - 20s;
  for (int i = 0; i < 40; ++i) trial.wire.deliver(parcel);
  trade(trial, 25s, 8ms);
  trial.scrape(checker, shown(8, 20'000, 20'000, 60));
  EXPECT_THAT(trial.faults(), IsEmpty());
  trial.scrape(checker, shown(8, 8, 8, 60));  // the tick that told of the stall may have had them
  EXPECT_THAT(trial.faults(), IsEmpty());
  trial.scrape(checker, shown(8, 8, 8, 65.0 * 60 / 25));
  EXPECT_THAT(trial.faults(), ElementsAre(HasSubstr("per_minute is 156, must lie from ")));
  trial.scrape(checker, shown(8, 8, 8, 20));
  EXPECT_THAT(trial.faults(), ElementsAre(HasSubstr("per_minute is 20, must lie from ")));
  trial.scrape(checker, shown(7, 8, 8, 60));
  EXPECT_THAT(trial.faults(), ElementsAre(HasSubstr("p50_ms of BTC-USD is 7")));
  trade(trial, 70s, 8ms);
  trial.scrape(checker, shown(8, 8, 8, 55));
  EXPECT_THAT(trial.faults(), ElementsAre(HasSubstr("per_minute is 55, must lie from 56")));
}

}  // namespace
}  // namespace tickwitness::sim
