// The simulated Binance: what it sends of its own accord.
#include <algorithm>
#include <chrono>

#include "sim/exchange/binance.h"

namespace tickwitness::sim {
namespace {

constexpr auto kKlinePace = std::chrono::seconds(2);
constexpr auto kFastKlinePace = std::chrono::seconds(1);  // of candles of one second

base::WallTime shown(base::WallTime time) {
  return std::chrono::floor<std::chrono::milliseconds>(time);
}

// 0 for what is no whole number of them.
std::uint32_t minutes_of(std::size_t interval) {
  return static_cast<std::uint32_t>(kKlineIntervals[interval].length / std::chrono::minutes(1));
}

// After this all trades of a candle have been published.
base::Duration grace_of(const Settings& settings) {
  return std::max(settings.delay.most, settings.delay.spike);
}

}  // namespace

// A book does not move while the exchange hangs, so that what its clients hold stays right.
void Binance::publish(const Publication& publication, base::Now now, Actions& actions) {
  const std::size_t pair = publication.pair;
  const std::span<const Fill> fills = publication.what.fills();
  const bool hangs = faults_.is_on(FaultKind::hang);
  Part part{StreamKind::trade, publication, pairs_[pair].next_aggregate, 0};
  aggregate(fills, part.first_aggregate, aggregates_);
  pairs_[pair].next_aggregate += aggregates_.size();
  if (hangs) {
    count_fills(pair, fills, false, now, actions);
    truth_.pairs[pair].trades_undelivered += fills.size();
    return;
  }
  const OrderBook* const book = books_.apply(publication);
  part.update_id = books_.last_id(pair);
  for (const StreamKind kind : {StreamKind::trade, StreamKind::aggregate, StreamKind::quote}) {
    if (kind != StreamKind::quote && fills.empty()) continue;
    part.kind = kind;
    if (faults_.is_on(FaultKind::reorder)) {
      swap_with_next(part, now, actions);
    } else {
      publish_part(part, now, actions);
    }
  }
  count_fills(pair, fills, true, now, actions);
  if (!fills.empty()) push_klines(pair, now, actions);
  if (book != nullptr) journal(pair, *book, now);
}

void Binance::publish_part(const Part& part, base::Now now, Actions& actions) {
  const std::span<const Fill> fills = part.publication.what.fills();
  if (part.kind == StreamKind::trade && faults_.is_on(FaultKind::hang)) {
    truth_.pairs[part.publication.pair].trades_undelivered += fills.size();
  } else if (part.kind == StreamKind::trade) {
    publish_trades(part.publication.pair, fills, now, actions);
  } else if (faults_.is_on(FaultKind::hang)) {
    return;
  } else if (part.kind == StreamKind::aggregate) {
    publish_aggregates(part, actions);
  } else {
    publish_quote(part, actions);
  }
}

void Binance::publish_trades(std::size_t pair, std::span<const Fill> fills, base::Now now,
                             Actions& actions) {
  const Stream stream{StreamKind::trade, pair, 0};
  PairTruth& truth = truth_.pairs[pair];
  const bool listened = !streams_.listeners(stream).empty();
  const bool silenced = silenced_ == pair;
  if (silenced && listened) truth.trades_withheld += fills.size();
  if (silenced || !listened) {
    truth.trades_undelivered += fills.size();
    return;
  }
  for (const Fill& fill : fills) {
    if (faults_.is_on(FaultKind::drop) && dice_.below(kDropOneIn) == 0) {
      ++truth.trades_dropped;
      ++truth.trades_undelivered;
      if (TradeRecord* const record = feed_.tape(pair).find(fill.id)) record->dropped = true;
    } else {
      publish_trade(stream, fill, now, actions);
    }
  }
}

void Binance::publish_trade(const Stream& stream, const Fill& fill, base::Now now,
                            Actions& actions) {
  const PairSettings& pair = settings_.pairs[stream.pair];
  open(stream);
  write_trade_event(text_, pairs_[stream.pair].symbol, pair, fill);
  Parcel parcel = data_parcel(WireChannel::trade, stream.pair, 1, false);
  parcel.last_price = {fill.price, pair.price_precision};
  parcel.id[parcel.stamps] = fill.id;
  parcel.stamp[parcel.stamps++] = shown(fill.time);
  PairTruth& truth = truth_.pairs[stream.pair];
  const std::uint32_t sent = send_event(stream, parcel, actions);
  if (sent == 0) {
    ++truth.trades_undelivered;
    ++truth.trades_withheld;
    return;
  }
  truth.trades.update += sent;
  truth.last_price_sent = parcel.last_price;
  if (truth.last_id_sent.value_or(0) > fill.id) truth_.frames_reordered += sent;
  truth.last_id_sent = std::max(truth.last_id_sent.value_or(0), fill.id);
  if (TradeRecord* const record = feed_.tape(stream.pair).find(fill.id))
    record->updates_sent += sent;
  truth.trade_latencies.add({now.mono, clock_.unskewed_at(now.mono) - shown(fill.time)});
}

void Binance::publish_aggregates(const Part& part, Actions& actions) {
  const std::size_t pair = part.publication.pair;
  const Stream stream{StreamKind::aggregate, pair, 0};
  if (streams_.listeners(stream).empty()) return;
  PairState& state = pairs_[pair];
  aggregate(part.publication.what.fills(), part.first_aggregate, aggregates_);
  for (const Aggregate& trade : aggregates_) {
    open(stream);
    write_aggregate_event(text_, state.symbol, settings_.pairs[pair], trade);
    Parcel parcel{.kind = SentKind::aggregate,
                  .pair = static_cast<std::uint16_t>(pair),
                  .items = 1,
                  .reason = {}};
    parcel.stamp[parcel.stamps++] = shown(trade.sum.time);
    const std::uint32_t sent = send_event(stream, parcel, actions);
    truth_.pairs[pair].aggregates += sent;
    if (state.last_aggregate_sent > trade.id) truth_.frames_reordered += sent;
    if (sent > 0) state.last_aggregate_sent = std::max(state.last_aggregate_sent, trade.id);
  }
}

void Binance::publish_quote(const Part& part, Actions& actions) {
  const std::size_t pair = part.publication.pair;
  const Stream stream{StreamKind::quote, pair, 0};
  if (streams_.listeners(stream).empty()) return;
  PairState& state = pairs_[pair];
  open(stream);
  write_book_ticker(text_, state.symbol, settings_.pairs[pair], part.publication.what.quote,
                    part.update_id);
  const std::uint32_t sent =
      send_event(stream, data_parcel(WireChannel::ticker, pair, 1, false), actions);
  truth_.pairs[pair].quotes.update += sent;
  if (state.last_quote_sent > part.update_id) truth_.frames_reordered += sent;
  if (sent > 0) state.last_quote_sent = std::max(state.last_quote_sent, part.update_id);
}

// Into the candles too; those that end are told, unless the exchange hangs.
void Binance::count_fills(std::size_t pair, std::span<const Fill> fills, bool told, base::Now now,
                          Actions& actions) {
  if (fills.empty()) return;
  PairTruth& truth = truth_.pairs[pair];
  truth.trades_made += fills.size();
  truth.last_price = {fills.back().price, settings_.pairs[pair].price_precision};
  for (std::size_t interval = 0; interval < kKlineIntervals.size(); ++interval) {
    KlineState& state = pairs_[pair].klines[interval];
    for (const Fill& fill : fills) {
      const std::optional<Kline> ended = state.series.add(fill);
      if (!ended) continue;
      if (told && !state.closed)
        send_kline({StreamKind::kline, pair, interval}, *ended, true, now.mono, actions);
      state.closed = state.owed = false;
      state.wake.reset();
    }
  }
}

void Binance::push_klines(std::size_t pair, base::Now now, Actions& actions) {
  for (std::size_t interval = 0; interval < kKlineIntervals.size(); ++interval) {
    const Stream stream{StreamKind::kline, pair, interval};
    if (streams_.listeners(stream).empty()) continue;
    KlineState& state = pairs_[pair].klines[interval];
    const Kline& kline = *state.series.running();
    if (now.mono >= state.next_push) {
      send_kline(stream, kline, false, now.mono, actions);
      state.next_push = now.mono + (interval == 0 ? kFastKlinePace : kKlinePace);
      state.owed = false;
    } else if (!std::exchange(state.owed, true)) {
      timers_.insert({state.next_push, TimerKind::kline, pair, interval});
    }
    if (state.wake) continue;
    state.wake = now.mono + (kline.end - clock_.at(now.mono)) + grace_of(settings_);
    timers_.insert({*state.wake, TimerKind::kline, pair, interval});
  }
}

void Binance::on_kline_timer(const Timer& timer, base::Now now, Actions& actions) {
  const Stream stream{StreamKind::kline, timer.index, timer.variant};
  KlineState& state = pairs_[timer.index].klines[timer.variant];
  const Kline& kline = *state.series.running();
  const base::Duration to_end = kline.end + grace_of(settings_) - clock_.at(now.mono);
  if (to_end <= base::Duration::zero()) {
    if (!std::exchange(state.closed, true)) send_kline(stream, kline, true, now.mono, actions);
    state.owed = false;
    return;
  }
  if (state.owed && now.mono >= state.next_push) {
    send_kline(stream, kline, false, now.mono, actions);
    state.next_push = now.mono + (timer.variant == 0 ? kFastKlinePace : kKlinePace);
    state.owed = false;
  }
  // The exchange's clock may have lagged behind since the timer was set.
  if (state.wake != timer.at) return;
  state.wake = now.mono + to_end;
  timers_.insert({*state.wake, TimerKind::kline, timer.index, timer.variant});
}

void Binance::send_kline(const Stream& stream, const Kline& kline, bool closed,
                         base::Instant moment, Actions& actions) {
  if (streams_.listeners(stream).empty()) return;
  open(stream);
  write_kline_event(text_, pairs_[stream.pair].symbol, settings_.pairs[stream.pair],
                    kKlineIntervals[stream.variant].name, kline, closed, clock_.at(moment));
  Parcel parcel = data_parcel(WireChannel::ohlc, stream.pair, 1, false);
  parcel.interval = minutes_of(stream.variant);
  const std::uint32_t sent = send_event(stream, parcel, actions);
  PairTruth& truth = truth_.pairs[stream.pair];
  truth.candles.update += sent;
  if (sent > 0) truth.candles_by_interval[parcel.interval].update += sent;
}

// A journal that nobody reads is always up to date.
void Binance::journal(std::size_t pair, const OrderBook& book, base::Now now) {
  const std::uint64_t last_id = books_.last_id(pair);
  for (std::size_t pace = 0; pace < kDepthPaces.size(); ++pace) {
    DepthJournal& journal = pairs_[pair].journals[pace];
    if (streams_.listeners({StreamKind::depth, pair, pace}).empty()) {
      journal.begin(last_id);
      continue;
    }
    if (!journal.add(book.changes(), last_id)) continue;
    const base::Duration since = now.mono - start_;
    const base::Duration to_next = kDepthPaces[pace] - since % kDepthPaces[pace];
    timers_.insert({now.mono + to_next, TimerKind::depth, pair, pace});
  }
}

void Binance::send_depth(const Stream& stream, base::Instant moment, base::Now now,
                         Actions& actions) {
  const DepthUpdate& update = pairs_[stream.pair].journals[stream.variant].take();
  if (update.levels.empty() || streams_.listeners(stream).empty()) return;
  if (faults_.waits(FaultKind::drop_depth)) {
    faults_.has_hit(FaultKind::drop_depth);
    note(FaultKind::drop_depth, now, streams_.name(stream), now.mono);
    truth_.depth_holes.push_back({now.mono, stream.pair, update.first_id, update.last_id});
    return;
  }
  open(stream);
  write_depth_event(text_, pairs_[stream.pair].symbol, settings_.pairs[stream.pair], update,
                    clock_.at(moment));
  Parcel parcel = data_parcel(WireChannel::book, stream.pair, update.levels.size(), false);
  parcel.stamp[parcel.stamps++] = shown(clock_.at(moment));
  truth_.pairs[stream.pair].books.update += send_event(stream, parcel, actions);
}

void Binance::open(const Stream& stream) {
  text_ = R"({"stream":")";
  text_ += streams_.name(stream);
  text_ += R"(","data":)";
  event_begin_ = text_.size();
}

std::uint32_t Binance::send_event(const Stream& stream, const Parcel& parcel, Actions& actions) {
  text_ += '}';
  std::uint32_t sent = 0;
  for (const ConnectionId listener : streams_.listeners(stream))
    sent += send_to(listener, stream, parcel, actions);
  return sent;
}

std::uint32_t Binance::send_to(ConnectionId connection, const Stream& stream, const Parcel& parcel,
                               Actions& actions) {
  if (is_zombie(stream, connection)) {
    ++truth_.frames_withheld;
    return 0;
  }
  std::string_view text = text_;
  if (!connections_.at(connection).combined)
    text = text.substr(event_begin_, text.size() - event_begin_ - 1);
  send(connection, parcel, text, actions);
  const bool twice = faults_.is_on(FaultKind::duplicate) && stream.kind != StreamKind::kline;
  if (!twice || dice_.below(2) == 0) return 1;
  Parcel again = parcel;
  again.repeated = true;
  send(connection, again, text, actions);
  ++truth_.frames_duplicated;
  return 2;
}

}  // namespace tickwitness::sim
