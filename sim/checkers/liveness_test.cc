#include "sim/checkers/liveness.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "sim/checkers/trial_for_tests.h"

namespace tickwitness::sim {
namespace {

using namespace std::chrono_literals;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

constexpr auto kFound = "tickwitness_feed_detection_seconds_count 1\n";

Plan plan_with(const std::vector<std::string>& faults) {
  Plan plan = *with_faults(Plan{}, faults);
  plan.exchange.history = 1min;
  plan.exchange.pairs[0].trades_per_second = 20;
  return plan;
}

// The engine follows the trades of BTC-USD on connection 1; what its venue forgets comes no more.
struct World {
  explicit World(const std::vector<std::string>& faults)
      : plan(plan_with(faults)),
        exchange(plan.exchange, {Wire::kMono, Wire::kWall}),
        checker(plan, exchange, Wire::kMono) {
    exchange.on_attempt("/v2", trial.now());
    exchange.on_connect(1, "/v2", trial.now(), actions);
    trial.wire.open();
    exchange.on_text(
        1, trial.now(),
        R"({"method":"subscribe","params":{"channel":"trade","symbol":["BTC/USD"]},"req_id":1})",
        actions);
    trial.wire.ask(R"("trade")");
    carry();
  }
  void carry() {
    exchange.step(trial.now(), actions);
    for (const auto& action : actions) {
      if (const auto* send = std::get_if<Send>(&action)) {
        trial.wire.ledger.on_delivered(1, trial.now(), send->parcel, send->text.size());
      }
    }
    actions.clear();
  }
  void pass(base::Duration time) {
    const base::Duration until = trial.wire.elapsed + time;
    while (trial.wire.elapsed < until) {
      trial.wire.pass(100ms);
      carry();
      if (trial.wire.elapsed % 1s == 0s) trial.event(checker, "1", "heartbeat", "{}");
    }
  }
  // The engine takes the subscription back and asks anew.
  void renew() {
    trial.wire.ask(R"("trade")", R"("BTC/USD")", 1, "unsubscribe");
    trial.wire.ask(R"("trade")");
  }

  Plan plan;
  Trial trial;
  Kraken exchange;
  Liveness checker;
  Actions actions;
};

TEST(Liveness, AZombieThatIsFoundInTimeIsMeasured) {
  World world({"zombie@100s"});
  world.pass(104s);
  world.renew();
  world.pass(20s);
  world.trial.rest(world.checker);
  EXPECT_THAT(world.trial.report.failed(), IsEmpty());
  ASSERT_EQ(world.trial.report.bounds().size(), 1U);
  EXPECT_NEAR(world.trial.report.bounds()[0].measured, 4, 0.1);
}

TEST(Liveness, OneThatIsNotFoundOrTooLateIsTold) {
  World never({"zombie@100s"});
  never.pass(2min);
  EXPECT_THAT(never.trial.faults(), ElementsAre(HasSubstr("BTC-USD trade: forgotten")));
  World late({"zombie@100s"});
  late.pass(105s + 500ms);
  late.renew();
  late.pass(20s);
  late.trial.rest(late.checker);
  EXPECT_THAT(late.trial.report.failed(), ElementsAre("liveness.zombie_found_after_s"));
}

TEST(Liveness, WhereMoreIsWrongNothingIsPromised) {
  for (const auto* const other :
       {"hang@98s+1s", "rest_errors@90s+40s", "black_hole@110s+1s", "drift=1ms@10s"}) {
    World world({"zombie@100s", other});
    world.pass(3min);
    EXPECT_THAT(world.trial.faults(), IsEmpty()) << other;
  }
}

TEST(Liveness, WhereNothingIsWithheldNothingIsDead) {
  for (const auto& [faults, calm] : std::vector<std::pair<std::vector<std::string>, bool>>{
           {{}, true},
           {{"crash@50s", "disconnect@60s", "duplicate@70s"}, true},
           {{"zombie@100s"}, false},
           {{"black_hole@60s"}, false}}) {
    World world(faults);
    world.trial.scrape(world.checker, "tickwitness_feed_detection_seconds_count 0\n");
    EXPECT_THAT(world.trial.faults(), IsEmpty());
    world.trial.scrape(world.checker, kFound);
    EXPECT_EQ(world.trial.faults().size(), calm ? 1U : 0U);
  }
}

TEST(Liveness, ACountThatIsNoLongerExportedIsNoZero) {
  const Plan plan = plan_with({"zombie@100s"});
  const Kraken exchange(plan.exchange, {Wire::kMono, Wire::kWall});
  Liveness checker(plan, exchange, Wire::kMono);
  Trial trial;
  trial.scrape(checker, "");  // no link has begun
  EXPECT_THAT(trial.faults(), IsEmpty());
  trial.wire.open();
  trial.scrape(checker, "");
  EXPECT_THAT(trial.faults(), ElementsAre(HasSubstr("is not shown")));
}

}  // namespace
}  // namespace tickwitness::sim
