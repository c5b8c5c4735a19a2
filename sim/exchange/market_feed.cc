#include "sim/exchange/market_feed.h"

#include <algorithm>

#include "sim/exchange/draw.h"

namespace tickwitness::sim {

MarketFeed::MarketFeed(const Settings& settings, base::Prng prng, const ExchangeClock& clock,
                       base::Instant start)
    : settings_(settings) {
  pairs_.reserve(settings.pairs.size());
  for (const PairSettings& pair : settings.pairs) {
    const base::Prng process = prng.split();
    const base::Prng delays = prng.split();
    pairs_.push_back({PriceProcess(pair, process),
                      delays,
                      Tape(settings.trades_kept_max, settings.keep_fills),
                      {},
                      start});
  }
  for (std::uint32_t i = 0; i < pairs_.size(); ++i) {
    trade_through(pairs_[i], clock, start - settings.history, start);
    for (const Kind kind : {Kind::trades, Kind::quote})
      timers_.push({start + until_next(pairs_[i], kind), kind, i});
  }
}

base::Instant MarketFeed::next_deadline() const {
  return timers_.empty() ? base::Instant::max() : timers_.top().at;
}

const Publication* MarketFeed::poll(base::Instant until, const ExchangeClock& clock) {
  while (!timers_.empty() && timers_.top().at <= until) {
    const Timer timer = timers_.top();
    timers_.pop();
    Pair& pair = pairs_[timer.pair];
    if (timer.kind != Kind::publish) {
      make(pair, timer.kind, clock.at(timer.at), made_);
      hold(timer.pair, timer.at);
      timers_.push({timer.at + until_next(pair, timer.kind), timer.kind, timer.pair});
      continue;
    }
    current_.pair = timer.pair;
    current_.what = pair.held.front().what;
    pair.held.pop_front();
    if (!pair.held.empty()) timers_.push({pair.held.front().due, Kind::publish, timer.pair});
    pair.tape.apply(current_.what, false);
    return &current_;
  }
  return nullptr;
}

// The time to the next trade has no memory, so what remains of it may be scaled.
void MarketFeed::set_trade_pace(int pace, base::Instant now) {
  const base::Instant from = std::max(now, paused_until_);
  std::vector<Timer> timers;
  for (; !timers_.empty(); timers_.pop()) timers.push_back(timers_.top());
  for (Timer& timer : timers) {
    if (timer.kind == Kind::trades) timer.at = from + (timer.at - from) * trade_pace_ / pace;
    timers_.push(timer);
  }
  trade_pace_ = pace;
}

void MarketFeed::release() {
  std::vector<Timer> timers;
  for (; !timers_.empty(); timers_.pop()) timers.push_back(timers_.top());
  for (Pair& pair : pairs_)
    for (Held& held : pair.held) held.due = base::Instant::min();
  for (Timer& timer : timers) {
    if (timer.kind == Kind::publish) timer.at = base::Instant::min();
    timers_.push(timer);
  }
}

void MarketFeed::pause(base::Instant now, base::Instant until) {
  const base::Instant from = std::max(now, paused_until_);
  if (until <= from) return;
  defer(until - from);
  paused_until_ = until;
}

void MarketFeed::resume(base::Instant now) {
  if (paused_until_ <= now) return;
  defer(now - paused_until_);
  paused_until_ = now;
}

// Whatever is yet to be made.
void MarketFeed::defer(base::Duration by) {
  std::vector<Timer> timers;
  for (; !timers_.empty(); timers_.pop()) timers.push_back(timers_.top());
  for (Timer& timer : timers) {
    if (timer.kind != Kind::publish) timer.at += by;
    timers_.push(timer);
  }
}

void MarketFeed::stop() {
  std::vector<Timer> kept;
  for (; !timers_.empty(); timers_.pop())
    if (timers_.top().kind == Kind::publish) kept.push_back(timers_.top());
  for (const Timer& timer : kept) timers_.push(timer);
  release();
}

// One trade at least, so that there is a last price from the beginning.
void MarketFeed::trade_through(Pair& pair, const ExchangeClock& clock, base::Instant from,
                               base::Instant to) {
  make(pair, Kind::trades, clock.at(from), made_);
  pair.tape.apply(made_, true);
  base::Instant trades = from + until_next(pair, Kind::trades);
  base::Instant quote = from + until_next(pair, Kind::quote);
  while (std::min(trades, quote) < to) {
    const Kind kind = trades <= quote ? Kind::trades : Kind::quote;
    base::Instant& at = trades <= quote ? trades : quote;
    make(pair, kind, clock.at(at), made_);
    pair.tape.apply(made_, true);
    at += until_next(pair, kind);
  }
}

// A later event of a pair never overtakes an earlier one.
void MarketFeed::hold(std::uint32_t index, base::Instant made) {
  Pair& pair = pairs_[index];
  pair.last_due = std::max(made + draw_delay(pair.delays), pair.last_due);
  pair.held.push_back({pair.last_due, made_});
  if (pair.held.size() == 1) timers_.push({pair.last_due, Kind::publish, index});
}

base::Duration MarketFeed::draw_delay(base::Prng& prng) const {
  const DelayModel& model = settings_.delay;
  if (model.spike_one_in > 0 && prng.below(model.spike_one_in) == 0) return model.spike;
  return std::min(model.least + exponential(prng, model.mean_extra), model.most);
}

base::Duration MarketFeed::until_next(Pair& pair, Kind kind) {
  return kind == Kind::trades ? pair.process.until_trades() / trade_pace_
                              : pair.process.until_quote();
}

void MarketFeed::make(Pair& pair, Kind kind, base::WallTime stamp, Happening& out) {
  if (kind == Kind::trades) {
    pair.process.make_trades(stamp, out);
  } else {
    pair.process.make_quote(stamp, out);
  }
}

}  // namespace tickwitness::sim
