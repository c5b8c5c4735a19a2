#include "app/demo_judges.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <fmt/format.h>

#include "app/demo_world_for_tests.h"

namespace tickwitness::app {
namespace {

using namespace std::chrono_literals;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

// A demo that runs, as its judges see it.
struct DemoRun {
  DemoWorld world;
  DemoJudges judges{world.exchange, DemoWorld::kBegan};
  base::Now now = DemoWorld::kBegan;
  std::uint64_t id = 100;

  void pass(base::Duration time) {
    now.mono += time;
    now.wall += time;
  }
  void scrape() { judges.on_scrape(now, world.scrape()); }
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
                          R"("circuit_breaker_trips":7,"reconnect_count":7,"trades_per_min":null,)"
                          R"("ws_status":"degraded")"));
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
  run.judges.on_scrape(run.now, other.scrape());
  run.scrape();
  EXPECT_THAT(run.said(), ElementsAre(HasSubstr("tickwitness_feed_acks_total{exchange=\"kraken\"} "
                                                "fell from 4 to 3")));
}

TEST(DemoJudges, SeeWhatIsNoHistogramAndNoScrape) {
  DemoRun run;
  run.judges.on_scrape(run.now,
                       "# TYPE x histogram\nx_bucket{le=\"+Inf\"} 2\nx_sum 1\nx_count 3\n");
  run.judges.on_scrape(run.now, "x 1");
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
  run.judges.on_scrape(run.now, "x{token=\"" + secret + "\"} 1\n");
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
