// What the product stored, beside what the exchange made: every trade once, none altered, none
// invented, and nothing of what was accepted is gone. From the first that is stored to the last
// that was delivered there are all, but for those that the product knows it has not: of these
// `gaps` says whether that is right.
#pragma once

#include <string>
#include <vector>

#include "sim/checkers/looked.h"
#include "sim/database/database.h"
#include "sim/exchange/exchange.h"
#include "sim/record/trade_ids.h"

namespace tickwitness::sim {

class Once final : public Checker {
 public:
  // Both outlive it; the exchange keeps its fills. `exact`: what was accepted is what is stored, no
  // more: not where a record may survive whose sync has failed.
  Once(const Database& database, const Exchange& exchange, market::Venue venue, bool exact)
      : database_(database), exchange_(exchange), venue_(venue), exact_(exact) {}

  std::string_view name() const override { return "once"; }
  void on_scrape(const Observation& seen, Report& report) override;
  // The last that a client could have read before the process dies.
  void on_death(const Observation& seen, Report& report) { read(seen, report); }
  void on_restart() override {
    delivered_.clear();
    blind_ = false;
  }
  // This life could not read its spool when it began, and knows nothing of those before it.
  void on_blind_start() { blind_ = true; }
  // Whether the product shows that nothing is on its way to the database.
  bool caught_up(const Observation& seen) const;
  // What was delivered and accepted by now is stored at the next rest.
  void settle(const Observation& seen, Report& report);
  void at_rest(const Observation& seen, Report& report) override;

 private:
  // What the product says that it has accepted, in all its lives; never less than before.
  void read(const Observation& seen, Report& report);
  void judge(const Observation& seen, std::size_t pair, Report& report);
  // Rows that are not what the exchange made, or come twice.
  struct Rows {
    std::uint64_t altered = 0, twice = 0;
  };
  Rows look_at(const Observation& seen, std::size_t pair, const std::vector<TradeRow>& rows,
               Report& report) const;

  const Database& database_;
  const Exchange& exchange_;
  market::Venue venue_;
  bool exact_;
  Looked looked_{"once", "rows"};
  bool blind_ = false;
  double accepted_ = 0;              // as was read last
  std::vector<TradeIds> delivered_;  // in this life, when settle() was called
};

}  // namespace tickwitness::sim
