#include "sim/checkers/gaps.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "sim/checkers/shown_for_tests.h"

namespace tickwitness::sim {
namespace {

using testing::Contains;
using testing::IsEmpty;

// Trades 1 to 8 but 4 and 5 reached the engine; of BTC-USD.
struct World {
  Wire wire;
  World() {
    wire.serve_trades();  // 1 and 2
    wire.trades(1);       // 3
    wire.next_id[0] += 2;
    wire.trades(3);  // 6 to 8
  }
  Shown shown() {
    Shown all(wire);
    all.series["tickwitness_feed_trades_total{symbol=BTC-USD,origin=live}"] = 6;
    all.series["tickwitness_feed_trades_missing_total{symbol=BTC-USD}"] = 2;
    all.series["tickwitness_feed_trades_recovered_total{symbol=BTC-USD}"] = 0;
    all.series["tickwitness_trade_completeness_ratio{symbol=BTC-USD}"] = 0.75;
    return all;
  }
};

std::vector<std::string> wrong(World& world, Shown shown, bool whole = false) {
  Gaps checker(whole);
  Watch watch(checker, world.wire);
  watch.rest(shown);
  return watch.report.failed();
}

TEST(Gaps, TheTruthIsSilent) {
  World world;
  EXPECT_THAT(wrong(world, world.shown()), IsEmpty());
}

TEST(Gaps, EachLieIsNamed) {
  World world;
  const std::pair<const char*, double> lies[] = {
      {"tickwitness_feed_trades_total{symbol=BTC-USD,origin=live}", 1},
      {"tickwitness_feed_trades_missing_total{symbol=BTC-USD}", -1},
      {"tickwitness_feed_trades_recovered_total{symbol=BTC-USD}", 1},
      {"tickwitness_trade_completeness_ratio{symbol=BTC-USD}", 0.00001},
  };
  for (const auto& [series, more] : lies) {
    Shown shown = world.shown();
    shown.series[series] += more;
    EXPECT_EQ(wrong(world, shown).size(), 1U) << series;
  }
}

TEST(Gaps, WhatTheExchangeCouldHaveToldIsNotMissingAtTheEnd) {
  World world;
  EXPECT_THAT(wrong(world, world.shown(), true), Contains("gaps.BTC-USD missing at the end"));
  const std::uint64_t found[] = {4, 5, 6, 7, 8, 9};
  world.wire.ledger.on_rest(0, found);
  Shown shown = world.shown();
  shown.series["tickwitness_feed_trades_total{symbol=BTC-USD,origin=rest}"] = 2;
  shown.series["tickwitness_feed_trades_recovered_total{symbol=BTC-USD}"] = 2;
  shown.series["tickwitness_trade_completeness_ratio{symbol=BTC-USD}"] = 1;
  EXPECT_THAT(wrong(world, shown, true), IsEmpty());
}

}  // namespace
}  // namespace tickwitness::sim
