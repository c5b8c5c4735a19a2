// The simulated Kraken: what it answers to requests.
#include <algorithm>
#include <chrono>

#include "sim/exchange/kraken.h"

namespace tickwitness::sim {
namespace {
constexpr std::size_t kSnapshotTrades = 50;
}

void Kraken::on_text(ConnectionId connection, base::Now now, std::string_view text,
                     Actions& actions) {
  step(now, actions);
  if (faults_.is_on(FaultKind::hang)) {
    if (connections_.contains(connection)) hold(connection, std::string(text));
    return;
  }
  serve(connection, now, text, actions);
}

void Kraken::serve(ConnectionId id, base::Now now, std::string_view text, Actions& actions) {
  const auto found = connections_.find(id);
  if (found == connections_.end() || found->second.poisoned) return;
  ++truth_.requests;
  if (!found->second.requests.allow(now.mono) || faults_.is_on(FaultKind::msg_rate)) {
    text_.clear();
    write_rate_exceeded(text_);
    send(id, {.kind = SentKind::rate_exceeded}, text_, actions);
    return;
  }
  const ParsedRequest parsed = parse_request(text);
  if (!parsed.error) {
    answer(id, parsed.request, now, actions);
  } else if (faults_.is_on(FaultKind::unanswered) &&
             (parsed.error->method == "subscribe" || parsed.error->method == "unsubscribe")) {
    ++truth_.requests_swallowed;
  } else {
    refuse(id, *parsed.error, nullptr, {}, now, actions);
  }
  bury_zombies(now);
  commit_waiting(now.mono, now, actions);
}

void Kraken::answer(ConnectionId id, const Request& request, base::Now now, Actions& actions) {
  if (request.method == Request::Method::ping) {
    text_.clear();
    write_pong(text_, request, served(now));
    send(id, {.kind = SentKind::pong}, text_, actions);
    return;
  }
  Connection& connection = connections_.at(id);
  if (!connection.heartbeats && request.method == Request::Method::subscribe) {
    connection.heartbeats = true;
    heartbeats_.emplace(now.mono + settings_.heartbeat, id);
  }
  if (faults_.is_on(FaultKind::unanswered)) {
    ++truth_.requests_swallowed;
    return;
  }
  const std::vector<std::string> none{""};  // instrument is not per symbol
  for (const std::string& symbol :
       request.channel == WireChannel::instrument ? none : request.symbols) {
    if (request.method == Request::Method::subscribe) {
      subscribe(id, request, symbol, now, actions);
    } else {
      unsubscribe(id, request, symbol, now, actions);
    }
  }
}

void Kraken::subscribe(ConnectionId id, const Request& request, const std::string& symbol,
                       base::Now now, Actions& actions) {
  // The fault meets the last symbol of the first ticker request, and that for good.
  if (faults_.is_on(FaultKind::refuse_subscription) && !refused_ &&
      request.channel == WireChannel::ticker) {
    refused_ = Refused{request.channel, request.symbols.back()};
    note(FaultKind::refuse_subscription, now, "ticker " + refused_->symbol, base::Instant::max());
  }
  if (const std::string error = subscribe_error(id, request, symbol); !error.empty()) {
    refuse(id, {error, "subscribe", request.id}, &request, symbol, now, actions);
    return;
  }
  Connection& connection = connections_.at(id);
  connection.subscribed = true;
  acknowledge(id, request, symbol, now, actions);
  if (request.channel == WireChannel::instrument) {
    connection.instruments = true;
    if (!request.snapshot.value_or(true)) return;
    text_.clear();
    write_instruments(text_, settings_.pairs);
    send(id,
         {.kind = SentKind::instrument,
          .channel = WireChannel::instrument,
          .snapshot = true,
          .items = static_cast<std::uint32_t>(settings_.pairs.size())},
         text_, actions);
    truth_.instruments += settings_.pairs.size();
    return;
  }
  const std::size_t pair = *pair_index(symbol);
  subscribers_[pair].add(request.channel, {id, interval_index(request.interval_minutes).value_or(0),
                                           request.on_trades, *depth_index(request.depth)});
  if (request.channel == WireChannel::book) books_.keep(pair);
  if (request.snapshot.value_or(request.channel != WireChannel::trade))
    send_snapshot(id, request, pair, now, actions);
}

std::string Kraken::subscribe_error(ConnectionId id, const Request& request,
                                    const std::string& symbol) {
  if (request.channel == WireChannel::instrument)
    return connections_.at(id).instruments ? "Already subscribed" : "";
  const std::optional<std::size_t> pair = pair_index(symbol);
  if (!pair) return "Currency pair not supported " + symbol;
  if (refused_ && refused_->channel == request.channel && refused_->symbol == symbol) {
    connections_.at(id).refused = true;
    return "Currency pair not supported " + symbol;
  }
  const Subscriber* const present = subscribers_[*pair].find(request.channel, id);
  if (present == nullptr) return "";
  if (request.channel == WireChannel::ohlc &&
      kIntervals[present->interval] != request.interval_minutes)
    return "Already subscribed to one ohlc interval on this symbol";
  return "Already subscribed";
}

void Kraken::unsubscribe(ConnectionId id, const Request& request, const std::string& symbol,
                         base::Now now, Actions& actions) {
  const std::optional<std::size_t> pair = pair_index(symbol);
  bool present = false;
  if (request.channel == WireChannel::instrument) {
    present = std::exchange(connections_.at(id).instruments, false);
  } else if (pair) {
    const Subscriber* const subscriber = subscribers_[*pair].find(request.channel, id);
    present = subscriber != nullptr &&
              (request.channel != WireChannel::ohlc ||
               kIntervals[subscriber->interval] == request.interval_minutes) &&
              (request.channel != WireChannel::book || kDepths[subscriber->depth] == request.depth);
    if (present) subscribers_[*pair].remove(request.channel, id);
  }
  if (present) {
    acknowledge(id, request, symbol, now, actions);
  } else {
    refuse(id, {"Subscription Not Found", "unsubscribe", request.id}, &request, symbol, now,
           actions);
  }
}

void Kraken::send_snapshot(ConnectionId id, const Request& request, std::size_t pair, base::Now now,
                           Actions& actions) {
  const PairSettings& settings = settings_.pairs[pair];
  const Tape& tape = feed_.tape(pair);
  PairTruth& truth = truth_.pairs[pair];
  if (request.channel == WireChannel::trade) {
    if (!is_silenced(WireChannel::trade, pair)) send_trade_snapshot(id, pair, actions);
    return;
  }
  if (request.channel == WireChannel::book)
    return send_book_snapshot(id, request.depth, pair, actions);
  text_.clear();
  if (request.channel == WireChannel::ticker) {
    write_ticker(text_, settings, tape.quote(), tape.day(), true);
    send(id, data_parcel(WireChannel::ticker, pair, 1, true), text_, actions);
    ++truth.quotes.snapshot;
    return;
  }
  const auto minutes = static_cast<std::uint32_t>(request.interval_minutes);
  const CandleSeries& series = tape.candles(*interval_index(minutes));
  const std::size_t past = std::min(series.past().size(), Tape::kSnapshotCandles - 1);
  std::vector<Candle> candles(series.past().end() - static_cast<std::ptrdiff_t>(past),
                              series.past().end());
  candles.push_back(*series.running());
  write_candles(text_, settings, minutes, candles, clock_.at(now.mono), true);
  Parcel parcel = data_parcel(WireChannel::ohlc, pair, candles.size(), true);
  parcel.interval = minutes;
  send(id, parcel, text_, actions);
  truth.candles.snapshot += candles.size();
  truth.candles_by_interval[minutes].snapshot += candles.size();
}

void Kraken::send_trade_snapshot(ConnectionId id, std::size_t pair, Actions& actions) {
  std::deque<TradeRecord>& records = feed_.tape(pair).trades();
  const std::size_t count = std::min(records.size(), kSnapshotTrades);
  std::vector<Fill> fills;
  for (std::size_t i = records.size() - count; i < records.size(); ++i) {
    fills.push_back(records[i].fill);
    ++records[i].snapshots_sent;
  }
  text_.clear();
  write_trades(text_, settings_.pairs[pair], fills, true);
  PairTruth& truth = truth_.pairs[pair];
  truth.trades.snapshot += count;
  truth.last_price_sent = {fills.back().price, settings_.pairs[pair].price_precision};
  Parcel parcel = data_parcel(WireChannel::trade, pair, count, true);
  parcel.last_price = truth.last_price_sent;
  parcel.id[0] = fills.front().id;
  send(id, parcel, text_, actions);
  truth.last_id_sent = std::max(truth.last_id_sent.value_or(0), fills.back().id);
}

void Kraken::send_book_snapshot(ConnectionId id, std::uint64_t depth, std::size_t pair,
                                Actions& actions) {
  const OrderBook& book = books_.keep(pair);
  changes_.clear();
  for (const BookSide side : {BookSide::bid, BookSide::ask})
    for (std::size_t i = 0; i < std::min<std::size_t>(book.size(side), depth); ++i)
      changes_.push_back({side, book.level(side, i)});
  Parcel parcel = data_parcel(WireChannel::book, pair, changes_.size(), true);
  parcel.checksum = book.checksum(settings_.pairs[pair].price_zeros);
  parcel.top = top_of(pair, book);
  text_.clear();
  write_book(text_, settings_.pairs[pair], changes_, parcel.checksum, feed_.tape(pair).quote().time,
             true);
  send(id, parcel, text_, actions);
  ++truth_.pairs[pair].books.snapshot;
}

void Kraken::refuse(ConnectionId id, const RequestError& error, const Request* request,
                    std::string_view symbol, base::Now now, Actions& actions) {
  text_.clear();
  write_refusal(text_, error, symbol, served(now));
  send(id,
       request == nullptr ? Parcel{.kind = SentKind::refused}
                          : answer_parcel(SentKind::refused, *request, symbol),
       text_, actions);
  ++truth_.refusals[error.text];
}

void Kraken::acknowledge(ConnectionId id, const Request& request, std::string_view symbol,
                         base::Now now, Actions& actions) {
  text_.clear();
  write_ack(text_, request, symbol, served(now));
  const bool subscribed = request.method == Request::Method::subscribe;
  send(id,
       answer_parcel(subscribed ? SentKind::subscribed : SentKind::unsubscribed, request, symbol),
       text_, actions);
}

Parcel Kraken::answer_parcel(SentKind kind, const Request& request, std::string_view symbol) const {
  Parcel parcel{.kind = kind, .channel = request.channel};
  if (const auto pair = pair_index(symbol)) parcel.pair = static_cast<std::uint16_t>(*pair);
  if (request.channel == WireChannel::ohlc)
    parcel.interval = static_cast<std::uint32_t>(request.interval_minutes);
  return parcel;
}

// The answer takes a few microseconds of the exchange's time.
Served Kraken::served(base::Now now) {
  const base::WallTime out = clock_.at(now.mono);
  const auto micros = static_cast<std::int64_t>(5 + prng_.below(40));
  return {out - std::chrono::microseconds(micros), out};
}

std::optional<std::size_t> Kraken::pair_index(std::string_view symbol) const {
  const auto found = std::ranges::find(settings_.pairs, symbol, &PairSettings::symbol);
  if (found == settings_.pairs.end()) return std::nullopt;
  return static_cast<std::size_t>(found - settings_.pairs.begin());
}

}  // namespace tickwitness::sim
