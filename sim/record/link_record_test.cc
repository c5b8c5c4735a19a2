#include "sim/record/link_record.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "sim/record/wire_for_tests.h"

namespace tickwitness::sim {
namespace {

using namespace std::chrono_literals;
using Reason = runtime::CloseReason;
using testing::ElementsAre;
using testing::Pair;

TEST(LinkRecord, CountsAttemptsConnectionsAndTheirEnds) {
  Wire wire;
  wire.fail();
  wire.serve_trades();
  wire.end(Reason::reset);
  wire.fail();
  wire.open();
  const LinkRecord& link = wire.link();
  EXPECT_EQ(link.attempts, 4U);
  EXPECT_EQ(link.reconnect_attempts, 2U);
  EXPECT_EQ(link.reconnects(), 1U);
  EXPECT_THAT(link.ended, ElementsAre(Pair(Reason::reset, 1U)));
  EXPECT_THAT(link.failed, ElementsAre(Pair(Reason::refused, 2U)));
  EXPECT_TRUE(link.open);
}

TEST(LinkRecord, FailuresInARowOpenTheBreaker) {
  Wire wire;
  wire.fail();
  wire.serve_trades();
  wire.pass(59s);
  wire.end();  // too young
  EXPECT_EQ(wire.link().breaker, ModelBreaker::closed);
  EXPECT_EQ(wire.link().failures, 2);
  wire.fail();
  EXPECT_EQ(wire.link().breaker, ModelBreaker::open);
  EXPECT_EQ(wire.link().breaker_changed, wire.now().mono);
  EXPECT_EQ(wire.link().trips, 1U);
}

TEST(LinkRecord, AHealthyConnectionForgivesPastFailures) {
  Wire wire;
  wire.fail();
  wire.fail();
  wire.serve_trades();
  wire.pass(60s);
  wire.end();
  EXPECT_EQ(wire.link().failures, 0);
  wire.fail();
  wire.fail();
  EXPECT_EQ(wire.link().trips, 0U);
}

TEST(LinkRecord, HealthyNeedsAnAcceptedSubscription) {
  Wire wire;
  wire.fail();
  wire.fail();
  wire.open();
  wire.ask(R"("trade")");
  wire.pass(120s);
  wire.end();
  EXPECT_EQ(wire.link().trips, 1U);
}

TEST(LinkRecord, LateAcceptanceIsHealthyAtOnce) {
  Wire wire;
  wire.open();
  wire.ask(R"("trade")");
  wire.pass(90s);
  wire.answer(SentKind::subscribed);
  wire.end();
  EXPECT_EQ(wire.link().failures, 0);
}

TEST(LinkRecord, AClosingConnectionDoesNotBecomeHealthy) {
  Wire wire;
  wire.serve_trades();
  wire.pass(59s);
  wire.ledger.on_closing(1, wire.now());
  wire.pass(5s);
  wire.end(Reason::local);
  EXPECT_EQ(wire.link().failures, 1);
}

TEST(LinkRecord, HealthyBeforeAReloadStaysHealthy) {
  Wire wire;
  wire.serve_trades();
  wire.pass(70s);
  Promises longer = test_promises();
  longer.healthy_after = 100s;
  wire.ledger.on_promises(wire.now(), longer);
  wire.end();
  EXPECT_EQ(wire.link().failures, 0);
  wire.serve_trades();
  wire.pass(70s);
  wire.end();
  EXPECT_EQ(wire.link().failures, 1);
}

// The table of docs/ARCHITECTURE.md: what follows the first attempt after a trip.
struct Probe {
  std::string_view what;
  void (*happens)(Wire&);
  ModelBreaker then;
  std::uint64_t trips;
};

TEST(LinkRecord, TheProbeDecides) {
  const Probe cases[] = {
      {"attempted", [](Wire& w) { w.attempt(); }, ModelBreaker::half_open, 1},
      {"open, nothing accepted", [](Wire& w) { w.open(); }, ModelBreaker::half_open, 1},
      {"accepted", [](Wire& w) { w.serve_trades(); }, ModelBreaker::closed, 1},
      {"attempt failed", [](Wire& w) { w.fail(); }, ModelBreaker::open, 2},
      {"lost before anything was accepted",
       [](Wire& w) {
         w.open();
         w.end();
       },
       ModelBreaker::open, 2},
      {"refused",
       [](Wire& w) {
         w.open();
         w.ask(R"("trade")");
         w.answer(SentKind::refused);
       },
       ModelBreaker::half_open, 1},
      {"accepted, then lost young: one failure",
       [](Wire& w) {
         w.serve_trades();
         w.end();
       },
       ModelBreaker::closed, 1},
  };
  for (const auto& c : cases) {
    Wire wire;
    for (int i = 0; i < 3; ++i) wire.fail();
    wire.pass(40s);
    c.happens(wire);
    EXPECT_EQ(wire.link().breaker, c.then) << c.what;
    EXPECT_EQ(wire.link().trips, c.trips) << c.what;
    EXPECT_EQ(wire.link().attempts_while_open, 0U) << c.what;
  }
}

TEST(LinkRecord, SeesAnAttemptBeforeItsTime) {
  Wire wire;
  for (int i = 0; i < 3; ++i) wire.fail();
  wire.pass(39'999ms);
  wire.attempt();
  EXPECT_EQ(wire.link().attempts_while_open, 1U);
}

TEST(LinkRecord, WhatEndsBecauseAllEndsIsNoFailure) {
  Wire wire;
  wire.fail();
  wire.fail();
  wire.serve_trades();
  wire.end(Reason::remote, 1, true);
  EXPECT_EQ(wire.link().trips, 0U);
  EXPECT_TRUE(wire.link().finished);
  EXPECT_THAT(wire.link().ended, ElementsAre(Pair(Reason::remote, 1U)));
}

}  // namespace
}  // namespace tickwitness::sim
