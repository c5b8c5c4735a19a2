// What was left out on the way is known to be missing, no more and no less: the product's count of
// holes and its completeness, beside the ids that reached it.
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <utility>

#include "sim/checkers/checker.h"
#include "sim/checkers/figure.h"
#include "sim/exchange/json_reader.h"

namespace tickwitness::sim {

class Gaps final : public Checker {
 public:
  // `whole`: at rest nothing may be missing, since the exchange's REST interface has it all and
  // there was time to ask.
  explicit Gaps(bool whole = false) : whole_(whole) {}
  // At rest nothing may be missing but what the product has given up and says so, and that only
  // where `excused(pair, id)` says that the exchange's REST interface would not or could not tell.
  using Excused = std::function<bool(std::size_t pair, std::uint64_t id)>;
  explicit Gaps(Excused excused) : excused_(std::move(excused)) {}

  std::string_view name() const override { return "gaps"; }
  void at_rest(const Observation& seen, Report& report) override;

 private:
  // Absent, a figure would read as 0. `where`: of a market that has had trades.
  void not_shown(const Observation& seen, const Exposition::Where& where, Report& report) const;
  // What is missing is given up, for a reason that holds.
  void given_up(const Observation& seen, std::size_t pair, Report& report) const;
  // The ledger and the completeness that the API tells of.
  void answer(const Observation& seen, Report& report) const;
  void entry(const Observation& seen, const Json& gap, Report& report) const;

  bool whole_ = false;
  Excused excused_;
};

}  // namespace tickwitness::sim
