// A circuit breaker keeps its two promises: nothing is attempted while it is open, and something is
// soon after.
#pragma once

#include <map>

#include "sim/checkers/looked.h"

namespace tickwitness::sim {

class Breaker final : public Checker {
 public:
  // Back-off of a minute with its jitter, and a minute and a half until an attempt was given up.
  static constexpr base::Duration kSlack = std::chrono::seconds(150);

  // `slack`: what back-off, the budget of attempts and closing may add to the breaker's own times.
  explicit Breaker(base::Duration slack) : slack_(slack) {}

  std::string_view name() const override { return "breaker"; }
  void on_restart() override { told_.clear(); }
  void on_scrape(const Observation& seen, Report& report) override;
  void at_rest(const Observation& seen, Report& report) override;

 private:
  struct Told {
    std::uint64_t early = 0;     // attempts
    base::Instant late_since{};  // state of the breaker
  };
  base::Duration slack_;
  std::map<std::uint64_t, Told> told_;  // by link: each fault is told once
  Looked looked_{"breaker", "links"};
};

}  // namespace tickwitness::sim
