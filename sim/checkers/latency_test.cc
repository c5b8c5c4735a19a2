#include "sim/checkers/latency.h"

#include <gmock/gmock.h>

#include "sim/checkers/trial_for_tests.h"

namespace tickwitness::sim {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::SizeIs;

// What a product that is right would show of BTC-USD.
struct Shown {
  std::string count = "5", negative = "2", sum = "0.025", p50 = "5", p95 = "6.5", p99 = "6.5";
  std::string more;
  std::string text() const {
    const std::string labels = "{exchange=\"kraken\",symbol=\"BTC-USD\"} ";
    return "# TYPE tickwitness_feed_latency_seconds histogram\n"
           "tickwitness_feed_latency_seconds_sum" +
           labels + sum + "\ntickwitness_feed_latency_seconds_count" + labels + count + "\n" +
           more + "# TYPE tickwitness_feed_latency_negative_total counter\n" +
           "tickwitness_feed_latency_negative_total" + labels + negative +
           "\nkraken_ws_latency_p50_ms{pair=\"BTC-USD\"} " + p50 +
           "\nkraken_ws_latency_p95_ms{pair=\"BTC-USD\"} " + p95 +
           "\nkraken_ws_latency_p99_ms{pair=\"BTC-USD\"} " + p99 + "\n";
  }
};

// Five trades of BTC-USD 5 ms late, two of the future.
void deliver(Trial& trial) {
  trial.wire.trades(5);
  Parcel parcel = data_parcel(WireChannel::trade, 0, 2, false);
  parcel.stamps = 2;
  parcel.stamp[0] = parcel.stamp[1] = trial.wire.now().wall + std::chrono::milliseconds(1);
  trial.wire.deliver(parcel);
}

TEST(LatencyChecker, IsSilentWhereAllIsWell) {
  Trial trial;
  LatencyChecker checker;
  deliver(trial);
  for (int i = 0; i < 3; ++i) trial.scrape(checker, Shown{}.text());
  trial.scrape(checker, Shown{.sum = "0.0250009"}.text());
  trial.rest(checker, Shown{}.text());
  EXPECT_THAT(trial.report.failed(), IsEmpty());
  EXPECT_THAT(trial.report.equalities(), SizeIs(2 * Settings{}.pairs.size()));
  EXPECT_EQ(trial.report.equalities()[0].truth, 5);
}

TEST(LatencyChecker, SeesWhatIsNotSo) {
  struct Case {
    Shown shown;
    std::string_view fault;
  };
  const std::string other =
      "tickwitness_feed_latency_seconds_count{exchange=\"kraken\",symbol=\"DOGE-USD\"} 1\n";
  for (const Case& c :
       std::vector<Case>{{{.count = "6"}, "BTC-USD: count is 6, must be 5"},
                         {{.count = "4"}, "BTC-USD: count is 4, must be 5"},
                         {{.negative = "1"}, "BTC-USD: negative is 1, must be 2"},
                         {{.sum = "0.0251"}, "BTC-USD: sum is 0.0251, must be 0.025"},
                         {{.sum = "0.0249"}, "BTC-USD: sum is 0.0249"},
                         {{.p50 = "6.6"}, "BTC-USD: p50 6.6, p95 6.5, p99 6.5"},
                         {{.p95 = "6.6"}, "BTC-USD: p50 5, p95 6.6, p99 6.5"},
                         {{.p95 = "NaN"}, "BTC-USD: p50 5, p95 nan"},
                         {{.more = other}, "DOGE-USD\"} is 1 without a frame"}}) {
    Trial trial;
    LatencyChecker checker;
    deliver(trial);
    trial.scrape(checker, c.shown.text());
    EXPECT_THAT(trial.faults(), ElementsAre(HasSubstr(c.fault)));
  }
}

TEST(LatencyChecker, APercentileDoesNotStandAlone) {
  Trial trial;
  LatencyChecker checker;
  trial.scrape(checker, "kraken_ws_latency_p50_ms{pair=\"BTC-USD\"} 5\n");
  EXPECT_THAT(trial.faults(), ElementsAre(HasSubstr("stands alone")));
}

TEST(LatencyChecker, AtRestTheFiguresAreReported) {
  Trial trial;
  LatencyChecker checker;
  deliver(trial);
  trial.rest(checker, Shown{.count = "4", .negative = "3", .sum = "0.03"}.text());
  EXPECT_THAT(
      trial.report.failed(),
      ElementsAre("latency.BTC-USD count", "latency.BTC-USD negative", "latency.BTC-USD sum"));
}

// Five of 5 ms when they were sent, two of -1 ms: at the engine 10 ms later all are positive.
TEST(LatencyChecker, AfterAWayTheyAreOlderByAsMuchAsItTakes) {
  struct Case {
    Shown shown;
    std::vector<std::string> failed;
  };
  const std::string sum = "latency.BTC-USD sum ";
  for (const Case& c :
       std::vector<Case>{{{.count = "7", .negative = "0", .sum = "0.093"}, {}},
                         {{.count = "5", .negative = "2", .sum = "0.025"}, {}},
                         {{.count = "7", .negative = "0", .sum = "0.024"}, {sum + "short by"}},
                         {{.count = "7", .negative = "0", .sum = "0.096"}, {sum + "over by"}},
                         {{.count = "4", .negative = "3"}, {"latency.BTC-USD negative"}},
                         {{.count = "6", .negative = "0"}, {"latency.BTC-USD stamped"}},
                         {{.count = "8", .negative = "0"}, {"latency.BTC-USD stamped"}}}) {
    Trial trial;
    LatencyChecker checker(Way{.takes = std::chrono::milliseconds(10)});
    deliver(trial);
    trial.rest(checker, c.shown.text());
    EXPECT_EQ(trial.report.failed(), c.failed);
  }
}

TEST(LatencyChecker, AfterALossyWayThereAreNoMoreThanRecorded) {
  for (const auto& [count, passes] : {std::pair("4", true), std::pair("6", false)}) {
    Trial trial;
    LatencyChecker checker(Way{.takes = std::chrono::milliseconds(10), .lossy = true});
    deliver(trial);
    trial.rest(checker, Shown{.count = count, .sum = "0.02"}.text());
    EXPECT_EQ(trial.report.failed().empty(), passes) << count;
  }
}

TEST(LatencyChecker, SilenceOfOneThatSawNoneIsNone) {
  Trial trial;
  LatencyChecker checker;
  for (int i = 0; i < 3; ++i) trial.scrape(checker, "");
  trial.rest(checker);
  EXPECT_THAT(trial.faults(), ElementsAre("looked at nothing: no latencies in 3 scrapes"));
}

}  // namespace
}  // namespace tickwitness::sim
