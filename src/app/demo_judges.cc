#include "app/demo_judges.h"

#include <chrono>
#include <string>
#include <utility>

#include "sim/checkers/conservation.h"
#include "sim/checkers/latency.h"

namespace tickwitness::app {
namespace {

using namespace std::chrono_literals;

// The catalogue with four pairs and four connections is about a thousand series.
constexpr sim::Bounds::Limits kLimits{.series_max = 4'000, .bytes_max = std::size_t{1} << 20};
// From the exchange's hand to the engine's, on average, on a machine that has much else to do.
constexpr base::Duration kWayMax = 250ms;
constexpr base::Duration kHeldUp = 500ms;  // between two calls of ten a second
constexpr base::Duration kStep = 20ms;     // of one clock against the other between two calls
// A demo this long has been scraped.
constexpr base::Duration kScrapedAfter = 5s;

}  // namespace

DemoJudges::DemoJudges(const sim::Settings& exchange, base::Now began)
    : began_(began),
      last_(began),
      unread_(exchange, sim::Promises()),
      bounds_(kLimits),
      secrets_({std::string(kCanary)}),
      page_(sim::PageChecker::Record::elsewhere),
      checkers_{&never_falls_, &histograms_, &bounds_, &secrets_, &page_},
      reader_([this](const sim::PageEvent& event) { event_ = event; }) {}

void DemoJudges::on_turn(base::Now now) {
  const base::Now last = std::exchange(last_, now);
  const base::Duration passed = now.mono - last.mono;
  if (passed > kHeldUp) page_.stream_ended();
  if (std::chrono::abs((now.wall - last.wall) - passed) > kStep) {
    page_.clock_stepped(since_start(now));
  }
}

void DemoJudges::show(base::Now now, const sim::Exposition& scrape) {
  const sim::Observation seen{since_start(now), now, scrape, unread_};
  for (sim::Checker* const checker : checkers_) checker->on_scrape(seen, report_);
}

void DemoJudges::on_scrape(base::Now now, std::string_view text) {
  on_turn(now);
  ++scrapes_;
  secrets_.on_output(since_start(now), text, report_);
  const auto scrape = sim::Exposition::parse(text);
  if (!scrape) {
    return report_.violation("exposition", since_start(now), scrape.error().message);
  }
  show(now, *scrape);
}

void DemoJudges::on_scrape_failed(base::Now now, std::string_view why) {
  report_.violation("exposition", since_start(now), "no scrape: " + std::string(why));
}

void DemoJudges::on_event(base::Now now, std::string_view chunk) {
  on_turn(now);
  secrets_.on_output(since_start(now), chunk, report_);
  event_.reset();
  reader_.read(chunk);
  if (!event_) {
    return report_.violation("page", since_start(now), "no event: " + std::string(chunk));
  }
  page_.on_event({since_start(now), now, *event_, unread_}, report_);
}

void DemoJudges::on_log(base::Now now, std::string_view line) {
  secrets_.on_output(since_start(now), line, report_);
}

void DemoJudges::at_rest(base::Now now, std::string_view text, const sim::Truth& truth,
                         const sim::Ledger& sent, const DemoObservations& observed) {
  if (scrapes_ == 0 && since_start(now) >= kScrapedAfter) on_scrape_failed(now, "not one");
  const auto scrape = sim::Exposition::parse(text);
  if (!scrape) {
    return report_.violation("exposition", since_start(now), scrape.error().message);
  }
  show(now, *scrape);
  const sim::Observation seen{since_start(now), now, *scrape, sent};
  const sim::Way way{.takes = kWayMax, .lossy = is_lossy(truth)};
  sim::Conservation(way).at_rest(seen, report_);
  sim::LatencyChecker(way).at_rest(seen, report_);
  for (sim::Checker* const checker : checkers_) checker->at_rest(seen, report_);
  compare(truth, *scrape, observed, report_);
}

}  // namespace tickwitness::app
