// Gauges over the last minute tell of the last minute: a frozen or an invented one is seen.
#pragma once

#include "sim/checkers/checker.h"
#include "sim/checkers/looked.h"

namespace tickwitness::sim {

// Where exactly the product's minute begins and ends is its own affair, within these: so the record
// gives a lower and an upper bound, from what is in the window for certain and what may be.
class LastMinuteChecker final : public Checker {
 public:
  // The window's end lies at most so long before the scrape: two turns of the engine, and jitter.
  static constexpr base::Duration kEndsBefore = std::chrono::milliseconds(1'000);
  static constexpr base::Duration kLeast = std::chrono::milliseconds(59'000);  // its begin
  static constexpr base::Duration kMost = std::chrono::milliseconds(62'500);   // the same
  static constexpr double kRelative = 0.011;  // of a quantile: the sketch's promise is 1 %

  std::string_view name() const override { return "last_minute"; }
  void on_scrape(const Observation& seen, Report& report) override;
  void at_rest(const Observation& seen, Report& report) override;

 private:
  void quantiles(const Observation& seen, std::string_view symbol, const LastMinute& minute,
                 Report& report);
  void trades(const Observation& seen, Report& report);

  Looked quantiles_{"last_minute", "quantiles"};
  Looked rates_{"last_minute", "rates"};
};

}  // namespace tickwitness::sim
