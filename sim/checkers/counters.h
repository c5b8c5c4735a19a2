// What the product counts of its connections, subscriptions and breakers, and the last price of
// each market, against the record.
#pragma once

#include "sim/checkers/figure.h"
#include "sim/checkers/looked.h"

namespace tickwitness::sim {

// Counts follow at once or soon: never above the record on the way, equal to it at rest.
class Counters final : public Checker {
 public:
  // `alone`: it is Kraken, and no other exchange is followed: what the dialects sum up is its own.
  explicit Counters(bool alone = true) : alone_(alone) {}

  std::string_view name() const override { return "counters"; }
  void on_scrape(const Observation& seen, Report& report) override;
  void at_rest(const Observation& seen, Report& report) override;

 private:
  bool alone_;
  Looked looked_{"counters", "attempts"};
};

}  // namespace tickwitness::sim
