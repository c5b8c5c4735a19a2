// The states that the product shows of subscriptions, connections and circuit breakers are those
// that the record expects, give or take the second in which they changed.
#pragma once

#include <vector>

#include "sim/checkers/looked.h"
#include "sim/checkers/shown.h"

namespace tickwitness::sim {

class States final : public Checker {
 public:
  // `alone`: it is Kraken, and no other exchange is followed: what the dialects sum up is its own.
  explicit States(bool alone = true) : alone_(alone) {}

  std::string_view name() const override { return "states"; }
  void on_scrape(const Observation& seen, Report& report) override;
  void at_rest(const Observation& seen, Report& report) override;

 private:
  void shown(const Observation& seen, const ShownStream& stream, Report& report);
  void not_shown(const Observation& seen, const std::vector<ShownStream>& all, Report& report);
  void connections(const Observation& seen, Report& report);
  void breakers(const Observation& seen, Report& report);
  void number_is(const Observation& seen, Report& report, std::string_view family,
                 const Exposition::Where& where, double truth);

  bool alone_;
  Looked looked_{"states", "subscriptions"};
};

}  // namespace tickwitness::sim
