#include "app/demo_judges.h"

#include <algorithm>
#include <chrono>
#include <string>
#include <utility>

#include "sim/checkers/conservation.h"
#include "sim/checkers/latency.h"

namespace tickwitness::app {
namespace {

using namespace std::chrono_literals;

constexpr base::Duration kStep = 20ms;  // of one clock against the other between two calls
// From the last fault until all is well, where no breaker has to be waited for: a link is given up,
// attempts are made up to ten seconds apart, or a subscription is asked for again.
constexpr base::Duration kDrainMax = 30s;
// A demo this long has been scraped.
constexpr base::Duration kScrapedAfter = 5s;

}  // namespace

DemoJudges::DemoJudges(const sim::Settings& exchange, const sim::Promises& promises,
                       base::Now began, DemoNotes& notes)
    : began_(began),
      last_(began),
      end_(exchange, promises, market::Venue::kraken, notes, true),
      bounds_(limits(exchange.pairs.size())),
      secrets_({std::string(kCanary)}),
      page_(sim::PageChecker::Record::of_other_threads),
      checkers_{&never_falls_, &histograms_, &bounds_, &secrets_, &page_},
      reader_([this](const sim::PageEvent& event) { event_ = event; }) {}

void DemoJudges::on_turn(base::Now now) {
  const base::Now last = std::exchange(last_, now);
  const base::Duration passed = now.mono - last.mono;
  end_.on_turn(last.mono, now.mono, since_start(now), report_);
  if (passed > kHeldUp) {
    page_.stream_ended();
    end_.on_stall(last.mono, now.mono);
  }
  if (std::chrono::abs((now.wall - last.wall) - passed) > kStep) {
    page_.clock_stepped(since_start(now));
  }
}

void DemoJudges::show(base::Now now, const sim::Exposition& scrape) {
  const sim::Observation seen{since_start(now), now, scrape, end_.record().ledger()};
  for (sim::Checker* const checker : checkers_) checker->on_scrape(seen, report_);
}

base::Duration DemoJudges::promised_drain(base::Instant now) const {
  base::Duration longest{};
  for (const auto& [id, link] : end_.record().ledger().links()) {
    if (link.breaker == sim::ModelBreaker::closed) continue;
    longest = std::max(longest, std::max(link.open_until - now, base::Duration::zero()) +
                                    end_.record().ledger().promises().breaker_half_open_timeout);
  }
  return kDrainMax + longest;
}

void DemoJudges::drain(const sim::Observation& seen) {
  if (!end_.record().healed() || drained_) return;
  if (!draining_) {
    draining_.emplace(promised_drain(seen.now.mono));
    draining_->healed(seen.at, seen.now.mono);
  }
  drained_ = draining_->drained(seen, report_);
}

void DemoJudges::on_scrape(base::Now now, std::string_view text, base::Instant asked) {
  on_turn(now);
  ++scrapes_;
  secrets_.on_output(since_start(now), text, report_);
  const auto scrape = sim::Exposition::parse(text);
  if (!scrape) {
    return report_.violation("exposition", since_start(now), scrape.error().message);
  }
  show(now, *scrape);
  const sim::Observation seen{since_start(now), now, *scrape, end_.record().ledger(),
                              now.mono - asked + DemoEnd::kThreadsWait};
  end_.on_scrape(since_start(now), now, *scrape, asked, report_);
  drain(seen);
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
  const sim::Arrival arrival{since_start(now), now, *event_, end_.record().ledger(),
                             DemoEnd::kThreadsWait};
  page_.on_event(arrival, report_);
  end_.on_event(arrival, report_);
}

void DemoJudges::on_log(base::Now now, std::string_view line) {
  secrets_.on_output(since_start(now), line, report_);
}

void DemoJudges::at_rest(base::Now now, std::string_view text, const sim::Truth& truth,
                         const sim::Ledger& sent, const DemoObservations& observed) {
  on_turn(now);
  if (scrapes_ == 0 && since_start(now) >= kScrapedAfter) on_scrape_failed(now, "not one");
  const auto scrape = sim::Exposition::parse(text);
  if (!scrape) {
    return report_.violation("exposition", since_start(now), scrape.error().message);
  }
  show(now, *scrape);
  const sim::Observation seen{since_start(now), now, *scrape, sent};
  const bool cut = is_lossy(truth);
  const sim::Way way{.takes = kWayMax, .lossy = cut || end_.record().hung_up_on() != 0};
  sim::Conservation(way).at_rest(seen, report_);
  sim::LatencyChecker(way).at_rest(seen, report_);
  if (!cut) sim::Gaps(could_be_whole(truth, observed.ended)).at_rest(seen, report_);
  for (sim::Checker* const checker : checkers_) checker->at_rest(seen, report_);
  end_.at_rest(since_start(now), now, *scrape, cut, report_);
  const sim::Observation received{since_start(now), now, *scrape, end_.record().ledger()};
  // Otherwise it has been told already, or the end came too soon to tell.
  if (drained_) draining_->at_rest(received, report_);
  compare(truth, *scrape, observed, way.lossy, report_);
}

}  // namespace tickwitness::app
