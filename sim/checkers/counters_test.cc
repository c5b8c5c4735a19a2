#include "sim/checkers/counters.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "sim/checkers/shown_for_tests.h"

namespace tickwitness::sim {
namespace {

using namespace std::chrono_literals;
using Reason = runtime::CloseReason;
using testing::Contains;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::SizeIs;

// A failed attempt, a lost connection, a refusal, a trip; on two links, one of which is no more.
void a_life(Wire& wire) {
  wire.fail();
  wire.serve_trades();
  wire.ask(R"("ticker")");
  wire.answer(SentKind::refused, WireChannel::ticker);
  wire.end(Reason::reset);
  wire.fail();
  wire.pass(50s);
  wire.serve_trades();
  wire.open(2);
  wire.ledger.on_retired(2, wire.now());
}

TEST(Counters, TheTruthIsSilent) {
  Wire wire;
  a_life(wire);
  Counters checker;
  Watch watch(checker, wire);
  watch.scrape();
  watch.rest();
  EXPECT_THAT(watch.report.failed(), IsEmpty());
  EXPECT_GT(watch.report.equalities().size(), 30U);
}

struct Lie {
  std::string series;
  std::size_t told;  // figures that are no longer right
};

TEST(Counters, TooMuchIsFoundAtOnceTooLittleAtRest) {
  const Lie cases[] = {
      {"tickwitness_feed_acks_total", 1},
      {"tickwitness_feed_refusals_total", 1},
      {"tickwitness_feed_connection_attempts_total{connection=1}", 1},
      {"trading_ws_connections_total", 1},
      {"tickwitness_feed_reconnect_attempts_total{connection=1}", 1},
      {"trading_ws_reconnects_total", 1},
      {"tickwitness_feed_reconnects_total{connection=1}", 1},
      {"kraken_ws_reconnects_total", 1},
      {"tickwitness_feed_disconnections_total{connection=1,reason=reset}", 2},
      {"tickwitness_feed_disconnections_total{connection=2,reason=local}", 2},
      {"trading_ws_disconnections_total", 1},
      {"tickwitness_feed_connection_failures_total{connection=1,reason=refused}", 2},
      {"tickwitness_breaker_trips_total{connection=1}", 1},
      {"circuit_breaker_trips_total", 1},
  };
  for (const auto& c : cases) {
    for (const double more : {1.0, -1.0}) {
      Wire wire;
      a_life(wire);
      Shown shown(wire);
      shown.series[c.series] += more;
      Counters checker;
      Watch watch(checker, wire);
      watch.scrape(shown);
      EXPECT_THAT(watch.said(), SizeIs(more > 0 ? c.told : 0)) << c.series;
      watch.rest(shown);
      EXPECT_THAT(watch.wrong(), SizeIs(c.told)) << c.series;
      EXPECT_THAT(watch.wrong(), Contains(HasSubstr(c.series.substr(0, c.series.find('{')))));
    }
  }
}

TEST(Counters, WhereOthersAreFollowedTheSumsOfDialectsAreNotItsOwn) {
  Wire wire;
  a_life(wire);
  Shown shown(wire);
  shown.series["trading_ws_connections_total"] += 1;
  shown.series["kraken_ws_reconnects_total"] += 1;
  for (const bool alone : {true, false}) {
    Counters checker(alone);
    Watch watch(checker, wire);
    watch.rest(shown);
    EXPECT_THAT(watch.wrong(), SizeIs(alone ? 2 : 0));
  }
}

TEST(Counters, UnderAnotherReasonIsNotTheSame) {
  Wire wire;
  a_life(wire);
  Shown shown(wire);
  shown.series["tickwitness_feed_disconnections_total{connection=1,reason=reset}"] = 0;
  shown.series["tickwitness_feed_disconnections_total{connection=1,reason=remote}"] = 1;
  Counters checker;
  Watch watch(checker, wire);
  watch.scrape(shown);
  EXPECT_THAT(watch.said(), ElementsAre(HasSubstr("remote")));
  watch.rest(shown);
  EXPECT_THAT(watch.wrong(), SizeIs(2));
}

struct Price {
  std::string_view what;
  void (*happens)(Wire&);
  std::optional<double> shown;
  std::size_t told;
};

TEST(Counters, TheLastPriceIsTheLastTradesAtEveryMoment) {
  const Price cases[] = {
      {"right", [](Wire&) {}, 100.2, 0},
      {"a tick off", [](Wire&) {}, 100.3, 1},
      {"absent while trades come", [](Wire&) {}, std::nullopt, 1},
      {"of the trade before", [](Wire& w) { w.trades(7); }, 100.2, 1},
      {"kept over a lost connection", [](Wire& w) { w.end(); }, 100.2, 0},
      {"forgotten, since taken back",
       [](Wire& w) { w.ask(R"("trade")", R"("BTC/USD")", 1, "unsubscribe"); }, std::nullopt, 0},
  };
  for (const auto& c : cases) {
    Wire wire;
    wire.serve_trades();
    c.happens(wire);
    Shown shown(wire);
    const std::string series = "tickwitness_market_last_price{symbol=BTC-USD}";
    shown.series.erase(series);
    if (c.shown) shown.series[series] = *c.shown;
    Counters checker;
    Watch watch(checker, wire);
    watch.scrape(shown);
    EXPECT_THAT(watch.said(), SizeIs(c.told)) << c.what;
    watch.rest(shown);
    EXPECT_THAT(watch.wrong(), SizeIs(c.told)) << c.what;
  }
}

TEST(Counters, ADroppedTradeMayHaveBeenTheLast) {
  Wire wire;
  wire.serve_trades();
  Shown shown(wire);
  shown.series["tickwitness_market_last_price{symbol=BTC-USD}"] = 1;
  shown.series["tickwitness_pipeline_dropped_total{ring=ingest}"] = 1;
  Counters checker;
  Watch watch(checker, wire);
  watch.scrape(shown);
  EXPECT_THAT(watch.said(), IsEmpty());
}

TEST(Counters, WhatNoExchangeUnderstandsIsAFault) {
  Wire wire;
  wire.serve_trades();
  wire.ledger.on_sent(1, wire.now(), "{");
  Counters checker;
  Watch watch(checker, wire);
  watch.rest();
  EXPECT_THAT(watch.wrong(), ElementsAre("requests_unreadable"));
}

TEST(Counters, NoAttemptIsNothingProven) {
  Wire wire;
  Counters checker;
  Watch watch(checker, wire);
  for (int i = 0; i < 3; ++i) watch.scrape();
  watch.rest();
  EXPECT_THAT(watch.report.failed(), ElementsAre("counters.violations"));
}

}  // namespace
}  // namespace tickwitness::sim
