#include "pipeline/market_meter.h"

namespace tickwitness::pipeline {
namespace {

telemetry::label::Exchange label_of(market::Venue venue) {
  return venue == market::Venue::kraken ? telemetry::label::Exchange::kraken
                                        : telemetry::label::Exchange::binance;
}

}  // namespace

MarketMeter::MarketMeter(telemetry::Catalog& metrics)
    : metrics_(metrics),
      processed_(metrics.pipeline_ticks_processed.at()),
      delay_(metrics.pipeline_delay_seconds.at()) {}

MarketMeter::Market& MarketMeter::market(market::Venue venue, const market::Symbol& symbol) {
  const auto is_it = [&](const Market& m) { return m.venue == venue && m.symbol == symbol; };
  if (last_hit_ < markets_.size() && is_it(markets_[last_hit_])) return markets_[last_hit_];
  for (std::size_t i = 0; i < markets_.size(); ++i) {
    if (is_it(markets_[i])) return markets_[last_hit_ = i];
  }
  const telemetry::label::Symbol label{symbol.str()};
  markets_.push_back({.venue = venue,
                      .symbol = symbol,
                      .last_price = metrics_.market_last_price.at(label_of(venue), label),
                      .spread = metrics_.market_spread.at(label_of(venue), label)});
  return markets_[last_hit_ = markets_.size() - 1];
}

void MarketMeter::on_tick(const Tick& tick, base::Instant now) {
  if (const auto* trade = std::get_if<market::Trade>(&tick.event)) {
    market(tick.venue, trade->symbol).last_price.set(trade->price.approx());
  } else if (const auto* quote = std::get_if<market::Quote>(&tick.event)) {
    Market& m = market(tick.venue, quote->symbol);
    const auto spread = quote->bid && quote->ask ? quote->ask->subtract(*quote->bid)
                                                 : base::fail("one side of the book is empty");
    if (spread) {
      m.spread.set(spread->approx());
    } else {
      m.spread.clear();
    }
  }
  delay_.observe(now - tick.received.mono);
  processed_.inc();
}

}  // namespace tickwitness::pipeline
