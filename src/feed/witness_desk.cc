#include "feed/witness_desk.h"

#include <algorithm>
#include <utility>

namespace tickwitness::feed {
namespace {

using exchange::Channel;

bool by_quote(Channel channel) {
  return channel == Channel::spread || channel == Channel::book;
}

}  // namespace

WitnessDesk::Market& WitnessDesk::market(const market::Symbol& symbol) {
  if (const auto known = market_of_.find(symbol)) return *markets_[*known];
  market_of_.add(symbol, markets_.size());
  markets_.push_back(std::make_unique<Market>());
  markets_.back()->symbol = symbol;
  markets_.back()->again = executor_.make_timer();
  return *markets_.back();
}

WitnessDesk::Timed& WitnessDesk::timed(Market& market, const exchange::Subscription& subscription) {
  const auto found = std::ranges::find(market.timed, subscription, &Timed::subscription);
  if (found != market.timed.end()) return *found;
  market.timed.push_back({.subscription = subscription, .witness = {}});
  return market.timed.back();
}

void WitnessDesk::on_frame(base::Now received, const exchange::Frame& frame) {
  if (source_ == nullptr) return;
  const base::Instant now = received.mono;
  for (const auto& trade : frame.trades) {
    if (frame.kind != exchange::FrameKind::trades) break;
    Market& one = market(trade.symbol);
    if (frame.channel == Channel::trade) {
      one.trades.on_trade(now, trade);
    } else {
      timed(one, {.channel = frame.channel, .symbol = trade.symbol}).witness.on_data(now);
    }
    one.newest = one.trades.newest() ? one.trades.newest()
                                     : Landmark{.time = trade.exchange_time, .received = now};
  }
  for (const auto& quote : frame.quotes) {
    if (frame.kind == exchange::FrameKind::quotes) market(quote.symbol).quotes.on_quote(quote);
  }
  for (const auto& candle : frame.candles) {
    if (frame.kind != exchange::FrameKind::candles) break;
    timed(market(candle.symbol), {.channel = Channel::ohlc,
                                  .symbol = candle.symbol,
                                  .interval_minutes = candle.interval_minutes})
        .witness.on_data(now);
  }
  for (const auto& book : frame.books) {
    if (frame.kind == exchange::FrameKind::books) market(book.symbol).book.end();
  }
}

void WitnessDesk::on_top(const market::Quote& top) {
  if (source_ == nullptr) return;
  QuoteWitness& witness = market(top.symbol).book;
  top.bid || top.ask ? witness.on_quote(top) : witness.forget();
}

void WitnessDesk::ask(const exchange::Subscription& subscription, Then then) {
  if (source_ == nullptr || subscription.symbol.empty()) return then(Verdict::unknown);
  Market& one = market(subscription.symbol);
  const base::Instant now = executor_.clock().now().mono;
  const bool idle = one.asked.empty();
  if (idle && budget_.earliest(now) > now) return then(Verdict::unknown);
  one.waiting.push_back({.subscription = subscription, .then = std::move(then)});
  if (idle) begin(one);
}

void WitnessDesk::begin(Market& market) {
  if (market.waiting.empty()) return;
  const bool quote = by_quote(market.waiting.front().subscription.channel);
  std::vector<Question> later;
  for (auto& question : market.waiting) {
    auto& list = by_quote(question.subscription.channel) == quote ? market.asked : later;
    list.push_back(std::move(question));
  }
  market.waiting = std::move(later);
  fetch(market);
}

void WitnessDesk::fetch(Market& market) {
  budget_.record(executor_.clock().now().mono);
  if (by_quote(market.asked.front().subscription.channel)) {
    source_->quote(market.symbol, [this, &market](const std::optional<market::Quote>& quote) {
      on_quote(market, quote);
    });
  } else {
    source_->trades(
        market.symbol, market.newest,
        [this, &market](const WitnessSource::Trades& trades) { on_trades(market, trades); });
  }
}

void WitnessDesk::on_trades(Market& market, const WitnessSource::Trades& trades) {
  const base::Instant now = executor_.clock().now().mono;
  // Each witness looks once, though several questions may be about it.
  answer(market, !trades, [&](const exchange::Subscription& subscription) {
    if (subscription.channel == Channel::trade) return market.trades.look(now, *trades);
    return timed(market, subscription).witness.look(now, market.newest, *trades);
  });
}

void WitnessDesk::on_quote(Market& market, const std::optional<market::Quote>& quote) {
  const base::Instant now = executor_.clock().now().mono;
  answer(market, !quote, [&](const exchange::Subscription& subscription) {
    auto& witness = subscription.channel == Channel::book ? market.book : market.quotes;
    return witness.look(now, *quote);
  });
}

template <class LookAt>
void WitnessDesk::answer(Market& market, bool failed, LookAt look_at) {
  std::vector<std::pair<Then, Verdict>> answers;
  std::vector<Question> rest;
  for (auto& question : market.asked) {
    const Look look = failed ? Look::quiet : look_at(question.subscription);
    if (look == Look::again && ++question.looks < kLooksMax) {
      rest.push_back(std::move(question));
      continue;
    }
    const Verdict seen = look == Look::active ? Verdict::active : Verdict::quiet;
    end(market, question.subscription);
    answers.emplace_back(std::move(question.then), failed ? Verdict::unknown : seen);
  }
  market.asked = std::move(rest);
  if (!market.asked.empty()) {
    market.again->arm(executor_.clock().now().mono + kLookAgainAfter,
                      [this, &market] { fetch(market); });
  } else {
    begin(market);
  }
  for (const auto& [then, verdict] : answers) then(verdict);
}

void WitnessDesk::end(Market& market, const exchange::Subscription& subscription) {
  switch (subscription.channel) {
    case Channel::trade:
      return market.trades.end();
    case Channel::spread:
      return market.quotes.end();
    case Channel::book:
      return market.book.end();
    case Channel::ohlc:
    case Channel::agg_trade:
      return timed(market, subscription).witness.end();
    case Channel::instrument:
      return;
  }
}

}  // namespace tickwitness::feed
