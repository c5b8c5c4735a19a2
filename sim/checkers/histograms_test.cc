#include "sim/checkers/histograms.h"

#include <gmock/gmock.h>

#include "sim/checkers/trial_for_tests.h"

namespace tickwitness::sim {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

std::vector<std::string> faults(std::string_view samples) {
  Trial trial;
  Histograms checker;
  trial.scrape(checker, "# TYPE h histogram\n" + std::string(samples));
  return trial.faults();
}

TEST(Histograms, IsSilentWhereAllIsWell) {
  EXPECT_THAT(faults("h_bucket{s=\"a\",le=\"0.1\"} 3\n"
                     "h_bucket{s=\"a\",le=\"1\"} 3\n"
                     "h_bucket{s=\"a\",le=\"+Inf\"} 5\n"
                     "h_sum{s=\"a\"} 100\n"
                     "h_count{s=\"a\"} 5\n"
                     "h_bucket{s=\"b\",le=\"0.1\"} 0\n"
                     "h_bucket{s=\"b\",le=\"+Inf\"} 0\n"
                     "h_sum{s=\"b\"} 0\n"
                     "h_count{s=\"b\"} 0\n"),
              IsEmpty());
  // Those of one family may be mixed, and labels in any order.
  EXPECT_THAT(faults("h_bucket{s=\"a\",t=\"1\",le=\"1\"} 2\n"
                     "h_bucket{s=\"b\",t=\"1\",le=\"1\"} 3\n"
                     "h_bucket{t=\"1\",le=\"+Inf\",s=\"a\"} 2\n"
                     "h_bucket{s=\"b\",t=\"1\",le=\"+Inf\"} 4\n"
                     "h_count{s=\"a\",t=\"1\"} 2\n"
                     "h_count{s=\"b\",t=\"1\"} 4\n"
                     "h_sum{s=\"a\",t=\"1\"} 2\n"
                     "h_sum{s=\"b\",t=\"1\"} 9\n"),
              IsEmpty());
  // Where bounds are negative, so may the sum be.
  EXPECT_THAT(faults("h_bucket{le=\"-1\"} 2\nh_bucket{le=\"+Inf\"} 2\nh_sum -9\nh_count 2\n"),
              IsEmpty());
}

TEST(Histograms, SeesWhatIsNone) {
  struct Case {
    std::string_view samples;
    std::string_view fault;
  };
  for (const Case& c : std::vector<Case>{
           {"h_sum 0\nh_count 0\n", "at h_sum: no buckets"},
           {"h_bucket{le=\"1\"} 0\nh_sum 0\nh_count 0\n", "last bucket is not +Inf"},
           {"h_bucket{le=\"+Inf\"} 0\nh_bucket{le=\"1\"} 0\nh_sum 0\nh_count 0\n", "do not rise"},
           {"h_bucket{le=\"1\"} 0\nh_bucket{le=\"1.0\"} 0\nh_bucket{le=\"+Inf\"} 0\n"
            "h_sum 0\nh_count 0\n",
            "do not rise"},
           {"h_bucket{le=\"x\"} 0\nh_bucket{le=\"+Inf\"} 0\nh_sum 0\nh_count 0\n", "do not rise"},
           {"h_bucket{le=\"NaN\"} 0\nh_bucket{le=\"+Inf\"} 0\nh_sum 0\nh_count 0\n", "do not rise"},
           {"h_bucket{le=\"1\"} 2\nh_bucket{le=\"+Inf\"} 1\nh_sum 1\nh_count 1\n",
            "falls at bound inf"},
           {"h_bucket{le=\"1\"} 0.5\nh_bucket{le=\"+Inf\"} 1\nh_sum 1\nh_count 1\n",
            "0.5 is no count"},
           {"h_bucket{le=\"1\"} -1\nh_bucket{le=\"+Inf\"} 1\nh_sum 1\nh_count 1\n",
            "-1 is no count"},
           {"h_bucket{le=\"1\"} NaN\nh_bucket{le=\"+Inf\"} 1\nh_sum 1\nh_count 1\n",
            "nan is no count"},
           {"h_bucket{le=\"+Inf\"} 1\nh_sum 1\nh_count 2\n", "_count 2, +Inf 1"},
           {"h_bucket{le=\"+Inf\"} 1\nh_sum 1\n", "no _count"},
           {"h_bucket{le=\"+Inf\"} 1\nh_count 1\n", "no _sum"},
           {"h_bucket{le=\"+Inf\"} 1\nh_sum -0.1\nh_count 1\n", "_sum -0.1 below 0"},
           {"h_bucket{le=\"+Inf\"} 1\nh_sum NaN\nh_count 1\n", "_sum nan below 0"},
           {"h_bucket{le=\"-1\"} 1\nh_bucket{le=\"+Inf\"} 1\nh_sum NaN\nh_count 1\n",
            "_sum is NaN"},
           // One in (1, 2], two in (0, 1]: between 1 and 4.
           {"h_bucket{le=\"1\"} 2\nh_bucket{le=\"2\"} 3\nh_bucket{le=\"+Inf\"} 3\n"
            "h_sum 0.99\nh_count 3\n",
            "_sum 0.99 below 1"},
           {"h_bucket{le=\"1\"} 2\nh_bucket{le=\"2\"} 3\nh_bucket{le=\"+Inf\"} 3\n"
            "h_sum 4.01\nh_count 3\n",
            "_sum 4.01 above 4"},
           // One above 2: at least that much.
           {"h_bucket{le=\"2\"} 0\nh_bucket{le=\"+Inf\"} 1\nh_sum 1.9\nh_count 1\n",
            "_sum 1.9 below 2"}}) {
    EXPECT_THAT(faults(c.samples), ElementsAre(HasSubstr(c.fault))) << c.samples;
  }
}

TEST(Histograms, NamesTheOneThatIsWrong) {
  EXPECT_THAT(faults("h_bucket{s=\"a\",le=\"+Inf\"} 1\nh_sum{s=\"a\"} 1\nh_count{s=\"a\"} 1\n"
                     "h_bucket{s=\"b\",le=\"+Inf\"} 1\nh_sum{s=\"b\"} 1\nh_count{s=\"b\"} 2\n"
                     "h_bucket{s=\"a\",t=\"\",le=\"+Inf\"} 1\n"),
              ElementsAre(HasSubstr("{le=\"+Inf\",s=\"b\"}: _count 2"),
                          HasSubstr("{le=\"+Inf\",s=\"a\",t=\"\"}: no _count")));
}

TEST(Histograms, SilenceOfOneThatSawNoneIsNone) {
  Trial trial;
  Histograms checker;
  for (int i = 0; i < 3; ++i) trial.scrape(checker, "g 1\n");
  trial.rest(checker);
  EXPECT_THAT(trial.faults(), ElementsAre("looked at nothing: no histograms in 3 scrapes"));
  trial.scrape(checker, "# TYPE h histogram\nh_bucket{le=\"+Inf\"} 1\nh_sum 1\nh_count 1\n");
  trial.rest(checker);
  EXPECT_THAT(trial.faults(), IsEmpty());
}

}  // namespace
}  // namespace tickwitness::sim
