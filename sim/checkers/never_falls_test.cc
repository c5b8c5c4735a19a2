#include "sim/checkers/never_falls.h"

#include <gmock/gmock.h>

#include "sim/checkers/trial_for_tests.h"

namespace tickwitness::sim {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

constexpr std::string_view kStart =
    "# TYPE a_total counter\n"
    "a_total{x=\"1\",y=\"2\"} 5\n"
    "a_total{x=\"2\",y=\"2\"} 0\n"
    "# TYPE g gauge\n"
    "g 7\n"
    "# TYPE h histogram\n"
    "h_bucket{le=\"1\"} 3\n"
    "h_bucket{le=\"+Inf\"} 4\n"
    "h_sum 2.5\n"
    "h_count 4\n";

// `from` once replaced.
std::string with(std::string_view from, std::string_view to) {
  std::string text(kStart);
  return text.replace(text.find(from), from.size(), to);
}

TEST(NeverFalls, IsSilentWhileAllIsWell) {
  Trial trial;
  NeverFalls checker;
  trial.scrape(checker, kStart);
  trial.scrape(checker, kStart);
  trial.scrape(checker, with("x=\"1\",y=\"2\"} 5", "y=\"2\",x=\"1\"} 6"));
  trial.scrape(checker, with("g 7", "g -1") + "# TYPE new_total counter\nnew_total 1\n");
  trial.rest(checker);
  EXPECT_THAT(trial.faults(), ElementsAre("a_total{x=\"1\",y=\"2\"} fell from 6 to 5"));
  trial.scrape(checker, with("g 7\n", "") + "# TYPE new_total counter\nnew_total 1\n");
  EXPECT_THAT(trial.faults(), IsEmpty());
}

TEST(NeverFalls, SeesWhatFalls) {
  struct Case {
    std::string_view from, to;
    std::string_view fault;
  };
  for (const Case& c : std::vector<Case>{
           {"y=\"2\"} 5", "y=\"2\"} 4", "a_total{x=\"1\",y=\"2\"} fell from 5 to 4"},
           {"y=\"2\"} 5", "y=\"2\"} NaN", "fell from 5 to nan"},
           {"le=\"1\"} 3", "le=\"1\"} 2", "h_bucket{le=\"1\"} fell"},
           {"h_sum 2.5", "h_sum 2.25", "h_sum fell from 2.5 to 2.25"},
           {"h_count 4", "h_count 3", "h_count fell"},
           {"a_total{x=\"2\",y=\"2\"} 0\n", "", "a_total{x=\"2\",y=\"2\"} is not there"},
           {"h_sum 2.5\n", "", "h_sum is not there"},
           {"y=\"2\"} 0", "y=\"3\"} 0", "a_total{x=\"2\",y=\"2\"} is not there"}}) {
    Trial trial;
    NeverFalls checker;
    trial.scrape(checker, kStart);
    trial.scrape(checker, with(c.from, c.to));
    EXPECT_THAT(trial.faults(), ElementsAre(HasSubstr(c.fault))) << c.to;
    trial.scrape(checker, with(c.from, c.to));
    if (c.to.find("NaN") == std::string_view::npos) {
      EXPECT_THAT(trial.faults(), IsEmpty()) << "told twice: " << c.to;
    }
  }
}

TEST(NeverFalls, CountersBeginAtNothingOrMore) {
  Trial trial;
  NeverFalls checker;
  trial.scrape(checker, with("y=\"2\"} 0", "y=\"2\"} -1"));
  EXPECT_THAT(trial.faults(), ElementsAre(HasSubstr("began with -1")));
  NeverFalls other;
  trial.scrape(other, with("h_sum 2.5", "h_sum -2.5"));
  EXPECT_THAT(trial.faults(), IsEmpty());
}

TEST(NeverFalls, ARestartBeginsAnew) {
  Trial trial;
  NeverFalls checker;
  trial.scrape(checker, kStart);
  checker.on_restart();
  trial.scrape(checker, "# TYPE a_total counter\na_total{x=\"1\",y=\"2\"} 1\n");
  EXPECT_THAT(trial.faults(), IsEmpty());
  trial.scrape(checker, "# TYPE a_total counter\na_total{x=\"1\",y=\"2\"} 0\n");
  EXPECT_THAT(trial.faults(), ElementsAre(HasSubstr("fell from 1 to 0")));
}

TEST(NeverFalls, WhatIsCalledTotalIsACounter) {
  Trial trial;
  NeverFalls checker;
  trial.scrape(checker, with("# TYPE g gauge\ng 7", "# TYPE g_total gauge\ng_total 7"));
  EXPECT_THAT(trial.faults(), ElementsAre("g_total is a gauge"));
}

TEST(NeverFalls, SilenceOfOneThatSawNothingIsNone) {
  Trial trial;
  NeverFalls checker;
  for (int i = 0; i < 2; ++i) trial.scrape(checker, "g 1\n");
  trial.rest(checker);
  EXPECT_THAT(trial.faults(), IsEmpty());
  trial.scrape(checker, "g 1\n");
  trial.rest(checker);
  EXPECT_THAT(trial.faults(),
              ElementsAre("looked at nothing: no counters or histograms in 3 scrapes"));
}

}  // namespace
}  // namespace tickwitness::sim
