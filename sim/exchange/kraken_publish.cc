// The simulated Kraken: what it sends of its own accord.
#include <algorithm>
#include <chrono>

#include "sim/exchange/kraken.h"

namespace tickwitness::sim {
namespace {

// As its message has it.
base::WallTime stamped(const Fill& fill) {
  return std::chrono::floor<std::chrono::microseconds>(fill.time);
}

}  // namespace

// A book does not move while the exchange hangs, so that what its clients hold stays right.
void Kraken::publish(const Publication& publication, base::Now now, Actions& actions) {
  const std::size_t pair = publication.pair;
  const std::span<const Fill> fills = publication.what.fills();
  if (!fills.empty()) {
    PairTruth& truth = truth_.pairs[pair];
    truth.trades_made += fills.size();
    truth.last_price = {fills.back().price, settings_.pairs[pair].price_precision};
  }
  const bool hangs = faults_.is_on(FaultKind::hang);
  for (const WireChannel part : {WireChannel::trade, WireChannel::ticker}) {
    if (part == WireChannel::trade && fills.empty()) continue;
    if (faults_.is_on(FaultKind::reorder) && !hangs) {
      swap_with_next(part, publication, now, actions);
    } else {
      publish_part(part, publication, now, actions);
    }
  }
  if (hangs) return;
  if (!fills.empty()) publish_candles(pair, fills.back().time, actions);
  publish_book(publication, now, actions);
}

void Kraken::publish_part(WireChannel part, const Publication& publication, base::Now now,
                          Actions& actions) {
  const std::span<const Fill> fills = publication.what.fills();
  const bool hangs = faults_.is_on(FaultKind::hang);
  if (part == WireChannel::ticker) {
    if (!hangs) publish_quote(publication, now, actions);
  } else if (hangs) {
    truth_.pairs[publication.pair].trades_undelivered += fills.size();
  } else {
    publish_trades(publication.pair, fills, now, actions);
  }
}

void Kraken::publish_trades(std::size_t pair, std::span<const Fill> fills, base::Now now,
                            Actions& actions) {
  PairTruth& truth = truth_.pairs[pair];
  const std::vector<Subscriber>& listeners = subscribers_[pair].of(WireChannel::trade);
  const bool silenced = is_silenced(WireChannel::trade, pair);
  if (silenced && !listeners.empty()) truth.trades_withheld += fills.size();
  if (silenced || listeners.empty()) {
    truth.trades_undelivered += fills.size();
    return;
  }
  std::array<Fill, Happening::kFillsMax> kept;
  if (faults_.is_on(FaultKind::drop)) fills = {kept.data(), drop_some(pair, fills, kept)};
  if (fills.empty()) return;
  text_.clear();
  write_trades(text_, settings_.pairs[pair], fills, false);
  Parcel parcel = data_parcel(WireChannel::trade, pair, fills.size(), false);
  parcel.last_price = {fills.back().price, settings_.pairs[pair].price_precision};
  for (const Fill& fill : fills) {
    parcel.id[parcel.stamps] = fill.id;
    parcel.stamp[parcel.stamps++] = stamped(fill);
  }
  std::uint32_t sent = 0;
  const std::uint64_t withheld = truth_.frames_withheld;
  for (const Subscriber& listener : listeners)
    sent += send_update(listener, parcel, text_, actions);
  if (sent == 0) {
    truth.trades_undelivered += fills.size();
    if (truth_.frames_withheld > withheld) truth.trades_withheld += fills.size();
    return;
  }
  truth.trades.update += fills.size() * sent;
  if (truth.last_id_sent <= fills.back().id) truth.last_price_sent = parcel.last_price;
  if (truth.last_id_sent > fills.back().id) truth_.frames_reordered += sent;
  truth.last_id_sent = std::max(truth.last_id_sent.value_or(0), fills.back().id);
  for (const Fill& fill : fills) {
    if (TradeRecord* const record = feed_.tape(pair).find(fill.id)) record->updates_sent += sent;
    truth.trade_latencies.add({now.mono, clock_.unskewed_at(now.mono) - stamped(fill)});
  }
}

void Kraken::publish_quote(const Publication& publication, base::Now now, Actions& actions) {
  const std::size_t pair = publication.pair;
  const std::vector<Subscriber>& listeners = subscribers_[pair].of(WireChannel::ticker);
  if (listeners.empty()) return;
  const BestQuote& quote = publication.what.quote;
  text_.clear();
  write_ticker(text_, settings_.pairs[pair], quote, feed_.tape(pair).day(), false);
  Parcel parcel = data_parcel(WireChannel::ticker, pair, 1, false);
  parcel.stamp[parcel.stamps++] = quote.time;
  std::uint32_t sent = 0;
  for (const Subscriber& listener : listeners) {
    if (listener.on_trades && publication.what.fill_count == 0) continue;
    sent += send_update(listener, parcel, text_, actions);
  }
  if (sent == 0) return;
  PairTruth& truth = truth_.pairs[pair];
  truth.quotes.update += sent;
  if (quotes_sent_[pair] > quote.time) truth_.frames_reordered += sent;
  quotes_sent_[pair] = std::max(quotes_sent_[pair], quote.time);
  truth.quote_latencies.add({now.mono, clock_.unskewed_at(now.mono) - quote.time});
}

void Kraken::publish_candles(std::size_t pair, base::WallTime stamp, Actions& actions) {
  PairTruth& truth = truth_.pairs[pair];
  Parcel parcel = data_parcel(WireChannel::ohlc, pair, 1, false);
  for (const Subscriber& listener : subscribers_[pair].of(WireChannel::ohlc)) {
    const std::uint32_t minutes = kIntervals[listener.interval];
    const Candle& candle = *feed_.tape(pair).candles(listener.interval).running();
    text_.clear();
    write_candles(text_, settings_.pairs[pair], minutes, {&candle, 1}, stamp, false);
    parcel.interval = minutes;
    const std::uint32_t sent = send_update(listener, parcel, text_, actions);
    truth.candles.update += sent;
    if (sent > 0) truth.candles_by_interval[minutes].update += sent;
  }
}

void Kraken::publish_book(const Publication& publication, base::Now now, Actions& actions) {
  const std::size_t pair = publication.pair;
  OrderBook* const book = books_.find(pair);
  if (book == nullptr) return;
  book->apply(publication.what);
  const std::vector<Subscriber>& listeners = subscribers_[pair].of(WireChannel::book);
  if (listeners.empty()) return;
  const std::uint32_t checksum = book->checksum(settings_.pairs[pair].price_zeros);
  const BookTop top = top_of(pair, *book);
  for (const Subscriber& listener : listeners) {
    book->changes_for(listener.depth, changes_);
    if (changes_.empty()) continue;
    Parcel parcel = data_parcel(WireChannel::book, pair, changes_.size(), false);
    parcel.checksum = checksum;
    parcel.top = top;
    parcel.stamp[parcel.stamps++] = publication.what.quote.time;
    if (!faults_.waiting().empty()) falsify(pair, listener, now, changes_, parcel);
    text_.clear();
    write_book(text_, settings_.pairs[pair], changes_, parcel.checksum, publication.what.quote.time,
               false);
    truth_.pairs[pair].books.update += send_update(listener, parcel, text_, actions);
  }
}

BookTop Kraken::top_of(std::size_t pair, const OrderBook& book) const {
  const int precision = settings_.pairs[pair].price_precision;
  const auto best = [&](BookSide side) -> std::optional<base::Decimal> {
    if (book.size(side) == 0) return std::nullopt;
    return base::Decimal(book.level(side, 0).price, precision);
  };
  return {.bid = best(BookSide::bid), .ask = best(BookSide::ask)};
}

std::uint32_t Kraken::send_update(const Subscriber& to, const Parcel& parcel,
                                  const std::string& text, Actions& actions) {
  if (connections_.at(to.connection).poisoned) return 0;
  if (is_zombie(*parcel.channel, *parcel.pair, to.connection)) {
    ++truth_.frames_withheld;
    return 0;
  }
  send(to.connection, parcel, text, actions);
  const bool twice = faults_.is_on(FaultKind::duplicate) &&
                     (parcel.kind == SentKind::trade || parcel.kind == SentKind::ticker);
  if (!twice || dice_.below(2) == 0) return 1;
  Parcel again = parcel;
  again.repeated = true;
  send(to.connection, again, text, actions);
  ++truth_.frames_duplicated;
  return 2;
}

}  // namespace tickwitness::sim
