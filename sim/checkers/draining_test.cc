#include "sim/checkers/draining.h"

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

struct Drain {
  Draining checker{60s};
  Wire wire;
  Watch watch{checker, wire};

  bool ask(const Shown& shown) {
    bool drained = false;
    watch.at(shown,
             [&](const Observation& seen) { drained = checker.drained(seen, watch.report); });
    return drained;
  }
  bool ask() { return ask(Shown(wire)); }
};

TEST(Draining, AllWellInTime) {
  Drain drain;
  drain.checker.healed(0s, drain.wire.now().mono);
  EXPECT_FALSE(drain.ask());
  drain.wire.serve_trades();
  drain.wire.pass(7s);
  EXPECT_TRUE(drain.ask());
  drain.wire.pass(100s);
  drain.watch.rest();
  EXPECT_THAT(drain.watch.report.failed(), IsEmpty());
  ASSERT_THAT(drain.watch.report.bounds(), SizeIs(1));
  EXPECT_EQ(drain.watch.report.bounds()[0].measured, 7);
}

TEST(Draining, ARefusalIsAnAnswer) {
  Drain drain;
  drain.wire.serve_trades();
  drain.wire.ask(R"("ticker")");
  EXPECT_FALSE(drain.ask());
  drain.wire.answer(SentKind::refused, WireChannel::ticker);
  EXPECT_TRUE(drain.ask());
}

TEST(Draining, AStreamThatCameBackMayBeQuietOneThatDidNotMayNot) {
  for (const bool came_back : {true, false}) {
    Drain drain;
    drain.wire.serve_trades();
    drain.wire.pass(1s);
    drain.checker.healed(0s, drain.wire.now().mono);
    if (came_back) drain.wire.trades();
    drain.wire.pass(70s);
    Shown shown(drain.wire);
    EXPECT_EQ(drain.ask(shown), came_back);
    if (came_back) {
      EXPECT_THAT(drain.watch.said(), testing::IsEmpty());
    } else {
      EXPECT_THAT(drain.watch.said(), ElementsAre(HasSubstr("BTC-USD trade is suspect")));
    }
  }
}

struct NotWell {
  std::string said;
  void (*happens)(Wire&);
  void (*lies)(Shown&);
};

TEST(Draining, SaysOnceWhatIsMissingWhenTheTimeIsOver) {
  const auto nothing = [](Wire&) {};
  const auto honest = [](Shown&) {};
  const NotWell cases[] = {
      {"link 1 is not open", [](Wire& w) { w.end(); }, honest},
      {"link 1 is not open", [](Wire& w) { w.ledger.on_closing(1, w.now()); }, honest},
      {"link 2 is not open", [](Wire& w) { w.attempt(2); }, honest},
      {"the breaker of link 2 is open",
       [](Wire& w) {
         for (int i = 0; i < 3; ++i) w.fail(2);
       },
       honest},
      {"BTC-USD spread is pending", [](Wire& w) { w.ask(R"("ticker")"); }, honest},
      {"1 connections are shown closed", nothing,
       [](Shown& s) { s.connection("ohlc-5", false, ModelBreaker::closed); }},
      {"1 breakers are not shown closed", nothing,
       [](Shown& s) { s.connection("ohlc-5", true, ModelBreaker::open); }},
      {"ETH-USD trade is shown pending", nothing,
       [](Shown& s) { s.state("ETH-USD", "trade", StreamState::pending); }},
      {"BTC-USD trade is shown suspect", nothing,
       [](Shown& s) { s.state("BTC-USD", "trade", StreamState::suspect); }},
      {"3 items wait in rings", nothing,
       [](Shown& s) { s.series["tickwitness_pipeline_ring_depth{ring=ingest}"] = 3; }},
  };
  for (const auto& c : cases) {
    Drain drain;
    drain.checker.healed(0s, drain.wire.now().mono);
    drain.wire.pass(59s);
    drain.wire.serve_trades();
    c.happens(drain.wire);
    const auto ask = [&] {
      Shown shown(drain.wire);
      c.lies(shown);
      return drain.ask(shown);
    };
    EXPECT_FALSE(ask()) << c.said;
    drain.wire.pass(1s);
    EXPECT_FALSE(ask()) << c.said;
    EXPECT_FALSE(ask()) << c.said;
    EXPECT_THAT(drain.watch.said(), ElementsAre(HasSubstr(c.said)));
    drain.watch.rest();
    EXPECT_THAT(drain.watch.report.failed(), ElementsAre("draining.violations"));
  }
}

TEST(Draining, NothingAtAllIsNotWell) {
  Drain drain;
  drain.checker.healed(0s, drain.wire.now().mono);
  drain.wire.pass(60s);
  EXPECT_FALSE(drain.ask());
  EXPECT_THAT(drain.watch.said(),
              ElementsAre(HasSubstr("there is no link; no stream is asked for")));
}

TEST(Draining, NeverHealedOrNeverAskedIsNothingProven) {
  Drain never;
  never.watch.rest();
  EXPECT_THAT(never.watch.said(), ElementsAre("nobody said that all was healed"));
  Drain unasked;
  unasked.checker.healed(0s, unasked.wire.now().mono);
  unasked.watch.rest();
  EXPECT_THAT(unasked.watch.said(), ElementsAre("nobody saw all well after all faults"));
}

TEST(Draining, WhatIsMissingMustHaveComeOrBeGivenUp) {
  Drain drain;
  drain.wire.serve_trades();
  drain.wire.next_id[0] += 3;
  drain.wire.trades();
  EXPECT_FALSE(drain.ask());
  Shown shown(drain.wire);
  shown.series["tickwitness_feed_trades_lost_total{symbol=BTC-USD}"] = 3;
  EXPECT_TRUE(drain.ask(shown));
  const std::uint64_t came[] = {4};  // after all
  drain.wire.ledger.on_rest(0, came);
  EXPECT_FALSE(drain.ask(shown));
  shown.series["tickwitness_feed_trades_returned_total{symbol=BTC-USD}"] = 1;
  EXPECT_TRUE(drain.ask(shown));
  shown.series["tickwitness_feed_trades_held{symbol=BTC-USD}"] = 1;
  EXPECT_FALSE(drain.ask(shown));
}

TEST(Draining, QuarantineEnds) {
  Drain drain;
  drain.wire.serve_trades();
  drain.wire.ask(R"("book","depth":10)");
  drain.wire.answer(SentKind::subscribed, WireChannel::book);
  drain.wire.deliver(data_parcel(WireChannel::book, 0, 1, true));
  Shown shown(drain.wire);
  EXPECT_FALSE(drain.ask(shown));
  shown.series["tickwitness_book_state{symbol=BTC-USD,state=valid}"] = 1;
  EXPECT_TRUE(drain.ask(shown));
}

TEST(Draining, AQuietMarketIsWellOnceItsStreamIsBack) {
  Drain drain;
  drain.wire.serve_trades();
  Shown shown(drain.wire);
  for (auto& [name, value] : shown.series) {
    if (name.find("state=live") != std::string::npos) value = 0;
  }
  shown.series["tickwitness_feed_subscription_state{symbol=BTC-USD,stream=trade,state=quiet}"] = 1;
  drain.checker.healed(0s, drain.wire.now().mono + 1s);
  EXPECT_FALSE(drain.ask(shown)) << "its last data is from before";
  drain.checker.healed(0s, drain.wire.now().mono);
  EXPECT_TRUE(drain.ask(shown));
}

}  // namespace
}  // namespace tickwitness::sim
