#include "store/selection.h"

namespace tickwitness::store {

using market::Candle;
using market::Quote;
using pipeline::Tick;

std::optional<Tick> Selection::pick(const Tick& tick) {
  if (const auto* trade = std::get_if<market::Trade>(&tick.event))
    return trade->id != 0 ? std::optional(tick) : std::nullopt;
  if (const auto* quote = std::get_if<Quote>(&tick.event))
    return due(tick, *quote) ? std::optional(tick) : std::nullopt;
  return pick(tick, std::get<Candle>(tick.event));
}

bool Selection::due(const Tick& tick, const Quote& quote) {
  const Key key{.venue = tick.venue, .symbol = quote.symbol, .interval_minutes = 0};
  auto index = quote_index_.find(key);
  if (!index) {
    index = quote_due_.size();
    quote_index_.add(key, *index);
    quote_due_.emplace_back();
  }
  base::Instant& due = quote_due_[*index];
  if (tick.received.mono < due) return false;
  due = tick.received.mono + quote_every_;
  return true;
}

// A venue that does not tell when a candle is over shows it by the next one.
std::optional<Tick> Selection::pick(const Tick& tick, const Candle& candle) {
  if (candle.closed) return *candle.closed ? std::optional(tick) : std::nullopt;
  const Key key{
      .venue = tick.venue, .symbol = candle.symbol, .interval_minutes = candle.interval_minutes};
  const auto index = candle_index_.find(key);
  if (!index) {
    candle_index_.add(key, candles_.size());
    candles_.push_back(tick);
    return std::nullopt;
  }
  Tick& before = candles_[*index];
  const bool over = std::get<Candle>(before.event).begin < candle.begin;
  // One that comes out of turn is older than what is kept.
  if (candle.begin < std::get<Candle>(before.event).begin) return std::nullopt;
  std::optional<Tick> ended = over ? std::optional(before) : std::nullopt;
  before = tick;
  if (ended) {
    std::get<Candle>(ended->event).closed = true;
    ended->received = tick.received;  // what shows that it is over came now
  }
  return ended;
}

}  // namespace tickwitness::store
