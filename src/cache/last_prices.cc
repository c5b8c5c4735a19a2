#include "cache/last_prices.h"

namespace tickwitness::cache {

using telemetry::label::CacheResult;

void LastPriceTap::on_tick(const pipeline::Tick& tick) {
  if (next_ != nullptr) next_->on_tick(tick);
  const auto* trade = std::get_if<market::Trade>(&tick.event);
  if (trade == nullptr || tick.late) return;
  base::Index<market::Symbol>& of_venue = at_[static_cast<std::size_t>(tick.venue)];
  const LastPrice last{.venue = tick.venue,
                       .symbol = trade->symbol,
                       .price = trade->price,
                       .time = trade->exchange_time};
  if (const auto at = of_venue.find(trade->symbol)) {
    // What was asked for afterwards may be older.
    if (prices_[*at].time <= last.time) prices_[*at] = last;
    return;
  }
  of_venue.add(trade->symbol, prices_.size());
  prices_.push_back(last);
}

LastPrices::LastPrices(telemetry::Catalog& metrics)
    : hits_(metrics.cache_requests.at(telemetry::label::Cache{"last_prices"}, CacheResult::hit)),
      misses_(
          metrics.cache_requests.at(telemetry::label::Cache{"last_prices"}, CacheResult::miss)) {}

void LastPrices::put(const LastPrice& price) {
  prices_.insert_or_assign({price.venue, price.symbol}, price);
}

std::optional<LastPrice> LastPrices::find(market::Venue venue, const market::Symbol& symbol) const {
  const auto found = prices_.find({venue, symbol});
  const bool hit = found != prices_.end();
  (hit ? hits_ : misses_).inc();
  return hit ? std::optional(found->second) : std::nullopt;
}

}  // namespace tickwitness::cache
