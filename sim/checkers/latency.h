// Latencies of each symbol are those of the frames that were delivered: as many, as long in sum,
// and the negative ones counted apart. Percentiles are in order.
#pragma once

#include <string_view>

#include "sim/checkers/looked.h"
#include "sim/checkers/way.h"

namespace tickwitness::sim {

class LatencyChecker final : public Checker {
 public:
  explicit LatencyChecker(Way way = {}) : way_(way) {}

  std::string_view name() const override { return "latency"; }
  void on_scrape(const Observation& seen, Report& report) override;
  // Counts as equalities, the difference of sums as a bound. What is on its way gets older: then
  // fewer latencies than the record has may be negative, and sums differ by what the way takes.
  void at_rest(const Observation& seen, Report& report) override;

 private:
  void percentiles(const Observation& seen, Report& report);
  void after_the_way(const Observation& seen, Report& report);

  Way way_;
  Looked looked_{"latency", "latencies"};
};

}  // namespace tickwitness::sim
