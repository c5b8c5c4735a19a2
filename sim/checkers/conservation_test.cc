#include "sim/checkers/conservation.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "sim/checkers/shown_for_tests.h"

namespace tickwitness::sim {
namespace {

using testing::Contains;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::SizeIs;

void some_traffic(Wire& wire) {
  wire.serve_trades();
  wire.trades(3);
  wire.trades(1, false, 1);
  wire.deliver({.kind = SentKind::heartbeat}, 23);
  wire.deliver({.kind = SentKind::malformed, .reason = "json"}, 9);
}

TEST(Conservation, TheTruthIsSilent) {
  Wire wire;
  some_traffic(wire);
  Conservation checker;
  Watch watch(checker, wire);
  watch.scrape();
  watch.rest();
  EXPECT_THAT(watch.report.failed(), IsEmpty());
  EXPECT_GT(watch.report.equalities().size(), 40U);
}

TEST(Conservation, AFrameOfNoUseIsUnsupportedOrMalformedOrRefused) {
  Wire wire;
  wire.deliver({.kind = SentKind::malformed, .reason = "unsupported"});
  wire.deliver({.kind = SentKind::rate_exceeded});
  Shown shown(wire);
  shown.series["tickwitness_feed_frames_malformed_total{reason=unsupported}"] = 0;
  shown.series["tickwitness_feed_frames_total{kind=malformed}"] = 0;
  shown.series["tickwitness_feed_frames_total{kind=unsupported}"] = 1;
  shown.series["tickwitness_feed_frames_total{kind=refused}"] = 1;
  Conservation checker;
  Watch watch(checker, wire);
  watch.scrape(shown);
  watch.rest(shown);
  EXPECT_THAT(watch.report.failed(), IsEmpty());
}

struct Lie {
  std::string series;
  double more;
  std::size_t told;  // figures that are no longer right
};

TEST(Conservation, EachLieIsNamedAtOnceAndAtRest) {
  const Lie cases[] = {
      {"tickwitness_feed_frames_total{kind=trades}", 1, 2},
      {"tickwitness_feed_frames_total{kind=heartbeat}", -1, 2},
      {"tickwitness_feed_frames_total{kind=candles}", 1, 2},
      {"tickwitness_feed_bytes_total", 1, 1},
      {"tickwitness_feed_frames_malformed_total{reason=json}", 1, 2},
      {"tickwitness_feed_frames_malformed_total{reason=bad_time}", 1, 2},
      {"tickwitness_feed_events_total{symbol=BTC-USD,channel=trade}", -1, 2},
      {"tickwitness_feed_events_total{symbol=ETH-USD,channel=spread}", 1, 2},
      {"tickwitness_feed_events_total{symbol=other,channel=trade}", 1, 1},
      {"tickwitness_feed_updates_total{symbol=BTC-USD,channel=trade}", 2, 2},
      {"kraken_events_processed_total{event_type=trade}", 1, 1},
      {"kraken_events_processed_total{event_type=ohlc}", 1, 1},
      {"tickwitness_pipeline_ticks_received_total", -1, 1},
      {"trading_ticks_received_total", -1, 1},
      {"tickwitness_pipeline_ticks_processed_total", -1, 2},
      {"trading_ticks_processed_total", -1, 1},
      {"tickwitness_pipeline_ring_depth{ring=ingest}", 1, 1},
      {"tickwitness_pipeline_dropped_total{ring=ingest}", 1, 1},
      {"tickwitness_feed_entries_skipped_total", 1, 1},
      {"tickwitness_feed_stamps_implausible_total", 1, 1},
  };
  for (const auto& c : cases) {
    Wire wire;
    some_traffic(wire);
    Shown shown(wire);
    shown.series[c.series] += c.more;
    Conservation checker;
    Watch watch(checker, wire);
    watch.scrape(shown);
    EXPECT_THAT(watch.said(), SizeIs(c.told)) << c.series;
    const std::string family = c.series.substr(0, c.series.find('{'));
    EXPECT_THAT(watch.said(), Contains(HasSubstr(family))) << c.series;
    watch.rest(shown);
    EXPECT_THAT(watch.wrong(), SizeIs(c.told)) << c.series;
  }
}

TEST(Conservation, SaysTheSeriesAndBothNumbers) {
  Wire wire;
  some_traffic(wire);
  Shown shown(wire);
  shown.series["tickwitness_feed_events_total{symbol=BTC-USD,channel=trade}"] = 4;
  shown.series["tickwitness_feed_events_total{symbol=ETH-USD,channel=trade}"] = 2;
  Conservation checker;
  Watch watch(checker, wire);
  watch.scrape(shown);
  EXPECT_THAT(
      watch.said(),
      ElementsAre(
          "tickwitness_feed_events_total{symbol=\"BTC-USD\",channel=\"trade\"} shows 4, the "
          "record has 5",
          "tickwitness_feed_events_total{symbol=\"ETH-USD\",channel=\"trade\"} shows 2, the "
          "record has 1"));
}

// Of two venues, each with a scrape of its own series, the first answers for the pipeline.
TEST(Conservation, TwoVenuesShareAPipeline) {
  Wire wire;
  some_traffic(wire);
  Wire other;
  some_traffic(other);
  const Shown alone(wire);
  const double ticks = alone.series.at("tickwitness_pipeline_ticks_received_total");
  for (const double shown_ticks : {ticks, 2 * ticks}) {
    Shown shown(wire);
    for (const auto* const family :
         {"tickwitness_pipeline_ticks_received_total", "trading_ticks_received_total",
          "tickwitness_pipeline_ticks_processed_total", "trading_ticks_processed_total"}) {
      shown.series[family] = shown_ticks;
    }
    Conservation first({}, {.second = &other.ledger});
    Watch of_both(first, wire);
    of_both.rest(shown);
    EXPECT_EQ(of_both.wrong().empty(), shown_ticks == 2 * ticks);
    shown.series.erase("kraken_events_processed_total{event_type=trade}");
    Conservation second({}, {.is_second = true, .is_kraken = false});
    Watch of_one(second, wire);
    of_one.rest(shown);
    EXPECT_THAT(of_one.wrong(), IsEmpty());
    shown.series["tickwitness_feed_frames_total{kind=trades}"] += 1;
    of_one.rest(shown);
    EXPECT_FALSE(of_one.wrong().empty());
  }
}

TEST(Conservation, AfterALossyWayOfTheSecondWhatBothShareIsABound) {
  Wire wire, other;
  some_traffic(wire);
  some_traffic(other);
  const double ticks = Shown(wire).series.at("tickwitness_pipeline_ticks_received_total");
  for (const auto& [shown_ticks, wrong] :
       {std::pair(2 * ticks - 1, false), std::pair(2 * ticks + 1, true)}) {
    Shown shown(wire);
    for (const auto* const family :
         {"tickwitness_pipeline_ticks_received_total", "trading_ticks_received_total",
          "tickwitness_pipeline_ticks_processed_total", "trading_ticks_processed_total"}) {
      shown.series[family] = shown_ticks;
    }
    Conservation first({}, {.second = &other.ledger, .second_lossy = true});
    Watch of_both(first, wire);
    of_both.rest(shown);
    EXPECT_EQ(!of_both.wrong().empty(), wrong);
    shown.series["tickwitness_feed_frames_total{kind=trades}"] -= 1;  // what is its own is not
    of_both.rest(shown);
    EXPECT_FALSE(of_both.wrong().empty());
  }
}

TEST(Conservation, AfterALossyWayTheRecordIsABound) {
  for (const auto& [more, told] : {std::pair(-1.0, 0U), std::pair(1.0, 2U)}) {
    Wire wire;
    some_traffic(wire);
    Shown shown(wire);
    shown.series["tickwitness_feed_frames_total{kind=trades}"] += more;
    Conservation checker(Way{.lossy = true});
    Watch watch(checker, wire);
    watch.rest(shown);
    EXPECT_THAT(watch.wrong(), SizeIs(told));
    EXPECT_THAT(watch.report.equalities(), IsEmpty());
    EXPECT_GT(watch.report.bounds().size(), 40U);
  }
}

TEST(Conservation, NothingDeliveredIsNothingProven) {
  Wire wire;
  Conservation checker;
  Watch watch(checker, wire);
  for (int i = 0; i < 3; ++i) watch.scrape();
  watch.rest();
  EXPECT_THAT(watch.report.failed(), ElementsAre("conservation.violations"));
}

}  // namespace
}  // namespace tickwitness::sim
