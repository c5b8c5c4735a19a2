// Judges a demo in which another exchange than Kraken alone takes part: each venue's record, kept
// where it hands frames to sockets, beside what the engine shows of that venue at rest.
#pragma once

#include <array>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "app/demo_judge.h"
#include "sim/checkers/bounds.h"
#include "sim/checkers/conservation.h"
#include "sim/checkers/histograms.h"
#include "sim/checkers/never_falls.h"
#include "sim/checkers/secrets.h"
#include "sim/exchange/exchange.h"
#include "sim/record/ledger.h"

namespace tickwitness::app {

// All outlive the judging.
struct DemoVenue {
  std::string_view name;  // as label `exchange`
  const sim::Exchange& exchange;
  const sim::Ledger& sent;
};

// Not thread-safe.
class DemoVenues final : public DemoJudge {
 public:
  explicit DemoVenues(base::Now began);

  void on_scrape(base::Now now, std::string_view text, base::Instant asked) override;
  void on_scrape_failed(base::Now now, std::string_view why) override;
  void on_event(base::Now now, std::string_view chunk) override;
  void on_log(base::Now now, std::string_view line) override;
  void on_turn(base::Now) override {}
  const sim::Report& report() const override { return report_; }

  // The exchanges have closed, the engine drained. What is of one venue bears its name behind an @;
  // the first answers for what the pipeline shows of both.
  void at_rest(base::Now now, std::string_view scrape, const std::vector<DemoVenue>& venues,
               base::Instant ended);

 private:
  void deviations(const std::vector<DemoVenue>& venues, const sim::Exposition& scrape);
  void venue(const DemoVenue& venue, const sim::Observation& seen, const sim::Venues& place,
             base::Instant ended);

  base::Now began_;
  sim::Report report_;
  sim::NeverFalls never_falls_;
  sim::Histograms histograms_;
  sim::Bounds bounds_;
  sim::Secrets secrets_;
  std::array<sim::Checker*, 4> checkers_;
};

// The text of a scrape without the samples whose label `exchange` has another value than this.
std::string only_of_exchange(std::string_view scrape, std::string_view exchange);

}  // namespace tickwitness::app
