#include "pipeline/market_meter.h"

namespace tickwitness::pipeline {
namespace {

constexpr std::size_t kMarketsMax = 64;  // the bound of the label

double unix_seconds(base::WallTime time) {
  return std::chrono::duration<double>(time.time_since_epoch()).count();
}

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
  if (markets_.size() > kMarketsMax) return markets_.back();
  const telemetry::label::Symbol label{markets_.size() == kMarketsMax ? telemetry::kOther
                                                                      : symbol.str()};
  const auto exchange = label_of(venue);
  markets_.push_back(
      {.venue = venue,
       .symbol = symbol,
       .last_price = metrics_.market_last_price.at(exchange, label),
       .last_trade = metrics_.market_last_trade_timestamp_seconds.at(exchange, label),
       .spread = metrics_.market_spread.at(exchange, label),
       .last_quote = metrics_.market_last_quote_timestamp_seconds.at(exchange, label)});
  return markets_[last_hit_ = markets_.size() - 1];
}

void MarketMeter::forget(market::Venue venue, const market::Symbol& symbol) {
  for (const auto& m : markets_) {
    if (m.venue != venue || m.symbol != symbol) continue;
    for (const auto& gauge : {m.last_price, m.last_trade, m.spread, m.last_quote}) gauge.clear();
  }
}

void MarketMeter::on_tick(const Tick& tick, base::Instant now) {
  if (const auto* trade = std::get_if<market::Trade>(&tick.event)) {
    const Market& m = market(tick.venue, trade->symbol);
    m.last_price.set(trade->price.approx());
    m.last_trade.set(unix_seconds(trade->exchange_time));
  } else if (const auto* quote = std::get_if<market::Quote>(&tick.event)) {
    Market& m = market(tick.venue, quote->symbol);
    const auto spread = quote->bid && quote->ask ? quote->ask->subtract(*quote->bid)
                                                 : base::fail("one side of the book is empty");
    if (spread) {
      m.spread.set(spread->approx());
    } else {
      m.spread.clear();
    }
    m.last_quote.set(unix_seconds(quote->exchange_time.value_or(tick.received.wall)));
  }
  delay_.observe(now - tick.received.mono);
  processed_.inc();
}

}  // namespace tickwitness::pipeline
