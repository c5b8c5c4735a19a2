// What the demo's product lets out, shown to those checkers of the simulation that real threads and
// sockets allow.
#pragma once

#include <array>
#include <optional>
#include <string_view>

#include "app/demo_checks.h"
#include "sim/checkers/bounds.h"
#include "sim/checkers/histograms.h"
#include "sim/checkers/never_falls.h"
#include "sim/checkers/page.h"
#include "sim/checkers/report.h"
#include "sim/checkers/secrets.h"

namespace tickwitness::app {

// Not thread-safe. `now` never falls from call to call.
class DemoJudges {
 public:
  // A secret that the product is told and must not tell anybody.
  static constexpr std::string_view kCanary = "canary-9d27c05be1f84a63";

  DemoJudges(const sim::Settings& exchange, base::Now began);

  void on_scrape(base::Now now, std::string_view text);
  void on_event(base::Now now, std::string_view chunk);  // of the page's stream
  void on_log(base::Now now, std::string_view line);
  // To be called ten times a second: time that this thread did not get, and steps of the clock, are
  // nobody's fault.
  void on_turn(base::Now now);
  // No scrape came of an attempt.
  void on_scrape_failed(base::Now now, std::string_view why);

  // The exchange has closed, the engine drained: what is at rest, and all that compare() says.
  // `sent` was kept at the exchange's end.
  void at_rest(base::Now now, std::string_view scrape, const sim::Truth& truth,
               const sim::Ledger& sent, const DemoObservations& observed);

  const sim::Report& report() const { return report_; }

 private:
  void show(base::Now now, const sim::Exposition& scrape);
  base::Duration since_start(base::Now now) const { return now.mono - began_.mono; }

  base::Now began_;
  base::Now last_;
  const sim::Ledger unread_;  // these checkers look at none
  sim::Report report_;
  sim::NeverFalls never_falls_;
  sim::Histograms histograms_;
  sim::Bounds bounds_;
  sim::Secrets secrets_;
  sim::PageChecker page_;
  std::array<sim::Checker*, 5> checkers_;
  std::optional<sim::PageEvent> event_;
  sim::EventStreamReader reader_;
  std::uint64_t scrapes_ = 0;
};

}  // namespace tickwitness::app
