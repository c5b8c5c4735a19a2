#include "app/simulated_judges.h"

#include <algorithm>
#include <utility>

#include "app/simulated_config.h"
#include "sim/checkers/books.h"
#include "sim/checkers/breaker.h"
#include "sim/checkers/conservation.h"
#include "sim/checkers/counters.h"
#include "sim/checkers/gaps.h"
#include "sim/checkers/histograms.h"
#include "sim/checkers/last_minute.h"
#include "sim/checkers/latency.h"
#include "sim/checkers/liveness.h"
#include "sim/checkers/never_falls.h"
#include "sim/checkers/secrets.h"
#include "sim/checkers/staleness.h"
#include "sim/checkers/states.h"

namespace tickwitness::app {
namespace {

// The catalogue with four pairs and four connections is about a thousand series.
constexpr sim::Bounds::Limits kLimits{.series_max = 2'000, .bytes_max = std::size_t{256} << 10};

// Whether REST has had that trade to tell all the time, and was never told to keep quiet for good.
bool could_be_told(const sim::Kraken& exchange, std::size_t pair, std::uint64_t id) {
  const auto& trades = exchange.trades(pair);
  const std::string& symbol = exchange.settings().pairs[pair].symbol;
  const bool refused =
      std::ranges::any_of(exchange.truth().faults, [&](const sim::FiredFault& fault) {
        return fault.kind == sim::FaultKind::rest_refuses && fault.detail == symbol;
      });
  return !refused && !trades.empty() && id >= trades.front().fill.id;
}

// Then a record that nobody was told is accepted may survive.
bool syncs_fail(const sim::Plan& plan) {
  return std::ranges::any_of(plan.faults, [](const sim::WorldFault& fault) {
    return fault.kind == sim::WorldFaultKind::sync_fails;
  });
}

}  // namespace

SimulatedJudges::SimulatedJudges(base::Duration drain_max, const sim::Plan& plan,
                                 const sim::Kraken& exchange, base::Instant start,
                                 const sim::Database& database)
    : bounds_(add<sim::Bounds>(kLimits)),
      page_(add<sim::PageChecker>()),
      draining_(add<sim::Draining>(drain_max)),
      once_(add<sim::Once>(database, exchange, market::Venue::kraken, !syncs_fail(plan))),
      reader_([this](const sim::PageEvent& event) { event_ = event; }) {
  add<sim::Conservation>();
  add<sim::Gaps>([&exchange](std::size_t pair, std::uint64_t id) {
    return !could_be_told(exchange, pair, id);
  });
  add<sim::BookChecker>();
  add<sim::Liveness>(plan, exchange, start);
  add<sim::Counters>();
  add<sim::NeverFalls>();
  add<sim::Histograms>();
  add<sim::LatencyChecker>();
  add<sim::LastMinuteChecker>();
  add<sim::States>();
  add<sim::Staleness>();
  add<sim::Breaker>(sim::Breaker::kSlack);
  add<sim::Secrets>(std::vector<std::string>{std::string(kSimulatedToken)});
}

template <class T, class... Arguments>
T* SimulatedJudges::add(Arguments&&... arguments) {
  auto checker = std::make_unique<T>(std::forward<Arguments>(arguments)...);
  T* raw = checker.get();
  checkers_.push_back(std::move(checker));
  return raw;
}

std::optional<sim::Exposition> SimulatedJudges::read(const Look& look, const Answers& answers) {
  auto scrape = sim::Exposition::parse(answers.metrics);
  if (scrape) return *std::move(scrape);
  violation("exposition", look.at, scrape.error().message);
  return std::nullopt;
}

void SimulatedJudges::on_scrape(const Look& look, const Answers& answers) {
  const auto scrape = read(look, answers);
  if (!scrape) return;
  for (const auto& checker : checkers_) checker->on_scrape(seen(look, *scrape, answers), report_);
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

void SimulatedJudges::on_death(const Look& look, const std::string& metrics) {
  const Answers answers{.metrics = metrics, .feeds = {}, .gaps = {}};
  if (const auto scrape = read(look, answers))
    once_->on_death(seen(look, *scrape, answers), report_);
}

void SimulatedJudges::on_restart() {
  reader_.reset();
  for (const auto& checker : checkers_) checker->on_restart();
}

bool SimulatedJudges::drained(const Look& look, const Answers& answers) {
  const auto scrape = read(look, answers);
  if (!scrape) return true;
  const auto observed = seen(look, *scrape, answers);
  const bool drained = draining_->drained(observed, report_);
  return drained && once_->caught_up(observed);
}

void SimulatedJudges::settle(const Look& look, const Answers& answers) {
  if (const auto scrape = read(look, answers)) once_->settle(seen(look, *scrape, answers), report_);
}

void SimulatedJudges::at_rest(std::string_view stage, const Look& look, const Answers& answers) {
  const auto scrape = read(look, answers);
  if (!scrape) return;
  report_.set_stage(std::string(stage));
  // Every ring of a plan holds more than a frame brings, and is emptied after each.
  report_.equal("conservation", "dropped", 0, scrape->sum("tickwitness_pipeline_dropped_total"));
  for (const auto& checker : checkers_) checker->at_rest(seen(look, *scrape, answers), report_);
}

}  // namespace tickwitness::app
