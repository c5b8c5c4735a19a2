#include "app/demo_judges.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <fmt/format.h>

#include "app/demo_world_for_tests.h"

namespace tickwitness::app {
namespace {

using namespace std::chrono_literals;
using testing::Contains;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;

// A demo that runs, as its judges see it.
struct DemoRun {
  explicit DemoRun(const sim::Promises& promises = DemoWorld::kPromises)
      : judges(world.exchange, promises, DemoWorld::kBegan, notes) {}

  DemoWorld world;
  DemoNotes notes;
  DemoJudges judges;
  base::Now now = DemoWorld::kBegan;
  std::uint64_t id = 100;

  void pass(base::Duration time) {
    now.mono += time;
    now.wall += time;
  }
  // Time in which the judges' thread is not held up.
  void wait(base::Duration time) {
    for (const base::Instant end = now.mono + time; now.mono < end;) {
      pass(std::min<base::Duration>(100ms, end - now.mono));
      world.hand_over(notes);
      judges.on_turn(now);
    }
  }
  void scrape() { scrape(world.scrape()); }
  void scrape(std::string_view text) {
    world.hand_over(notes);
    judges.on_scrape(now, text, now.mono);
  }
  void note(EngineNote note) { world.engine(std::move(note), now.mono - DemoWorld::kBegan.mono); }
  std::string event(std::string_view name, std::string_view more = "") {
    const auto stamp = std::chrono::floor<std::chrono::milliseconds>(now.wall.time_since_epoch());
    return fmt::format("id: {}\nevent: {}\ndata: {{\"timestamp\":{}{}}}\n\n", ++id, name,
                       stamp.count(), more);
  }
  void beat() { judges.on_event(now, event("heartbeat")); }
  void metrics() {
    judges.on_event(now,
                    event("kraken_metrics",
                          R"(,"latency_p50_ms":1,"latency_p95_ms":null,"latency_p99_ms":1.5,)"
                          R"("circuit_breaker_trips":0,"reconnect_count":0,"trades_per_min":null,)"
                          R"("ws_status":"connected")"));
  }
  // Ten turns a second, with what a product that is right puts out.
  void seconds(int count) {
    for (int i = 0; i < count; ++i) {
      for (int turn = 0; turn < 10; ++turn) {
        pass(100ms);
        judges.on_turn(now);
      }
      scrape();
      metrics();
      if (i % 5 == 0) beat();
    }
  }
  std::vector<std::string> failed() {
    world.end();
    world.hand_over(notes);
    judges.at_rest(now, world.scrape(), world.truth, world.ledger, world.seen);
    return judges.report().failed();
  }
  std::vector<std::string> said() const {
    std::vector<std::string> all;
    for (const auto& one : judges.report().violations())
      all.push_back(one.checker + ": " + one.what);
    return all;
  }
};

TEST(DemoJudges, AreContentWithAProductThatIsRight) {
  DemoRun run;
  run.seconds(20);
  EXPECT_THAT(run.failed(), IsEmpty());
}

TEST(DemoJudges, SeeACounterFall) {
  DemoRun run;
  run.scrape();
  DemoWorld other;
  other.metrics.feed_acks.at(DemoWorld::kKraken).inc();
  run.scrape(other.scrape());
  run.scrape();
  EXPECT_THAT(run.said(), Contains(HasSubstr("tickwitness_feed_acks_total{exchange=\"kraken\"} "
                                             "fell from 4 to 3")));
}

TEST(DemoJudges, SeeWhatIsNoHistogramAndNoScrape) {
  DemoRun run;
  run.scrape("# TYPE x histogram\nx_bucket{le=\"+Inf\"} 2\nx_sum 1\nx_count 3\n");
  run.scrape("x 1");
  EXPECT_THAT(run.said(), ElementsAre(HasSubstr("histograms: "), HasSubstr("exposition: ")));
}

TEST(DemoJudges, SeeARingAboveItsCapacity) {
  DemoRun run;
  run.world.metrics.pipeline_ring_high_water.at(telemetry::label::Ring{"ingest"}).set(65);
  run.scrape();
  EXPECT_THAT(run.said(), ElementsAre(HasSubstr("bounds: tickwitness_pipeline_ring_high_water")));
}

TEST(DemoJudges, FindTheSecretWhereverItComesOut) {
  const std::string secret(DemoJudges::kCanary);
  DemoRun run;
  run.judges.on_log(run.now, "level=info authorization=" + secret + "\n");
  run.judges.on_event(run.now, run.event("heartbeat", ",\"from\":\"" + secret + "\""));
  run.scrape("x{token=\"" + secret + "\"} 1\n");
  EXPECT_THAT(run.said(),
              ElementsAre(HasSubstr("secrets: "), HasSubstr("secrets: "), HasSubstr("secrets: ")));
}

TEST(DemoJudges, SeeAnEventOutOfOrderAndOneThatIsNone) {
  DemoRun run;
  run.metrics();
  run.id = 50;
  run.metrics();
  run.judges.on_event(run.now, ": a comment\n\n");
  EXPECT_THAT(run.said(),
              ElementsAre("page: id 51 after 101", HasSubstr("page: no event: : a comment")));
}

TEST(DemoJudges, MissAHeartbeatUnlessTheirThreadWasHeldUp) {
  DemoRun run;
  run.beat();
  for (int i = 0; i < 70; ++i) {
    run.pass(100ms);
    run.judges.on_turn(run.now);
  }
  run.scrape();
  EXPECT_THAT(run.said(), ElementsAre(HasSubstr("page: no heartbeat")));

  DemoRun held_up;
  held_up.beat();
  held_up.pass(7s);
  held_up.scrape();
  EXPECT_THAT(held_up.said(), IsEmpty());
}

TEST(DemoJudges, DoNotTakeAStepOfTheClockForALie) {
  DemoRun run;
  run.metrics();
  run.pass(100ms);
  run.now.wall -= 1h;
  run.metrics();
  EXPECT_THAT(run.said(), IsEmpty());
}

using What = EngineNote::What;
using telemetry::label::SubscriptionState;

TEST(DemoJudges, SeeAnAttemptThatNobodyMade) {
  DemoRun run;
  run.world.metrics.feed_connection_attempts.at(DemoWorld::kKraken, run.world.main).inc();
  run.scrape();
  EXPECT_THAT(run.said(),
              ElementsAre(HasSubstr("counters: tickwitness_feed_connection_attempts_total shows 2"),
                          HasSubstr("counters: trading_ws_connections_total shows 2")));
}

// A price is held against the record where no trade came that the scrape may be too old for.
TEST(DemoJudges, SeeAPriceThatIsNotTheLast) {
  DemoRun run;
  run.world.metrics.market_last_price.at(DemoWorld::kKraken, run.world.btc).set(26500.2);
  run.pass(240ms);
  run.scrape();
  EXPECT_THAT(run.said(), IsEmpty());
  run.pass(10ms);
  run.scrape();
  EXPECT_THAT(run.said(), ElementsAre(HasSubstr("counters: tickwitness_market_last_price{")));
}

TEST(DemoJudges, SeeStatesThatAreNotThoseOfTheRecord) {
  DemoRun run;
  run.world.shows("trade", SubscriptionState::pending);
  run.world.metrics.feed_connected.at(DemoWorld::kKraken, run.world.main).set(0);
  run.wait(1200ms);
  run.scrape();
  EXPECT_THAT(run.said(), Not(Contains(HasSubstr("BTC-USD trade"))));  // threads have time
  run.wait(100ms);
  run.scrape();
  EXPECT_THAT(run.said(), Contains("states: BTC-USD trade: shown pending, is live for 1.300 s"));
  EXPECT_THAT(run.said(), Contains(HasSubstr("states: tickwitness_feed_connected shows 0")));
}

TEST(DemoJudges, SeeASilenceThatIsNotFoundInTime) {
  sim::Promises promises = DemoWorld::kPromises;
  promises.stale_after_spread = 10s;
  const std::string silence =
      "staleness: BTC-USD spread: silent for 1.300 s too long, and shown live";
  DemoRun run(promises);
  run.wait(11200ms);
  run.scrape();
  EXPECT_THAT(run.said(), Not(Contains(HasSubstr("staleness"))));
  run.wait(100ms);
  run.scrape();
  EXPECT_THAT(run.said(), Contains(silence));

  DemoRun by_event(promises);
  by_event.scrape();
  by_event.wait(11300ms);
  by_event.judges.on_event(
      by_event.now,
      by_event.event("kraken_metrics",
                     R"(,"pairs":{"BTC-USD":{"streams":{"spread":{"state":"live"}}}})"));
  EXPECT_THAT(by_event.said(), Contains(silence));

  // Nor was what showed it given time to.
  DemoRun held_up(promises);
  held_up.wait(10s);
  held_up.pass(1300ms);
  held_up.scrape();
  EXPECT_THAT(held_up.said(), Not(Contains(HasSubstr("staleness"))));
}

TEST(DemoJudges, SeeASilenceThatIsNone) {
  DemoRun run;
  run.world.shows("trade", SubscriptionState::suspect);
  run.wait(2s);
  run.scrape();
  EXPECT_THAT(run.said(),
              Contains("staleness: BTC-USD trade: shown suspect, and live for 2.000 s"));
}

TEST(DemoJudges, SeeAnAttemptWhileTheBreakerWasOpen) {
  for (const auto pause : {59s, 60s}) {
    DemoRun run;
    run.note({.what = What::ended, .reason = runtime::CloseReason::reset});
    for (int i = 0; i < 4; ++i) {
      run.note({.what = What::attempt});
      run.note({.what = What::ended, .reason = runtime::CloseReason::refused});
    }
    run.pass(pause);
    run.note({.what = What::attempt});
    run.scrape();
    const std::string early = "breaker: link 1: 1 attempts while its breaker was open";
    if (pause == 59s) {
      EXPECT_THAT(run.said(), Contains(early));
    } else {
      EXPECT_THAT(run.said(), Not(Contains(early)));
    }
  }
}

TEST(DemoJudges, SeeThatNotAllIsWellAfterTheLastFault) {
  const std::string open = "draining: not well 30 s after all faults: link 1 is not open";
  for (const bool comes_back : {true, false}) {
    DemoRun run;
    run.note({.what = What::ended, .reason = runtime::CloseReason::remote});
    run.notes.add_healed();
    run.pass(10s);
    run.scrape();
    if (comes_back) {
      run.note({.what = What::attempt});
      run.note({.what = What::open});
    }
    run.pass(20s);
    run.scrape();
    run.pass(10s);
    run.scrape();
    const auto not_well = testing::Matches(Contains(HasSubstr(open)));
    EXPECT_EQ(not_well(run.said()), !comes_back);
  }
}

TEST(DemoJudges, SayHowSoonAllWasWell) {
  DemoRun run;
  run.notes.add_healed();
  run.seconds(4);
  run.failed();
  EXPECT_THAT(run.judges.report().bounds(),
              Contains(testing::Field(&sim::Bound::name, "drained_after_s")));
}

TEST(DemoJudges, SeeAMessageThatNobodySent) {
  DemoRun run;
  run.note({.what = What::delivered, .print = {.hash = 1, .bytes = 7}});
  run.scrape();
  EXPECT_THAT(run.said(), Contains("wire: link 1 got 7 bytes that were not sent next"));
}

TEST(DemoJudges, WantScrapes) {
  DemoRun brief;
  brief.pass(4s);
  EXPECT_THAT(brief.failed(), IsEmpty());
  DemoRun run;
  run.pass(5s);
  EXPECT_THAT(run.failed(), ElementsAre("exposition.violations"));
  DemoRun failing;
  failing.judges.on_scrape_failed(failing.now, "HTTP status 500");
  EXPECT_THAT(failing.said(), ElementsAre("exposition: no scrape: HTTP status 500"));
}

}  // namespace
}  // namespace tickwitness::app
