// Once every fault has ended, all is well again within a promised time.
#pragma once

#include <optional>
#include <string>

#include "sim/checkers/checker.h"

namespace tickwitness::sim {

class Draining final : public Checker {
 public:
  explicit Draining(base::Duration within) : within_(within) {}

  std::string_view name() const override { return "draining"; }
  // From now on nothing fails any more. `now`: by the product's clock.
  void healed(base::Duration at, base::Instant now) {
    healed_ = at;
    healed_mono_ = now;
  }
  // To be asked until it says yes: every link is open, every stream live (or refused on this
  // connection, or come back and quiet again), every breaker closed, the ring empty; and the
  // product shows it. A violation, once, says what is missing when the time is over.
  bool drained(const Observation& seen, Report& report);
  void at_rest(const Observation& seen, Report& report) override;

 private:
  base::Duration within_;
  std::optional<base::Duration> healed_;
  base::Instant healed_mono_{};
  std::optional<base::Duration> drained_;
  bool told_ = false;
};

}  // namespace tickwitness::sim
