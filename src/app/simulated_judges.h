// Everything that a simulated product lets out, shown to every checker.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "sim/checkers/bounds.h"
#include "sim/checkers/checker.h"
#include "sim/checkers/draining.h"
#include "sim/checkers/once.h"
#include "sim/checkers/page.h"
#include "sim/checkers/report.h"
#include "sim/exchange/kraken.h"
#include "sim/world/plan.h"

namespace tickwitness::app {

// Where and when something is looked at.
struct Look {
  base::Duration at;  // true time since the start of the world
  base::Now now;      // by the product's clocks
  const sim::Ledger& ledger;
};

// What the product answers in one turn: /metrics, /api/v1/feeds, /api/v1/gaps.
struct Answers {
  std::string metrics, feeds, gaps;
};

class SimulatedJudges {
 public:
  // `drain_max`: within which all must be well again after healing. `plan` and `exchange`, whose
  // clock says `start`, outlive the judges: what was withheld, and what REST could have told. So
  // does the `database`.
  SimulatedJudges(base::Duration drain_max, const sim::Plan& plan, const sim::Kraken& exchange,
                  base::Instant start, const sim::Database& database);

  void on_scrape(const Look& look, const Answers& answers);
  void on_event(const Look& look, std::string_view chunk);
  void on_output(base::Duration at, std::string_view text);
  // What /metrics said when the process died.
  void on_death(const Look& look, const std::string& metrics);
  void on_restart();
  void on_blind_start() { once_->on_blind_start(); }
  void on_wall_step(base::Duration at) { page_->clock_stepped(at); }
  void on_queue(base::Duration at, std::string_view name, std::size_t length, std::size_t limit) {
    bounds_->queue(at, name, length, limit, report_);
  }
  // The product cannot be expected to publish events for a while.
  void on_silence() { page_->stream_ended(); }
  void on_healed(const Look& look) { draining_->healed(look.at, look.now.mono); }
  // Whether all that must come back after healing has.
  bool drained(const Look& look, const Answers& answers);
  // What has reached the product by now has gone its way at the next rest.
  void settle(const Look& look, const Answers& answers);
  // `stage` tells the moments of rest of one run apart in the report.
  void at_rest(std::string_view stage, const Look& look, const Answers& answers);
  void violation(std::string_view checker, base::Duration at, std::string what) {
    report_.violation(checker, at, std::move(what));
  }

  const sim::Report& report() const { return report_; }

 private:
  std::optional<sim::Exposition> read(const Look& look, const Answers& answers);
  static sim::Observation seen(const Look& look, const sim::Exposition& scrape,
                               const Answers& answers) {
    return {.at = look.at,
            .now = look.now,
            .scrape = scrape,
            .ledger = look.ledger,
            .feeds = answers.feeds,
            .gaps = answers.gaps};
  }
  template <class T, class... Arguments>
  T* add(Arguments&&... arguments);

  sim::Report report_;
  std::vector<std::unique_ptr<sim::Checker>> checkers_;
  sim::Bounds* bounds_;
  sim::PageChecker* page_;
  sim::Draining* draining_;
  sim::Once* once_;
  sim::PageEvent event_;
  sim::EventStreamReader reader_;
};

}  // namespace tickwitness::app
