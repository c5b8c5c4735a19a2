// Nothing is lost, nothing is counted twice: every frame, byte and event that reached the engine is
// in its counters, at every moment.
#pragma once

#include <vector>

#include "sim/checkers/figure.h"
#include "sim/checkers/looked.h"
#include "sim/checkers/way.h"

namespace tickwitness::sim {

// Where two venues feed one product, each has a record of its own, and a scrape without the series
// of the other.
struct Venues {
  bool is_second = false;          // then the pipeline is the first's to answer for
  bool is_kraken = true;           // not Binance
  const Ledger* second = nullptr;  // what else goes through the first's pipeline
  bool second_lossy = false;       // its way is: then what both share is bounds too
};

class Conservation final : public Checker {
 public:
  // After a lossy way counts are bounds: no more than the record.
  explicit Conservation(Way way = {}, Venues venues = {}) : way_(way), venues_(venues) {}

  std::string_view name() const override { return "conservation"; }
  void on_scrape(const Observation& seen, Report& report) override;
  void at_rest(const Observation& seen, Report& report) override;

 private:
  Way way_;
  Venues venues_;
  Looked looked_{"conservation", "frames"};
};

}  // namespace tickwitness::sim
