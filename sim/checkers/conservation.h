// Nothing is lost, nothing is counted twice: every frame, byte and event that reached the engine is
// in its counters, at every moment.
#pragma once

#include <vector>

#include "sim/checkers/figure.h"
#include "sim/checkers/looked.h"
#include "sim/checkers/way.h"

namespace tickwitness::sim {

class Conservation final : public Checker {
 public:
  // After a lossy way counts are bounds: no more than the record.
  explicit Conservation(Way way = {}) : way_(way) {}

  std::string_view name() const override { return "conservation"; }
  void on_scrape(const Observation& seen, Report& report) override;
  void at_rest(const Observation& seen, Report& report) override;

 private:
  Way way_;
  Looked looked_{"conservation", "frames"};
};

}  // namespace tickwitness::sim
