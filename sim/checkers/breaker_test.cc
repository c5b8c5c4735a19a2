#include "sim/checkers/breaker.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "sim/checkers/shown_for_tests.h"

namespace tickwitness::sim {
namespace {

using namespace std::chrono_literals;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

// Open for 40 s, probing for 15 s at most.
constexpr base::Duration kSlack = 10s;

void trip(Wire& wire) {
  for (int i = 0; i < 3; ++i) wire.fail();
}

TEST(Breaker, AnAttemptInTimeIsSilent) {
  Wire wire;
  trip(wire);
  Breaker checker(kSlack);
  Watch watch(checker, wire);
  wire.pass(50s);
  watch.scrape();
  wire.attempt();
  wire.pass(25s);
  watch.scrape();
  wire.end(runtime::CloseReason::local);
  watch.scrape();
  watch.rest();
  EXPECT_THAT(watch.report.failed(), IsEmpty());
}

TEST(Breaker, NoAttemptIsToldOnceForEachTrip) {
  Wire wire;
  trip(wire);
  Breaker checker(kSlack);
  Watch watch(checker, wire);
  wire.pass(50'001ms);
  watch.scrape();
  watch.scrape();
  EXPECT_THAT(watch.said(), ElementsAre(HasSubstr("link 1: open for 50.001 s")));
  wire.fail();
  wire.pass(51s);
  watch.scrape();
  EXPECT_EQ(watch.said().size(), 2U);
}

TEST(Breaker, AStallIsWaitedFor) {
  Wire wire;
  trip(wire);
  wire.ledger.on_stall(wire.now().mono, wire.now().mono + 60s);
  Breaker checker(kSlack);
  Watch watch(checker, wire);
  wire.pass(70s);
  watch.scrape();
  EXPECT_THAT(watch.said(), IsEmpty());
  wire.pass(1ms);
  watch.scrape();
  EXPECT_EQ(watch.said().size(), 1U);
}

TEST(Breaker, AProbeThatNeverEndsIsTold) {
  Wire wire;
  trip(wire);
  wire.pass(40s);
  wire.open();
  Breaker checker(kSlack);
  Watch watch(checker, wire);
  wire.pass(25'001ms);
  watch.scrape();
  watch.scrape();
  EXPECT_THAT(watch.said(), ElementsAre(HasSubstr("link 1: half_open for 25.001 s")));
}

TEST(Breaker, AnAttemptTooSoonIsToldAtOnceAndAtRest) {
  Wire wire;
  trip(wire);
  wire.pass(39s);
  wire.attempt();
  Breaker checker(kSlack);
  Watch watch(checker, wire);
  watch.scrape();
  watch.scrape();
  EXPECT_THAT(watch.said(), ElementsAre("link 1: 1 attempts while its breaker was open"));
  watch.rest();
  EXPECT_THAT(watch.wrong(), ElementsAre("attempts_while_open"));
}

TEST(Breaker, ALinkThatIsNoMoreNeedsNoAttempt) {
  for (const bool retired : {true, false}) {
    Wire wire;
    trip(wire);
    if (retired) {
      wire.ledger.on_retired(1, wire.now());
    } else {
      wire.pass(40s);
      wire.attempt();
      wire.end(runtime::CloseReason::refused, 1, true);
    }
    wire.pass(600s);
    Breaker checker(kSlack);
    Watch watch(checker, wire);
    watch.scrape();
    EXPECT_THAT(watch.said(), IsEmpty());
  }
}

TEST(Breaker, NoLinkIsNothingProven) {
  Wire wire;
  Breaker checker(kSlack);
  Watch watch(checker, wire);
  for (int i = 0; i < 3; ++i) watch.scrape();
  watch.rest();
  EXPECT_THAT(watch.report.failed(), ElementsAre("breaker.violations"));
}

}  // namespace
}  // namespace tickwitness::sim
