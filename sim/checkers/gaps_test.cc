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
    all.series["tickwitness_feed_trades_lost_total{symbol=BTC-USD}"] = 0;
    all.series["tickwitness_feed_trades_returned_total{symbol=BTC-USD}"] = 0;
    all.series["tickwitness_feed_trades_held{symbol=BTC-USD}"] = 0;
    all.series["tickwitness_trade_completeness_ratio{symbol=BTC-USD}"] = 0.75;
    return all;
  }
  // Of a product that got 4 and 5 over REST, where `missing` were found missing.
  Shown filled(Shown all, double missing) {
    const std::uint64_t found[] = {4, 5};
    wire.ledger.on_rest(0, found);
    all.series["tickwitness_feed_trades_total{symbol=BTC-USD,origin=rest}"] = 2;
    all.series["tickwitness_feed_trades_missing_total{symbol=BTC-USD}"] = missing;
    all.series["tickwitness_feed_trades_recovered_total{symbol=BTC-USD}"] = missing;
    all.series["tickwitness_feed_trades_lost_total{symbol=BTC-USD}"] = 0;
    all.series["tickwitness_feed_trades_returned_total{symbol=BTC-USD}"] = 0;
    all.series["tickwitness_trade_completeness_ratio{symbol=BTC-USD}"] = 1;
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

// Nothing is missing, lost or held back: a figure that is not there would read as the same 0.
TEST(Gaps, WhatIsNoLongerExportedIsNamed) {
  World world;
  const Shown whole = world.filled(world.shown(), 0);
  EXPECT_THAT(wrong(world, whole), IsEmpty());
  for (const auto* const zero : {"missing_total", "recovered_total", "lost_total", "held"}) {
    Shown shown = whole;
    const std::string series = fmt::format("tickwitness_feed_trades_{}{{symbol=BTC-USD}}", zero);
    ASSERT_EQ(shown.series.erase(series), 1U);
    EXPECT_THAT(wrong(world, shown), testing::ElementsAre("gaps.violations")) << zero;
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

// What the API tells of the same world, once 4 and 5 were given up.
constexpr std::string_view kToldRightly =
    R"({"gaps":[{"id":1,"symbol":"BTC-USD","channel":"trade","from":4,"missing":0,"lost":2,)"
    R"("state":"unrecoverable","reason":"REST does not have them"}],)"
    R"("completeness":[{"symbol":"BTC-USD","received":6,"missing":2}]})";

std::vector<std::string> judge(World& world, const Shown& shown, std::string gaps, bool excused) {
  Gaps checker([=](std::size_t, std::uint64_t) { return excused; });
  Watch watch(checker, world.wire);
  watch.at(shown, [&](const Observation& seen) {
    Observation with = seen;
    with.gaps = gaps;
    checker.at_rest(with, watch.report);
  });
  std::vector<std::string> said = watch.said();
  for (const auto& wrong : watch.wrong()) said.push_back(wrong);
  return said;
}

struct Lost : World {
  Shown shown() {
    Shown all = World::shown();
    all.series["tickwitness_feed_trades_lost_total{symbol=BTC-USD}"] = 2;
    all.series["tickwitness_feed_trades_returned_total{symbol=BTC-USD}"] = 0;
    return all;
  }
};

TEST(Gaps, WhatIsMissingIsGivenUpForAReason) {
  Lost world;
  EXPECT_THAT(judge(world, world.shown(), std::string(kToldRightly), true), IsEmpty());
  EXPECT_THAT(judge(world, world.shown(), std::string(kToldRightly), false),
              testing::ElementsAre("BTC-USD: trades 4 to 5 are missing, and REST has them"));
  Shown silent = world.shown();
  silent.series["tickwitness_feed_trades_lost_total{symbol=BTC-USD}"] = 0;
  EXPECT_THAT(judge(world, silent, std::string(kToldRightly), true),
              testing::ElementsAre("BTC-USD given up"));
}

TEST(Gaps, WhatWasGivenUpAndCameIsNotMissing) {
  Lost world;
  const std::uint64_t came[] = {5};
  world.wire.ledger.on_rest(0, came);
  Shown shown = world.shown();
  shown.series["tickwitness_feed_trades_total{symbol=BTC-USD,origin=rest}"] = 1;
  shown.series["tickwitness_feed_trades_recovered_total{symbol=BTC-USD}"] = 1;
  shown.series["tickwitness_feed_trades_returned_total{symbol=BTC-USD}"] = 1;
  shown.series["tickwitness_trade_completeness_ratio{symbol=BTC-USD}"] = 7.0 / 8;
  std::string told(kToldRightly);
  told.replace(told.find(R"("lost":2)"), 8, R"("lost":1)");
  told.replace(told.find(R"("received":6)"), 12, R"("received":7)");
  told.replace(told.find(R"("missing":2})"), 12, R"("missing":1})");
  EXPECT_THAT(judge(world, shown, told, true), IsEmpty());
  shown.series["tickwitness_feed_trades_returned_total{symbol=BTC-USD}"] = 0;
  EXPECT_THAT(judge(world, shown, told, true), testing::ElementsAre("BTC-USD given up"));
}

// Of a filled hole everything is 0 or null, and an absent field would be as well.
TEST(Gaps, WhatTheAnswerNoLongerTellsIsNamed) {
  constexpr std::string_view kFilled =
      R"({"gaps":[{"id":1,"symbol":"BTC-USD","channel":"trade","from":4,"missing":0,"lost":0,)"
      R"("state":"filled","reason":null}],)"
      R"("completeness":[{"symbol":"BTC-USD","received":8,"missing":0}]})";
  const std::string fields[] = {
      R"("id":1,)",   R"("channel":"trade",)", R"("from":4,)",      R"("missing":0,)",
      R"("lost":0,)", R"("state":"filled",)",  R"(,"reason":null)", R"(,"missing":0)",
  };
  Lost world;
  const Shown shown = world.filled(world.shown(), 2);
  EXPECT_THAT(judge(world, shown, std::string(kFilled), true), IsEmpty());
  for (const auto& field : fields) {
    std::string told(kFilled);
    told.erase(told.rfind(field), field.size());
    EXPECT_EQ(judge(world, shown, told, true).size(), 1U) << field;
  }
}

TEST(Gaps, EachLieOfTheAnswerIsNamed) {
  const std::pair<std::string, std::string> lies[] = {
      {R"("state":"unrecoverable")", R"("state":"filling")"},
      {R"("state":"unrecoverable")", R"("state":"filled")"},
      {R"("reason":"REST does not have them")", R"("reason":null)"},
      {R"("missing":0)", R"("missing":1)"},
      {R"("lost":2)", R"("lost":1)"},
      {R"("received":6)", R"("received":7)"},
      {R"("missing":2})", R"("missing":1})"},
      {R"("completeness")", R"("else")"},
      {R"("missing":0)", R"("missing":null)"},
  };
  for (const auto& [truth, lie] : lies) {
    Lost world;
    std::string told(kToldRightly);
    told.replace(told.find(truth), truth.size(), lie);
    EXPECT_EQ(judge(world, world.shown(), told, true).size(), 1U) << lie;
  }
}

}  // namespace
}  // namespace tickwitness::sim
