#include "feed/intake.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <string_view>
#include <utility>

#include "feed/labels.h"

namespace tickwitness::feed {
namespace {

constexpr std::size_t kKinds = static_cast<std::size_t>(exchange::FrameKind::malformed) + 1;
constexpr base::Duration kStampDistanceMax = std::chrono::hours(24);
// What comes after shares the label's `other`.
constexpr std::size_t kMarketsMax = telemetry::label::Symbol::kMax;
constexpr std::size_t kReasons = static_cast<std::size_t>(exchange::Malformed::bad_symbol) + 1;

bool is_of_trades(exchange::Channel channel) {
  return channel == exchange::Channel::trade || channel == exchange::Channel::agg_trade;
}

}  // namespace

Intake::Intake(const Settings& settings, const exchange::Protocol& protocol, GapLedger& ledger,
               telemetry::Catalog& metrics, pipeline::Handoff& handoff,
               std::function<void()> make_room)
    : venue_(settings.venue),
      label_(label_of(settings.venue)),
      metrics_(metrics),
      handoff_(handoff),
      make_room_(std::move(make_room)),
      bytes_(metrics.feed_bytes.at(label_)),
      skipped_(metrics.feed_entries_skipped.at(label_)),
      implausible_(metrics.feed_stamps_implausible.at(label_)),
      trades_(settings.venue, settings.trades, ledger, metrics),
      books_(settings.venue, settings.books, protocol, ledger, metrics) {
  for (std::size_t kind = 0; kind < kKinds; ++kind) {
    by_kind_.push_back(
        metrics.feed_frames.at(label_, label_of(static_cast<exchange::FrameKind>(kind))));
  }
  for (std::size_t reason = 1; reason < kReasons; ++reason) {  // 0 is Malformed::none
    by_reason_.push_back(metrics.feed_frames_malformed.at(
        label_, label_of(static_cast<exchange::Malformed>(reason))));
  }
}

void Intake::expect(const exchange::Subscription& subscription) {
  if (subscription.symbol.empty()) return;
  Market& m = market(subscription.symbol);
  using exchange::Channel;
  forgotten(m, subscription.channel) = false;
  if (is_of_trades(subscription.channel)) trades_.expect(subscription);
  if (subscription.channel == Channel::spread) m.has_spread = true;
  if (subscription.channel == Channel::book) books_.expect(subscription.symbol);
}

void Intake::forget(base::Now now, std::span<const exchange::Subscription> gone) {
  for (const auto& one : gone) {
    if (const auto known = market_of_.find(one.symbol)) {
      forgotten(markets_[*known], one.channel) = true;
    }
  }
  for (const auto& one : gone) {
    if (const auto known = market_of_.find(one.symbol)) forget(now, markets_[*known], one);
  }
}

void Intake::forget(base::Now now, Market& m, const exchange::Subscription& gone) {
  using exchange::Channel;
  if (is_of_trades(gone.channel)) forget_trades(m, gone);
  if (gone.channel == Channel::spread) forget_spread(now, m);
  if (gone.channel == Channel::book) forget_book(now, m.symbol);
}

void Intake::forget_trades(Market& m, const exchange::Subscription& gone) {
  trades_.forget(gone);
  const bool single = gone.channel == exchange::Channel::trade;
  if (!single && m.newest != 0) return;  // the price is that of single trades
  m.newest = 0;
  m.last_price.clear();
  m.last_trade.clear();
}

void Intake::forget_spread(base::Now now, Market& m) {
  m.has_spread = false;
  m.quote.reset();  // the connection that it is of may be another one by the time it is back
  const auto top = books_.top(m.symbol);
  if (!top || forgotten(m, exchange::Channel::book)) return;
  hand_on({.event = *top, .venue = venue_, .origin = pipeline::Origin::snapshot, .received = now});
}

void Intake::forget_book(base::Now now, const market::Symbol& symbol) {
  books_.forget(now, symbol);
  if (on_top_) on_top_({.symbol = symbol});
}

void Intake::on_stream_joined(const exchange::Subscription& subscription, StreamNumber stream) {
  if (is_of_trades(subscription.channel)) trades_.on_stream_joined(subscription, stream);
}

void Intake::on_stream_lost(base::Now now, const exchange::Subscription& subscription,
                            StreamNumber stream) {
  using exchange::Channel;
  if (is_of_trades(subscription.channel)) {
    trades_.on_stream_lost(subscription, stream);
  } else if (subscription.channel == Channel::book) {
    books_.on_stream_lost(now, subscription.symbol, stream);
  } else if (subscription.channel == Channel::spread) {
    Market& m = market(subscription.symbol);
    // A number still says what is old.
    if (m.quote && m.quote->stream == stream && !m.quote->update_id) m.quote.reset();
  }
}

Intake::Market& Intake::market(const market::Symbol& symbol) {
  if (const auto known = market_of_.find(symbol)) return markets_[*known];
  if (markets_.size() > kMarketsMax) return markets_.back();
  const telemetry::label::Symbol label{markets_.size() == kMarketsMax ? telemetry::kOther
                                                                      : symbol.str()};
  const auto counts = [&](telemetry::label::Channel channel) {
    return Market::Counts{.all = metrics_.feed_events.at(label_, label, channel),
                          .news = metrics_.feed_updates.at(label_, label, channel)};
  };
  markets_.push_back({.symbol = symbol,
                      .trades = counts(telemetry::label::Channel::trade),
                      .aggregates = counts(telemetry::label::Channel::agg_trade),
                      .quotes = counts(telemetry::label::Channel::spread),
                      .candles = counts(telemetry::label::Channel::ohlc),
                      .books = counts(telemetry::label::Channel::book),
                      .negative = metrics_.feed_latency_negative.at(label_, label),
                      .last_price = metrics_.market_last_price.at(label_, label),
                      .last_trade = metrics_.market_last_trade_timestamp_seconds.at(label_, label),
                      .latency = metrics_.feed_latency_seconds.at(label_, label)});
  market_of_.add(symbol, markets_.size() - 1);
  return markets_.back();
}

std::optional<base::Duration> Intake::latency_of(Market& market, base::Now received,
                                                 base::WallTime exchange_time) {
  // Compared before subtracting: stamps of other centuries are not latencies, and their difference
  // does not fit.
  if (exchange_time < received.wall - kStampDistanceMax ||
      exchange_time > received.wall + kStampDistanceMax) {
    implausible_.inc();
    return std::nullopt;
  }
  const base::Duration latency = received.wall - exchange_time;
  if (latency < base::Duration::zero()) market.negative.inc();
  return latency;
}

void Intake::observe_trade(Market& market, base::Now received, const market::Trade& trade) {
  const auto latency = latency_of(market, received, trade.exchange_time);
  if (!latency) return;
  if (!market.pick.worth(received.mono, *latency)) {
    market.latency.observe(*latency);  // a negative one enters the signed window only
    return;
  }
  std::array<char, 20> digits;  // of 2^64
  const auto end = std::to_chars(digits.begin(), digits.end(), trade.id).ptr;
  market.latency.observe(*latency, {"trade_id", std::string_view(digits.begin(), end)},
                         received.wall);
}

void Intake::hand_on(pipeline::Tick tick) {
  while (!handoff_.push(tick)) make_room_();
}

void Intake::hand_on_trades() {
  for (const SequencedTrade& one : sequenced_) {
    // What was held back comes all at once: the consumer gets its turn before anything overflows.
    if (2 * handoff_.depth() >= handoff_.capacity()) make_room_();
    hand_on({.event = one.trade,
             .venue = venue_,
             .origin = one.origin,
             .late = one.late,
             .received = one.received});
  }
  sequenced_.clear();
}

void Intake::hand_on_tops(base::Now received, pipeline::Origin origin) {
  for (const market::Quote& quote : quotes_) {
    if (on_top_) on_top_(quote);
    if (market(quote.symbol).has_spread) continue;
    hand_on({.event = quote, .venue = venue_, .origin = origin, .received = received});
  }
  quotes_.clear();
}

void Intake::count(const Market::Counts& counts, bool snapshot) {
  counts.all.inc();
  if (!snapshot) counts.news.inc();
}

void Intake::on_frame(base::Now received, const exchange::Frame& frame, std::size_t bytes,
                      StreamNumber stream) {
  ++counts_.frames;
  by_kind_[static_cast<std::size_t>(frame.kind)].inc();
  bytes_.add(bytes);
  if (frame.skipped != 0) {
    counts_.skipped += frame.skipped;
    skipped_.add(frame.skipped);
  }
  switch (frame.kind) {
    case exchange::FrameKind::malformed:
      ++counts_.malformed;
      if (frame.malformed != exchange::Malformed::none) {
        by_reason_[static_cast<std::size_t>(frame.malformed) - 1].inc();
      }
      return;
    case exchange::FrameKind::unsupported:
      ++counts_.unsupported;
      return;
    case exchange::FrameKind::trades:
      return on_trades(received, frame, stream);
    case exchange::FrameKind::quotes:
      return on_quotes(received, frame, stream);
    case exchange::FrameKind::candles:
      return on_candles(received, frame, stream);
    case exchange::FrameKind::books:
      return on_books(received, frame, stream);
    case exchange::FrameKind::instruments:
      return on_instruments(frame);
    default:
      return;  // control frames are the session's business
  }
}

void Intake::on_trades(base::Now received, const exchange::Frame& frame, StreamNumber stream) {
  counts_.trades += frame.trades.size();
  for (const auto& trade : frame.trades) {
    Market& m = market(trade.symbol);
    count(frame.channel == exchange::Channel::agg_trade ? m.aggregates : m.trades, frame.snapshot);
    if (!frame.snapshot) observe_trade(m, received, trade);
    const bool single = frame.channel == exchange::Channel::trade;
    if (forgotten(m, frame.channel)) continue;
    if (single ? trade.id < m.newest : m.newest != 0) continue;
    if (single) m.newest = trade.id;
    m.last_price.set(trade.price.approx());
    m.last_trade.set(base::seconds(trade.exchange_time.time_since_epoch()));
  }
  trades_.on_trades(received, frame, sequenced_, stream);
  hand_on_trades();
}

// Where quotes have no numbers nobody can tell which of two connections is ahead: the one that
// began is followed while it lasts.
bool Intake::is_new(Market& m, const market::Quote& quote, StreamNumber stream) {
  const bool others = m.quote && m.quote->stream != stream;
  if (others && (!quote.update_id || quote.update_id <= m.quote->update_id)) return false;
  m.quote = LastQuote{.stream = stream, .update_id = quote.update_id};
  return true;
}

bool Intake::is_new(Market& m, const market::Candle& candle, StreamNumber stream) {
  const auto found =
      std::ranges::find(m.last_candles, candle.interval_minutes,
                        [](const LastCandle& one) { return one.candle.interval_minutes; });
  if (found == m.last_candles.end()) {
    m.last_candles.push_back({.stream = stream, .candle = candle});
    return true;
  }
  const market::Candle& last = found->candle;
  // A candle only grows.
  const bool grown =
      candle.begin > last.begin ||
      (candle.begin == last.begin && (candle.trades > last.trades || candle.volume > last.volume ||
                                      candle.closed.value_or(false) > last.closed.value_or(false)));
  if (found->stream != stream && !grown) return false;
  *found = {.stream = stream, .candle = candle};
  return true;
}

void Intake::on_quotes(base::Now received, const exchange::Frame& frame, StreamNumber stream) {
  counts_.quotes += frame.quotes.size();
  for (const auto& quote : frame.quotes) {
    Market& m = market(quote.symbol);
    count(m.quotes, frame.snapshot);
    if (!frame.snapshot && quote.exchange_time) {
      const auto latency = latency_of(m, received, *quote.exchange_time);
      if (latency) m.latency.observe(*latency);
    }
    if (forgotten(m, exchange::Channel::spread)) {
      if (books_.top(quote.symbol)) continue;
    } else {
      m.has_spread = true;
      if (!is_new(m, quote, stream)) continue;
    }
    hand_on({.event = quote,
             .venue = venue_,
             .origin = frame.snapshot ? pipeline::Origin::snapshot : pipeline::Origin::live,
             .received = received});
  }
}

void Intake::on_candles(base::Now received, const exchange::Frame& frame, StreamNumber stream) {
  counts_.candles += frame.candles.size();
  for (const auto& candle : frame.candles) {
    Market& m = market(candle.symbol);
    count(m.candles, frame.snapshot);
    if (!is_new(m, candle, stream)) continue;
    // A candle has no moment of its own: no latency.
    hand_on({.event = candle,
             .venue = venue_,
             .origin = frame.snapshot ? pipeline::Origin::snapshot : pipeline::Origin::live,
             .received = received});
  }
}

void Intake::on_books(base::Now received, const exchange::Frame& frame, StreamNumber stream) {
  counts_.books += frame.books.size();
  for (const auto& book : frame.books) {
    Market& m = market(book.symbol);
    count(m.books, frame.snapshot);
    if (frame.snapshot || !book.exchange_time) continue;
    if (const auto latency = latency_of(m, received, *book.exchange_time)) {
      m.latency.observe(*latency);
    }
  }
  books_.on_books(received, frame, quotes_, stream);
  hand_on_tops(received, frame.snapshot ? pipeline::Origin::snapshot : pipeline::Origin::live);
}

void Intake::on_instruments(const exchange::Frame& frame) {
  counts_.instruments += frame.instruments.size();
  for (const auto& instrument : frame.instruments) {
    books_.set_precision(
        instrument.symbol,
        {.price = instrument.price_precision, .quantity = instrument.quantity_precision},
        PrecisionSource::instrument);
  }
  if (!frame.snapshot) return;
  metrics_.market_instruments.at(label_).set(static_cast<double>(frame.instruments.size()));
}

void Intake::on_page(base::Now now, const BackfillAsk& ask, const exchange::TradePage& page) {
  trades_.on_page(now, ask, page, sequenced_);
  hand_on_trades();
}

void Intake::on_shown(base::Now now, const market::Symbol& symbol,
                      const exchange::TradePage& page) {
  trades_.on_shown(now, symbol, page, sequenced_);
  hand_on_trades();
}

void Intake::on_failure(base::Now now, const BackfillAsk& ask,
                        const exchange::RestFailure& failure) {
  trades_.on_failure(now, ask, failure, sequenced_);
  hand_on_trades();
}

void Intake::on_snapshot(base::Now now, const exchange::BookSnapshot& snapshot) {
  books_.on_snapshot(now, snapshot, quotes_);
  hand_on_tops(now, pipeline::Origin::rest);
}

void Intake::on_time(base::Now now) {
  trades_.on_time(now, sequenced_);
  hand_on_trades();
}

std::optional<base::Instant> Intake::deadline() const {
  const auto trades = trades_.deadline();
  const auto books = books_.deadline();
  if (trades && books) return std::min(*trades, *books);
  return trades ? trades : books;
}

void Intake::observe() const {
  trades_.observe();
  books_.observe();
}

}  // namespace tickwitness::feed
