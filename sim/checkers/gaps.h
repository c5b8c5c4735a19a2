// What was left out on the way is known to be missing, no more and no less: the product's count of
// holes and its completeness, beside the ids that reached it.
#pragma once

#include <vector>

#include "sim/checkers/checker.h"
#include "sim/checkers/figure.h"

namespace tickwitness::sim {

class Gaps final : public Checker {
 public:
  // `whole`: at rest nothing may be missing, since the exchange's REST interface has it all and
  // there was time to ask.
  explicit Gaps(bool whole = false) : whole_(whole) {}

  std::string_view name() const override { return "gaps"; }
  void at_rest(const Observation& seen, Report& report) override;

 private:
  bool whole_;
};

}  // namespace tickwitness::sim
