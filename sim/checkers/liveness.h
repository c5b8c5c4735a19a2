// A subscription that its venue has forgotten is found soon where its market is busy and nothing
// else is wrong; and where nothing was withheld from anybody, nothing is called dead.
#pragma once

#include <cstddef>
#include <string>
#include <vector>

#include "sim/checkers/checker.h"
#include "sim/exchange/kraken.h"
#include "sim/world/plan.h"

namespace tickwitness::sim {

class Liveness final : public Checker {
 public:
  // `plan` and `exchange` outlive it; `start`: the exchange's clock when the run began.
  Liveness(const Plan& plan, const Kraken& exchange, base::Instant start);

  std::string_view name() const override { return "liveness"; }
  void on_restart() override { open_.clear(); }
  void on_scrape(const Observation& seen, Report& report) override;
  // Once a second.
  void on_event(const Arrival& arrival, Report& report) override;
  void at_rest(const Observation& seen, Report& report) override;

  // From the moment that a venue forgets a subscription until the engine takes it back.
  static constexpr base::Duration kFoundWithin = std::chrono::seconds(5);
  // So often something happens, a second, in a market that is busy: no second is without.
  static constexpr double kBusy = 5;
  // So long before and after nothing else may be wrong.
  static constexpr base::Duration kUndisturbed = std::chrono::seconds(60);

 private:
  struct Zombie {
    base::Duration at;   // since the start of the run
    std::string symbol;  // "BTC-USD"
    std::string stream;  // "trade"; of candles "ohlc-", whatever the interval
  };
  bool is_disturbed(const Zombie& zombie, std::size_t fault) const;
  bool is_busy(const std::string& symbol, bool quotes) const;
  void look(const Arrival& arrival, const Zombie& zombie, bool& over, Report& report);
  void take_up(const Arrival& arrival);

  const Plan& plan_;
  const Kraken& exchange_;
  base::Instant start_;
  bool calm_;                 // nothing is withheld in this run, and REST answers
  std::size_t faults_ = 0;    // of the exchange's that were looked at
  std::vector<Zombie> open_;  // not found yet
  std::size_t judged_ = 0;
  base::Duration worst_{0};
};

}  // namespace tickwitness::sim
