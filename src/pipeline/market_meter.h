// The core role's first inhabitant: turns ticks into what an operator reads about the markets
// themselves.
#pragma once

#include <vector>

#include "pipeline/tick.h"
#include "telemetry/catalog.gen.h"

namespace tickwitness::pipeline {

// Not thread-safe; lives on the consumer's thread.
class MarketMeter {
 public:
  explicit MarketMeter(telemetry::Catalog& metrics);
  // `now`: the moment of handling; the delay since the tick's receipt is observed.
  void on_tick(const Tick& tick, base::Instant now);

 private:
  struct Market {
    market::Venue venue;
    market::Symbol symbol;
    telemetry::Gauge last_price, spread;
  };
  Market& market(market::Venue venue, const market::Symbol& symbol);

  telemetry::Catalog& metrics_;
  telemetry::Counter processed_;
  telemetry::Histogram delay_;
  std::vector<Market> markets_;  // a handful; bounded by the label budget
  std::size_t last_hit_ = 0;
};

}  // namespace tickwitness::pipeline
