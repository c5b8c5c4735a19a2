#include "pipeline/market_meter.h"

namespace tickwitness::pipeline {
namespace {

constexpr std::size_t kMarketsMax = telemetry::label::Symbol::kMax * market::kVenues;
constexpr base::Duration kStampDistanceMax = std::chrono::hours(24);

double unix_seconds(base::WallTime time) {
  return base::seconds(time.time_since_epoch());
}

telemetry::label::Exchange label_of(market::Venue venue) {
  return static_cast<telemetry::label::Exchange>(venue);  // the same order, held by labels_test
}

}  // namespace

MarketMeter::MarketMeter(telemetry::Catalog& metrics)
    : metrics_(metrics), processed_(metrics.pipeline_ticks_processed.at()), deviation_(metrics) {}

MarketMeter::Market& MarketMeter::market(market::Venue venue, const market::Symbol& symbol) {
  base::Index<market::Symbol>& of_venue = market_of_[static_cast<std::size_t>(venue)];
  if (const auto known = of_venue.find(symbol)) return markets_[*known];
  if (markets_.size() > kMarketsMax) return markets_.back();
  const telemetry::label::Symbol label{markets_.size() == kMarketsMax ? telemetry::kOther
                                                                      : symbol.str()};
  const auto exchange = label_of(venue);
  markets_.push_back(
      {.venue = venue,
       .symbol = symbol,
       .spread = metrics_.market_spread.at(exchange, label),
       .spread_ratio = metrics_.market_spread_ratio.at(exchange, label),
       .last_quote = metrics_.market_last_quote_timestamp_seconds.at(exchange, label),
       .last_update = metrics_.market_last_update_timestamp_seconds.at(exchange, label),
       .delay = metrics_.pipeline_delay_seconds.at(exchange),
       .lag = metrics_.market_lag_seconds.at(exchange, label)});
  if (markets_.size() <= kMarketsMax) markets_.back().row = deviation_.row(symbol);
  of_venue.add(symbol, markets_.size() - 1);
  return markets_.back();
}

MarketMeter::Market* MarketMeter::find(market::Venue venue, const market::Symbol& symbol) {
  const auto known = market_of_[static_cast<std::size_t>(venue)].find(symbol);
  return known ? &markets_[*known] : nullptr;
}

void MarketMeter::expect(market::Venue venue, const market::Symbol& symbol) {
  if (Market* const m = find(venue, symbol)) m->followed = true;
}

void MarketMeter::expect_quotes(market::Venue venue, const market::Symbol& symbol) {
  if (Market* const m = find(venue, symbol)) m->quoted = true;
}

void MarketMeter::forget(market::Venue venue, const market::Symbol& symbol) {
  forget_quotes(venue, symbol);
  if (Market* const m = find(venue, symbol)) {
    m->followed = false;
    m->last_update.clear();
  }
}

void MarketMeter::forget_quotes(market::Venue venue, const market::Symbol& symbol) {
  Market* const m = find(venue, symbol);
  if (m == nullptr) return;
  m->quoted = false;
  for (const auto& gauge : {m->spread, m->spread_ratio, m->last_quote}) gauge.clear();
  deviation_.forget(venue, symbol);
}

std::optional<double> MarketMeter::set_spread(const Market& m, const market::Quote& quote) {
  const auto spread = quote.bid && quote.ask ? quote.ask->subtract(*quote.bid)
                                             : base::fail("one side of the book is empty");
  if (!spread) {
    m.spread.clear();
    m.spread_ratio.clear();
    return std::nullopt;
  }
  m.spread.set(spread->approx());
  const double middle = (quote.bid->approx() + quote.ask->approx()) / 2;
  if (middle > 0) {
    m.spread_ratio.set(spread->approx() / middle);
  } else {
    m.spread_ratio.clear();
  }
  return middle;
}

void MarketMeter::on_quote(const Market& m, const market::Quote& quote, base::Now received) {
  const auto middle = set_spread(m, quote);
  if (m.row) deviation_.note(*m.row, m.venue, middle, received.mono);
  if (!quote.bid && !quote.ask) return;  // none came: the best prices are not known any more
  m.last_quote.set(unix_seconds(quote.exchange_time.value_or(received.wall)));
}

// What is older or newer than a day, and what lies after its receipt, is no lag; the feed counts
// both.
void MarketMeter::observe_lag(const Market& m, const Tick& tick, base::WallTime exchange_time,
                              base::Duration delay) {
  if (tick.origin != Origin::live || exchange_time < tick.received.wall - kStampDistanceMax ||
      exchange_time > tick.received.wall) {
    return;
  }
  m.lag.observe(tick.received.wall - exchange_time + delay);
}

void MarketMeter::on_tick(const Tick& tick, base::Instant now) {
  const base::Duration delay = now - tick.received.mono;
  const Market& m = std::visit(
      [&](const auto& event) -> const Market& { return market(tick.venue, event.symbol); },
      tick.event);
  if (const auto* trade = std::get_if<market::Trade>(&tick.event)) {
    observe_lag(m, tick, trade->exchange_time, delay);
  } else if (const auto* quote = std::get_if<market::Quote>(&tick.event)) {
    if (m.quoted) on_quote(m, *quote, tick.received);
    if (quote->exchange_time) observe_lag(m, tick, *quote->exchange_time, delay);
  }
  if (m.followed && tick.origin == Origin::live)
    m.last_update.set(unix_seconds(tick.received.wall));
  m.delay.observe(delay);
  processed_.inc();
}

}  // namespace tickwitness::pipeline
