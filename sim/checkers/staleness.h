// A stream that is silent for longer than its configured limit is shown suspect within a second;
// one that is not never is. That is what is promised while no witness can be asked: with one, it
// may be found sooner, and be called quiet or dead.
#pragma once

#include "sim/checkers/looked.h"
#include "sim/checkers/shown.h"

namespace tickwitness::sim {

class Staleness final : public Checker {
 public:
  std::string_view name() const override { return "staleness"; }
  void on_scrape(const Observation& seen, Report& report) override;
  // Once a second, so that a delay is seen that falls between scrapes.
  void on_event(const Arrival& arrival, Report& report) override;
  // The delay that is reported is the longest that something silent was still seen as anything
  // else.
  void at_rest(const Observation& seen, Report& report) override;

 private:
  struct Look {
    base::Duration at;
    base::Instant now;
    const Ledger& ledger;
    base::Duration age;
  };
  void look(const Look& at, const ShownStream& stream, Report& report);

  Looked looked_{"staleness", "subscriptions"};
  base::Duration worst_{0};
  base::Duration limit_ = kShownWithin;  // longer where something was looked at late
};

}  // namespace tickwitness::sim
