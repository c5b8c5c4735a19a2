// How far exchanges are apart on the price of the same market.
#pragma once

#include <array>
#include <cstddef>
#include <optional>
#include <vector>

#include "base/time.h"
#include "market/symbol.h"
#include "market/venue.h"
#include "telemetry/catalog.gen.h"

namespace tickwitness::pipeline {

// Not thread-safe; lives on the consumer's thread.
class PriceDeviation {
 public:
  // An older quote says nothing: its stream may be dead.
  static constexpr base::Duration kFresh = std::chrono::seconds(10);

  explicit PriceDeviation(telemetry::Catalog& metrics) : metrics_(metrics) {}

  // Where quotes of this market are noted; allocates for the first of its symbol. Nothing when the
  // market would share the series `other`: a value of several markets is that of none.
  std::optional<std::size_t> row(const market::Symbol& symbol);
  // A venue's best bid and offer in the middle, received at `at`; absent: one side is missing.
  void note(std::size_t row, market::Venue venue, std::optional<double> middle, base::Instant at);
  void forget(market::Venue venue, const market::Symbol& symbol);
  // Some times a second: values appear and go.
  void observe(base::Instant now) const;

 private:
  struct Quote {
    double middle = 0;
    base::Instant at{};
  };
  struct Row {
    market::Symbol symbol;
    telemetry::Gauge deviation;
    std::array<std::optional<Quote>, market::kVenues> quotes;  // by venue
  };

  telemetry::Catalog& metrics_;
  std::vector<Row> rows_;  // one for each market's name
};

}  // namespace tickwitness::pipeline
