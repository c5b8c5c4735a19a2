// Judges a demo in which another exchange than Kraken alone takes part: each venue's record at the
// engine's end, beside what the engine shows of that venue on the way; and the one that is kept
// where the venue hands frames to sockets, beside what is shown at rest.
#pragma once

#include <array>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "app/demo_end.h"
#include "app/demo_judge.h"
#include "app/demo_notes.h"
#include "sim/checkers/bounds.h"
#include "sim/checkers/conservation.h"
#include "sim/checkers/histograms.h"
#include "sim/checkers/never_falls.h"
#include "sim/checkers/secrets.h"
#include "sim/exchange/exchange.h"
#include "sim/record/ledger.h"

namespace tickwitness::app {

// What a venue's states are judged by. `notes` outlive the judging.
struct DemoFollowed {
  market::Venue venue;
  const sim::Settings& exchange;
  sim::Promises promises;
  DemoNotes& notes;
};

// All outlive the judging.
struct DemoVenue {
  market::Venue venue;
  const sim::Exchange& exchange;
  const sim::Ledger& sent;
};

// Not thread-safe.
class DemoVenues final : public DemoJudge {
 public:
  DemoVenues(base::Now began, const std::vector<DemoFollowed>& followed);

  void on_scrape(base::Now now, std::string_view text, base::Instant asked) override;
  void on_scrape_failed(base::Now now, std::string_view why) override;
  void on_event(base::Now now, std::string_view chunk) override;
  void on_log(base::Now now, std::string_view line) override;
  void on_turn(base::Now now) override;
  const sim::Report& report() const override { return report_; }

  // The exchanges have closed, the engine drained. `venues`: as were followed, in that order. What
  // is of one venue bears its name behind an @; the first answers for what the pipeline shows of
  // both.
  void at_rest(base::Now now, std::string_view scrape, const std::vector<DemoVenue>& venues,
               base::Instant ended);

 private:
  void show(base::Now now, std::string_view text);
  void deviations(const std::vector<DemoVenue>& venues, const sim::Exposition& scrape);
  void venue(const DemoVenue& venue, const sim::Observation& seen, const sim::Venues& place,
             base::Instant ended);

  base::Now began_;
  base::Now last_;
  std::vector<std::string> names_;              // of the venues
  std::vector<std::unique_ptr<DemoEnd>> ends_;  // as names_
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
