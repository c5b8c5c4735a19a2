// The last price of each market with its time: collected where trades pass, looked up elsewhere.
#pragma once

#include <array>
#include <map>
#include <optional>
#include <utility>
#include <vector>

#include "base/decimal.h"
#include "base/index.h"
#include "base/time.h"
#include "market/symbol.h"
#include "market/venue.h"
#include "pipeline/record_tap.h"
#include "telemetry/catalog.gen.h"

namespace tickwitness::cache {

struct LastPrice {
  market::Venue venue = market::Venue::kraken;
  market::Symbol symbol;
  base::Decimal price;
  base::WallTime time;  // of the trade, by the exchange's clock
  friend bool operator==(const LastPrice&, const LastPrice&) = default;
};

// On the core role's thread. One price for each market that ever had a trade.
class LastPriceTap final : public pipeline::RecordTap {
 public:
  // What it is shown it shows `next`, which may be null and outlives it.
  explicit LastPriceTap(pipeline::RecordTap* next) : next_(next) {}
  void on_tick(const pipeline::Tick& tick) override;
  bool on_gap(const pipeline::GapEntry& gap) override {
    return next_ == nullptr || next_->on_gap(gap);
  }
  const std::vector<LastPrice>& prices() const { return prices_; }

 private:
  pipeline::RecordTap* next_;
  std::vector<LastPrice> prices_;
  std::array<base::Index<market::Symbol>, market::kVenues> at_;  // into prices_
};

// On one thread; a cache that is looked up in is measured.
class LastPrices {
 public:
  explicit LastPrices(telemetry::Catalog& metrics);
  void put(const LastPrice& price);
  // Nothing: no trade of that market was seen.
  std::optional<LastPrice> find(market::Venue venue, const market::Symbol& symbol) const;

 private:
  std::map<std::pair<market::Venue, market::Symbol>, LastPrice> prices_;
  telemetry::Counter hits_, misses_;
};

}  // namespace tickwitness::cache
