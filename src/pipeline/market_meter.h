// The core role's first inhabitant: turns ticks into what an operator reads about the markets
// themselves.
#pragma once

#include <array>
#include <optional>
#include <vector>

#include "base/index.h"
#include "pipeline/price_deviation.h"
#include "pipeline/tick.h"
#include "telemetry/catalog.gen.h"

namespace tickwitness::pipeline {

// Not thread-safe; lives on the consumer's thread.
class MarketMeter {
 public:
  explicit MarketMeter(telemetry::Catalog& metrics);
  // `now`: the moment of handling; the delay since the tick's receipt is observed.
  void on_tick(const Tick& tick, base::Instant now);
  // The market, its best bid and offer, are followed (again); as are all that were not forgotten.
  void expect(market::Venue venue, const market::Symbol& symbol);
  void expect_quotes(market::Venue venue, const market::Symbol& symbol);
  // The market is no longer followed: what it was is no longer said, and what is still on its way
  // is only counted.
  void forget(market::Venue venue, const market::Symbol& symbol);
  // The same of its best bid and offer alone.
  void forget_quotes(market::Venue venue, const market::Symbol& symbol);
  // Some times a second: what compares markets.
  void observe(base::Instant now) const { deviation_.observe(now); }

 private:
  struct Market {
    market::Venue venue;
    market::Symbol symbol;
    telemetry::Gauge spread, spread_ratio, last_quote, last_update;
    telemetry::Histogram delay, lag;
    bool followed = true, quoted = true;
    std::optional<std::size_t> row = {};  // in deviation_; none of what shares `other`
  };
  Market& market(market::Venue venue, const market::Symbol& symbol);
  Market* find(market::Venue venue, const market::Symbol& symbol);
  // The middle price, where there is one.
  static std::optional<double> set_spread(const Market& m, const market::Quote& quote);
  void on_quote(const Market& m, const market::Quote& quote, base::Now received);
  static void observe_lag(const Market& m, const Tick& tick, base::WallTime exchange_time,
                          base::Duration delay);

  telemetry::Catalog& metrics_;
  telemetry::Counter processed_;
  std::vector<Market> markets_;  // bounded; what comes after the label's bound shares `other`
  std::array<base::Index<market::Symbol>, market::kVenues> market_of_;  // into markets_
  PriceDeviation deviation_;
};

}  // namespace tickwitness::pipeline
