// What the product counts of its connections, subscriptions and breakers, and the last price of
// each market, against the record.
#pragma once

#include "sim/checkers/figure.h"
#include "sim/checkers/looked.h"

namespace tickwitness::sim {

// Counts follow at once or soon: never above the record on the way, equal to it at rest.
class Counters final : public Checker {
 public:
  std::string_view name() const override { return "counters"; }
  void on_scrape(const Observation& seen, Report& report) override;
  void at_rest(const Observation& seen, Report& report) override;

 private:
  Looked looked_{"counters", "attempts"};
};

}  // namespace tickwitness::sim
