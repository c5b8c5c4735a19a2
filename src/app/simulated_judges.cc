#include "app/simulated_judges.h"

#include <utility>

#include "app/simulated_config.h"
#include "sim/checkers/breaker.h"
#include "sim/checkers/conservation.h"
#include "sim/checkers/counters.h"
#include "sim/checkers/gaps.h"
#include "sim/checkers/histograms.h"
#include "sim/checkers/last_minute.h"
#include "sim/checkers/latency.h"
#include "sim/checkers/never_falls.h"
#include "sim/checkers/secrets.h"
#include "sim/checkers/staleness.h"
#include "sim/checkers/states.h"

namespace tickwitness::app {
namespace {

// The catalogue with four pairs and four connections is about a thousand series.
constexpr sim::Bounds::Limits kLimits{.series_max = 2'000, .bytes_max = std::size_t{256} << 10};
// Back-off of a minute with its jitter, and a minute and a half until an attempt was given up.
constexpr base::Duration kAttemptSlack = std::chrono::seconds(150);

}  // namespace

SimulatedJudges::SimulatedJudges(base::Duration drain_max)
    : bounds_(add<sim::Bounds>(kLimits)),
      page_(add<sim::PageChecker>()),
      draining_(add<sim::Draining>(drain_max)),
      reader_([this](const sim::PageEvent& event) { event_ = event; }) {
  add<sim::Conservation>();
  add<sim::Gaps>();
  add<sim::Counters>();
  add<sim::NeverFalls>();
  add<sim::Histograms>();
  add<sim::LatencyChecker>();
  add<sim::LastMinuteChecker>();
  add<sim::States>();
  add<sim::Staleness>();
  add<sim::Breaker>(kAttemptSlack);
  add<sim::Secrets>(std::vector<std::string>{std::string(kSimulatedToken)});
}

template <class T, class... Arguments>
T* SimulatedJudges::add(Arguments&&... arguments) {
  auto checker = std::make_unique<T>(std::forward<Arguments>(arguments)...);
  T* raw = checker.get();
  checkers_.push_back(std::move(checker));
  return raw;
}

void SimulatedJudges::on_scrape(const Look& look, std::string_view text) {
  const auto scrape = sim::Exposition::parse(text);
  if (!scrape) return violation("exposition", look.at, scrape.error().message);
  const sim::Observation seen{look.at, look.now, *scrape, look.ledger};
  for (const auto& checker : checkers_) checker->on_scrape(seen, report_);
}

void SimulatedJudges::on_event(const Look& look, std::string_view chunk) {
  event_ = {};
  reader_.read(chunk);
  const sim::Arrival arrival{look.at, look.now, event_, look.ledger};
  for (const auto& checker : checkers_) checker->on_event(arrival, report_);
  on_output(look.at, chunk);
}

void SimulatedJudges::on_output(base::Duration at, std::string_view text) {
  for (const auto& checker : checkers_) checker->on_output(at, text, report_);
}

void SimulatedJudges::on_restart() {
  reader_.reset();
  for (const auto& checker : checkers_) checker->on_restart();
}

bool SimulatedJudges::drained(const Look& look, std::string_view text) {
  const auto scrape = sim::Exposition::parse(text);
  if (!scrape) {
    violation("exposition", look.at, scrape.error().message);
    return true;
  }
  return draining_->drained({look.at, look.now, *scrape, look.ledger}, report_);
}

void SimulatedJudges::at_rest(std::string_view stage, const Look& look, std::string_view text) {
  const auto scrape = sim::Exposition::parse(text);
  if (!scrape) return violation("exposition", look.at, scrape.error().message);
  report_.set_stage(std::string(stage));
  // Every ring of a plan holds more than a frame brings, and is emptied after each.
  report_.equal("conservation", "dropped", 0, scrape->sum("tickwitness_pipeline_dropped_total"));
  const sim::Observation seen{look.at, look.now, *scrape, look.ledger};
  for (const auto& checker : checkers_) checker->at_rest(seen, report_);
}

}  // namespace tickwitness::app
