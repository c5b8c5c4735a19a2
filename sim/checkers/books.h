// An order book is shown valid exactly while what reached the engine tells it rightly, and then
// with best prices that the exchange's own book had; every checksum is compared.
#pragma once

#include <string>

#include "sim/checkers/looked.h"
#include "sim/exchange/json_reader.h"

namespace tickwitness::sim {

class BookChecker final : public Checker {
 public:
  std::string_view name() const override { return "books"; }
  void on_scrape(const Observation& seen, Report& report) override;
  void at_rest(const Observation& seen, Report& report) override;

  // An answer says what was reported so long ago at most.
  static constexpr base::Duration kReportedWithin = std::chrono::milliseconds(500);

 private:
  void answer(const Observation& seen, Report& report);
  void state(const Observation& seen, std::size_t pair, Report& report);
  void top(const Observation& seen, std::size_t pair, const Json& book, Report& report);

  Looked looked_{"books", "states"};
  Looked tops_{"books", "best prices"};
};

}  // namespace tickwitness::sim
