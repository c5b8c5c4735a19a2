// What the demo's product lets out, shown to those checkers of the simulation that real threads and
// sockets allow.
#pragma once

#include <array>
#include <optional>
#include <string_view>

#include "app/demo_checks.h"
#include "app/demo_end.h"
#include "app/demo_judge.h"
#include "app/demo_notes.h"
#include "sim/checkers/bounds.h"
#include "sim/checkers/draining.h"
#include "sim/checkers/gaps.h"
#include "sim/checkers/histograms.h"
#include "sim/checkers/never_falls.h"
#include "sim/checkers/page.h"
#include "sim/checkers/report.h"
#include "sim/checkers/secrets.h"

namespace tickwitness::app {

class DemoJudges final : public DemoJudge {
 public:
  // `promises`: as the product is configured. `notes` outlive the judges.
  DemoJudges(const sim::Settings& exchange, const sim::Promises& promises, base::Now began,
             DemoNotes& notes);

  void on_scrape(base::Now now, std::string_view text, base::Instant asked) override;
  void on_scrape_failed(base::Now now, std::string_view why) override;
  void on_event(base::Now now, std::string_view chunk) override;
  void on_log(base::Now now, std::string_view line) override;
  void on_turn(base::Now now) override;

  // The exchange has closed, the engine drained: what is at rest, and all that compare() says.
  // `sent` was kept at the exchange's end.
  void at_rest(base::Now now, std::string_view scrape, const sim::Truth& truth,
               const sim::Ledger& sent, const DemoObservations& observed);

  const sim::Report& report() const override { return report_; }

 private:
  void show(base::Now now, const sim::Exposition& scrape);
  void drain(const sim::Observation& seen);
  base::Duration promised_drain(base::Instant now) const;
  base::Duration since_start(base::Now now) const { return now.mono - began_.mono; }

  base::Now began_;
  base::Now last_;
  DemoEnd end_;
  sim::Report report_;
  sim::NeverFalls never_falls_;
  sim::Histograms histograms_;
  sim::Bounds bounds_;
  sim::Secrets secrets_;
  sim::PageChecker page_;
  std::array<sim::Checker*, 5> checkers_;  // that need no record
  std::optional<sim::Draining> draining_;  // once the exchange commits no fault any more
  bool drained_ = false;
  std::optional<sim::PageEvent> event_;
  sim::EventStreamReader reader_;
  std::uint64_t scrapes_ = 0;
};

}  // namespace tickwitness::app
