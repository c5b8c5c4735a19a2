#include "sim/checkers/states.h"

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

struct Life {
  std::string_view what;
  void (*happens)(Wire&);
};
constexpr Life kLives[] = {
    {"live", [](Wire&) {}},
    {"silent", [](Wire& w) { w.pass(30s); }},
    {"lost", [](Wire& w) { w.end(); }},
    {"tripped",
     [](Wire& w) {
       w.end();
       w.fail();
       w.fail();
     }},
    {"probing",
     [](Wire& w) {
       w.end();
       w.fail();
       w.fail();
       w.pass(40s);
       w.attempt();
     }},
    {"closing", [](Wire& w) { w.ledger.on_closing(1, w.now()); }},
    {"taken back", [](Wire& w) { w.ask(R"("trade")", R"("BTC/USD")", 1, "unsubscribe"); }},
    {"refused",
     [](Wire& w) {
       w.end();
       w.open();
       w.ask(R"("trade")");
       w.answer(SentKind::refused);
     }},
    {"retired",
     [](Wire& w) {
       w.open(2);
       w.ledger.on_retired(2, w.now());
     }},
};

TEST(States, TheTruthIsSilentAndSoIsTheSecondAfterAChange) {
  for (const auto& life : kLives) {
    Wire wire;
    wire.serve_trades();
    wire.pass(5s);
    wire.trades();
    const Shown before(wire);
    life.happens(wire);
    States checker;
    Watch watch(checker, wire);
    wire.pass(1ms);
    watch.scrape();
    if (wire.elapsed < 6s) watch.scrape(before);
    wire.pass(10s);
    watch.scrape();
    watch.rest();
    EXPECT_THAT(watch.said(), IsEmpty()) << life.what;
  }
}

TEST(States, AStateThatLagsForASecondIsTold) {
  for (const auto& life : kLives) {
    if (life.what == "live" || life.what == "closing" || life.what == "retired") continue;
    Wire wire;
    wire.serve_trades();
    wire.pass(5s);
    wire.trades();
    const Shown before(wire);
    life.happens(wire);
    wire.pass(1s);
    States checker;
    Watch watch(checker, wire);
    watch.scrape(before);
    EXPECT_FALSE(watch.said().empty()) << life.what;
  }
}

TEST(States, AStallExcusesWhatItHides) {
  for (const auto& life : kLives) {
    Wire wire;
    wire.serve_trades();
    wire.pass(5s);
    wire.trades();
    const Shown before(wire);
    life.happens(wire);
    wire.ledger.on_stall(wire.now().mono, wire.now().mono + 10s);
    wire.pass(10'999ms);
    States checker;
    Watch watch(checker, wire);
    watch.scrape(before);
    EXPECT_THAT(watch.said(), IsEmpty()) << life.what;
  }
}

struct Lie {
  std::string series;
  double value;
  std::string said;
};

TEST(States, EachLieIsNamed) {
  const std::string state =
      "tickwitness_feed_subscription_state{symbol=BTC-USD,stream=trade,state=";
  const Lie cases[] = {
      {state + "live}", 0, "BTC-USD trade: is in 0 states at once"},
      {state + "suspect}", 1, "BTC-USD trade: is in 2 states at once"},
      {"tickwitness_feed_connected{connection=1}", 0, "tickwitness_feed_connected shows 0"},
      {"kraken_ws_connection_status", 0, "kraken_ws_connection_status shows 0"},
      {"trading_ws_connection_status", 0, "trading_ws_connection_status shows 0"},
      {"circuit_breaker_state", 2, "circuit_breaker_state shows 2"},
      {"tickwitness_breaker_state{connection=1,state=open}", 1, "state=\"open\"} shows 1"},
      {"tickwitness_breaker_state{connection=1,state=closed}", 0, "state=\"closed\"} shows 0"},
      {"tickwitness_breaker_state{connection=1,state=half_open}", 1, "half_open"},
  };
  for (const auto& c : cases) {
    Wire wire;
    wire.serve_trades();
    wire.pass(2s);
    Shown shown(wire);
    shown.series[c.series] = c.value;
    States checker;
    Watch watch(checker, wire);
    watch.scrape(shown);
    EXPECT_THAT(watch.said(), ElementsAre(HasSubstr(c.said))) << c.series;
  }
}

TEST(States, WhatNobodyAsksForIsAtMostPending) {
  Wire wire;
  wire.serve_trades();
  wire.pass(2s);
  for (const auto state : {StreamState::pending, StreamState::live}) {
    Shown shown(wire);
    shown.state("ETH-USD", "trade", state);
    States checker;
    Watch watch(checker, wire);
    watch.scrape(shown);
    EXPECT_THAT(watch.said(), SizeIs(state == StreamState::live ? 1 : 0));
  }
}

TEST(States, WhatIsAskedForIsShown) {
  Wire wire;
  wire.serve_trades();
  wire.pass(2s);
  Shown shown(wire);
  std::erase_if(shown.series, [](const auto& one) { return one.first.contains("subscription"); });
  States checker;
  Watch watch(checker, wire);
  watch.scrape(shown);
  EXPECT_THAT(watch.said(), ElementsAre("BTC-USD trade: asked for, and not shown"));
}

TEST(States, ALinkThatAttemptedNothingYetIsShownClosed) {
  Wire wire;
  wire.serve_trades();
  wire.pass(2s);
  Shown shown(wire);
  shown.connection("ohlc-5", false, ModelBreaker::closed);
  shown.series["kraken_ws_connection_status"] = 0;
  shown.series["trading_ws_connection_status"] = 0;
  States checker;
  Watch watch(checker, wire);
  watch.scrape(shown);
  EXPECT_THAT(watch.said(), IsEmpty());
  shown.connection("ohlc-5", true, ModelBreaker::open);
  watch.scrape(shown);
  EXPECT_FALSE(watch.said().empty());
}

TEST(States, AConnectionThatIsNotShownAtAll) {
  Wire wire;
  wire.serve_trades();
  wire.open(2);
  wire.pass(2s);
  Shown shown(wire);
  shown.series.erase("tickwitness_feed_connected{connection=2}");
  States checker;
  Watch watch(checker, wire);
  watch.scrape(shown);
  EXPECT_THAT(watch.said(), ElementsAre(HasSubstr("1 connections of 2")));
}

TEST(States, NoSubscriptionIsNothingProven) {
  Wire wire;
  States checker;
  Watch watch(checker, wire);
  for (int i = 0; i < 3; ++i) watch.scrape();
  watch.rest();
  EXPECT_THAT(watch.report.failed(), ElementsAre("states.violations"));
}

}  // namespace
}  // namespace tickwitness::sim
