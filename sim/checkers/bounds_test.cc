#include "sim/checkers/bounds.h"

#include <gmock/gmock.h>

#include "sim/checkers/trial_for_tests.h"

namespace tickwitness::sim {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

constexpr Bounds::Limits kLimits{.series_max = 6, .bytes_max = 500};

std::string rings(std::string_view depth, std::string_view high_water) {
  return "tickwitness_pipeline_ring_depth{ring=\"ingest\"} " + std::string(depth) +
         "\ntickwitness_pipeline_ring_capacity{ring=\"other\"} 1000\n"
         "tickwitness_pipeline_ring_capacity{ring=\"ingest\"} 64\n"
         "tickwitness_pipeline_ring_high_water{ring=\"ingest\"} " +
         std::string(high_water) + "\n";
}

TEST(Bounds, IsSilentUpToTheLimits) {
  Trial trial;
  Bounds checker(kLimits);
  const std::string text =
      rings("64", "64") + "tickwitness_label_overflow_total{label=\"symbol\"} 0\na 1\n";
  for (int i = 0; i < 3; ++i) trial.scrape(checker, text);
  checker.queue({}, "engine", 100, 100, trial.report);
  trial.rest(checker);
  EXPECT_THAT(trial.report.failed(), IsEmpty());
  EXPECT_EQ(trial.report.bounds().size(), 3U);
}

TEST(Bounds, SeesWhatIsAboveThem) {
  struct Case {
    std::string text;
    std::string_view fault;
  };
  for (const Case& c : std::vector<Case>{
           {rings("65", "64"), "ring_depth{ring=\"ingest\"}: 65, at most 64"},
           {rings("0", "65"), "ring_high_water{ring=\"ingest\"}: 65, at most 64"},
           {rings("NaN", "1"), "ring_depth{ring=\"ingest\"}: nan"},
           {"tickwitness_pipeline_ring_depth{ring=\"ingest\"} 0\n", "has no capacity"},
           {rings("0", "0") + "tickwitness_label_overflow_total{label=\"symbol\"} 1\n",
            "overflow_total{label=\"symbol\"}: 1, at most 0"},
           {rings("0", "0") + "a 1\nb 1\nc 1\n", "series of a scrape: 7, at most 6"},
           {rings("0", "0") + "#" + std::string(300, ' ') + "\n", "bytes of a scrape: "}}) {
    Trial trial;
    Bounds checker(kLimits);
    trial.scrape(checker, c.text);
    EXPECT_THAT(trial.faults(), ElementsAre(HasSubstr(c.fault))) << c.text;
  }
}

TEST(Bounds, QueuesAreTheWorldsOwn) {
  Trial trial;
  Bounds checker(kLimits);
  checker.queue(std::chrono::seconds(1), "engine", 5, 10, trial.report);
  checker.queue(std::chrono::seconds(2), "engine", 11, 10, trial.report);
  checker.queue(std::chrono::seconds(3), "engine", 7, 10, trial.report);
  checker.queue(std::chrono::seconds(3), "network", 90, 100, trial.report);
  ASSERT_EQ(trial.report.violations().size(), 1U);
  EXPECT_EQ(trial.report.violations()[0].what, "engine: 11, at most 10");
  EXPECT_EQ(trial.report.violations()[0].at, std::chrono::seconds(2));
  trial.rest(checker);
  EXPECT_THAT(trial.report.failed(), ElementsAre("bounds.queue engine", "bounds.violations"));
  EXPECT_EQ(trial.report.bounds().back().measured, 90);
}

TEST(Bounds, TheMostOfTheRunIsReported) {
  Trial trial;
  Bounds checker(kLimits);
  trial.scrape(checker, rings("0", "0") + "a 1\n");
  checker.on_restart();
  trial.scrape(checker, rings("0", "0"));
  trial.rest(checker);
  EXPECT_EQ(trial.report.bounds()[0].measured, 5);
  EXPECT_EQ(trial.report.bounds()[0].limit, 6);
}

TEST(Bounds, SilenceOfOneThatSawNoRingIsNone) {
  Trial trial;
  Bounds checker(kLimits);
  for (int i = 0; i < 3; ++i) trial.scrape(checker, "a 1\n");
  trial.rest(checker);
  EXPECT_THAT(trial.faults(), ElementsAre("looked at nothing: no rings in 3 scrapes"));
}

}  // namespace
}  // namespace tickwitness::sim
