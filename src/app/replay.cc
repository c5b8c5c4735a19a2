#include "app/replay.h"

#include <fmt/format.h>

#include <algorithm>
#include <limits>
#include <utility>

#include "exchange/binance/session.h"
#include "exchange/kraken/session.h"
#include "exchange/kraken_v1/session.h"
#include "exchange/venues/venues.h"

namespace tickwitness::app {
namespace {

constexpr std::size_t kRing = 8192;
constexpr std::uint32_t kDepthOfTheSnapshot = 0;  // as deep as the recording's own snapshots

std::unique_ptr<exchange::Protocol> protocol_for(WireDialect dialect) {
  switch (dialect) {
    case WireDialect::kraken_v1:
      return std::make_unique<exchange::kraken_v1::KrakenV1>(kDepthOfTheSnapshot);
    case WireDialect::kraken_v2:
      return std::make_unique<exchange::kraken::KrakenV2>(kDepthOfTheSnapshot);
    case WireDialect::binance:
      return std::make_unique<exchange::binance::BinanceSpot>(5000);
  }
  return nullptr;
}

std::vector<std::pair<std::string_view, std::uint64_t>> channels_of(WireDialect dialect) {
  if (dialect == WireDialect::binance) {
    return {{"trade", 0}, {"aggTrade", 0}, {"bookTicker", 0}, {"kline", 0}, {"depth", 0}};
  }
  return {{"trade", 0}, {"ticker", 0}, {"spread", 0}, {"ohlc", 0}, {"book", 0}, {"instrument", 0}};
}

// The value of a parameter of a URL; empty when there is none.
std::string_view parameter(std::string_view url, std::string_view name) {
  url.remove_prefix(std::min(url.find('?'), url.size()));
  while (!url.empty()) {
    url.remove_prefix(1);
    const std::string_view item = url.substr(0, url.find('&'));
    if (item.size() > name.size() && item.starts_with(name) && item[name.size()] == '=') {
      return item.substr(name.size() + 1);
    }
    url.remove_prefix(std::min(url.find('&'), url.size()));
  }
  return {};
}

}  // namespace

Replay::Replay(const ReplaySource& source)
    : source_(source),
      protocol_(protocol_for(source.dialect)),
      rest_(exchange::venues::make_rest(source.venue)),
      handoff_(kRing, pipeline::OverloadPolicy::backpressure, metrics_,
               telemetry::label::Ring{"ingest"}),
      meter_(metrics_),
      intake_({.venue = source.venue}, *protocol_, ledger_, metrics_, handoff_,
              [this] { drain(); }),
      events_(channels_of(source.dialect)) {}

base::Result<std::size_t> Replay::read_instruments(std::string_view text) {
  exchange::InstrumentList list;
  if (const auto reply = rest_->read_instruments({.status = 200, .body = text})) {
    list = *reply;
  } else {
    protocol_->decode(text, frame_);
    if (frame_.kind != exchange::FrameKind::instruments) {
      return base::fail(
          fmt::format("neither a frame of the instrument channel nor a reply to AssetPairs or "
                      "exchangeInfo: {}",
                      reply.error().detail));
    }
    list.instruments = frame_.instruments;
  }
  for (const exchange::Instrument& one : list.instruments) {
    intake_.books().set_precision(
        one.symbol, {.price = one.price_precision, .quantity = one.quantity_precision},
        feed::PrecisionSource::file);
  }
  return list.instruments.size();
}

void Replay::on_line(const store::RecordedLine& line) {
  if (line.received) {
    const base::Now received{.mono = line.mono.value_or(base::Instant()), .wall = *line.received};
    if (!origin_) origin_ = received;
    // A clock that was set back while it was recorded does not take the replay back.
    const base::Instant mono =
        line.mono ? *line.mono : base::Instant(received.wall - origin_->wall);
    move_to({.mono = std::max(mono, now_.mono), .wall = received.wall});
  }
  using Kind = store::RecordedLine::Kind;
  switch (line.kind) {
    case Kind::frame: {
      if (line.connection.empty()) {
        on_frame(line.text, 0);
        break;
      }
      const auto number = static_cast<feed::StreamNumber>(connections_.size() + 1);
      auto& [of, streams] =
          connections_.try_emplace(std::string(line.connection), Connection{number, {}})
              .first->second;
      on_frame(line.text, of);
      const auto remember = [&](const market::Symbol& symbol, exchange::Channel channel) {
        const exchange::Subscription one{.channel = channel, .symbol = symbol};
        if (std::ranges::find(streams, one) == streams.end()) streams.push_back(one);
      };
      for (const auto& trade : frame_.trades) remember(trade.symbol, frame_.channel);
      for (const auto& quote : frame_.quotes) remember(quote.symbol, exchange::Channel::spread);
      for (const auto& book : frame_.books) remember(book.symbol, exchange::Channel::book);
      break;
    }
    case Kind::rest:
      on_rest(line);
      break;
    case Kind::closed:
      on_lost_connection(line.connection);
      break;
    case Kind::open:
    case Kind::lost:
      break;
  }
  keep();
  drain();
}

void Replay::on_frame(std::string_view text, feed::StreamNumber stream) {
  protocol_->decode(text, frame_);
  if (!on_snapshot_without_symbol()) count_events();
  intake_.on_frame(now_, frame_, text.size(), stream);
}

void Replay::count_events() {
  const auto channel = std::ranges::find(events_, frame_.wire_channel,
                                         &std::pair<std::string_view, std::uint64_t>::first);
  if (channel == events_.end()) return;
  channel->second += frame_.trades.size() + frame_.quotes.size() + frame_.candles.size() +
                     frame_.books.size() + frame_.instruments.size();
  if (source_.dialect != WireDialect::binance) return;
  for (const auto& book : frame_.books) {
    if (std::ranges::find(numbered_books_, book.symbol) == numbered_books_.end()) {
      numbered_books_.push_back(book.symbol);
    }
  }
}

// A reply to a request for a book that was written among the frames: it can only be of the market
// whose updates are there.
bool Replay::on_snapshot_without_symbol() {
  const bool bare = frame_.books.size() == 1 && frame_.books.front().symbol.empty();
  if (!bare) return false;
  const exchange::BookChange book = frame_.books.front();
  if (numbered_books_.size() == 1) {
    const auto bids = frame_.bids(book);
    const auto asks = frame_.asks(book);
    intake_.on_snapshot(now_, {.symbol = numbered_books_.front(),
                               .last_id = book.last_id.value_or(0),
                               .bids = {bids.begin(), bids.end()},
                               .asks = {asks.begin(), asks.end()}});
  } else {
    frame_.kind = exchange::FrameKind::unsupported;
    frame_.detail = "a snapshot of a book of an unknown market";
  }
  frame_.books.clear();
  return true;
}

void Replay::on_rest(const store::RecordedLine& line) {
  const exchange::RestAnswer answer{.status = 200, .body = line.text};
  const std::string_view path = line.url.substr(0, line.url.find('?'));
  if (path.ends_with("/AssetPairs") || path.ends_with("/exchangeInfo")) {
    const auto list = rest_->read_instruments(answer);
    if (!list) return;
    for (const auto& one : list->instruments) {
      intake_.books().set_precision(
          one.symbol, {.price = one.price_precision, .quantity = one.quantity_precision},
          feed::PrecisionSource::instrument);
    }
  } else if (path.ends_with("/depth")) {
    const std::string name(parameter(line.url, "symbol"));
    const auto symbol = exchange::binance::SymbolTable().find(name);
    if (!symbol) return;
    if (const auto book = rest_->read_book(*symbol, answer)) intake_.on_snapshot(now_, *book);
  } else if (path.ends_with("/Trades") || path.ends_with("/historicalTrades")) {
    for (auto ask = asks_.begin(); ask != asks_.end(); ++ask) {
      // What was asked for then is what the keeper asks for now.
      const auto asked_now = rest_->request_trades(ask->first, ask->second.cursor);
      if (!line.url.ends_with(asked_now.target)) continue;
      const feed::BackfillAsk asked = ask->second;
      asks_.erase(ask);
      if (const auto page = rest_->read_trades(asked.symbol, asked.cursor, answer)) {
        intake_.on_page(now_, asked, *page);
      } else {
        intake_.on_failure(now_, asked, page.error());
      }
      return;
    }
    on_witness_page(line.url, answer);
  }
}

// What a witness was shown fills holes as well, though no keeper asked for it.
void Replay::on_witness_page(std::string_view url, const exchange::RestAnswer& answer) {
  const auto market_of = [](std::string_view of) {
    const std::string_view pair = parameter(of, "pair");  // Kraken's word for it
    return pair.empty() ? parameter(of, "symbol") : pair;
  };
  for (const auto& market : intake_.trades().status()) {
    const exchange::RestRequest request = rest_->request_trades(market.symbol, {});
    if (market_of(request.target) != market_of(url)) continue;
    if (const auto page = rest_->read_trades(market.symbol, {}, answer)) {
      intake_.on_shown(now_, market.symbol, *page);
    }
    return;
  }
}

void Replay::on_lost_connection(std::string_view connection) {
  const auto found = connections_.find(connection);
  if (found == connections_.end()) return;
  auto& [number, streams] = found->second;
  for (const auto& one : streams) intake_.on_stream_lost(now_, one, number);
  streams.clear();
}

void Replay::move_to(base::Now now) {
  if (next_tick_ == base::Instant()) next_tick_ = now.mono;
  const base::Duration offset = now.wall.time_since_epoch() - now.mono.time_since_epoch();
  // What fell due on the way happens at its moment.
  while (intake_.deadline() && *intake_.deadline() < now.mono) {
    const base::Instant due = std::max(*intake_.deadline(), now_.mono);
    now_ = {.mono = due, .wall = base::WallTime(due.time_since_epoch() + offset)};
    const auto before = intake_.deadline();
    keep();
    if (intake_.deadline() == before) break;  // it waits for what is not in the recording
  }
  now_ = now;
  while (next_tick_ <= now.mono) {
    registry_.tick(next_tick_);
    next_tick_ += std::chrono::seconds(1);
  }
}

void Replay::keep() {
  intake_.on_time(now_);
  while (const auto ask = intake_.trades().next_ask(now_))
    asks_.insert_or_assign(ask->symbol, *ask);
  while (intake_.books().next_resync(now_)) {
  }
}

void Replay::finish() {
  const base::Now end{.mono = now_.mono + std::chrono::seconds(60),
                      .wall = now_.wall + std::chrono::seconds(60)};
  move_to(end);
  keep();
  drain();
}

void Replay::add_to_hash(const pipeline::Tick& tick) {
  const auto add = [this](std::uint64_t value) {  // FNV-1a, a byte at a time
    for (int shift = 0; shift < 64; shift += 8) {
      hash_ = (hash_ ^ ((value >> shift) & 0xFF)) * 0x100000001b3;
    }
  };
  const auto add_decimal = [&](base::Decimal value) {
    add(static_cast<std::uint64_t>(value.mantissa()));
    add(static_cast<std::uint64_t>(value.scale()));
  };
  const auto add_maybe = [&](const std::optional<base::Decimal>& value) {
    add(value.has_value());
    if (value) add_decimal(*value);
  };
  const auto add_text = [&](std::string_view text) {
    for (const char c : text) hash_ = (hash_ ^ static_cast<unsigned char>(c)) * 0x100000001b3;
  };
  add(tick.event.index());
  add(static_cast<std::uint64_t>(tick.origin));
  if (const auto* trade = std::get_if<market::Trade>(&tick.event)) {
    add_text(trade->symbol.str());
    add(trade->id);
    add(static_cast<std::uint64_t>(trade->taker_side));
    add_decimal(trade->price);
    add_decimal(trade->quantity);
    add(static_cast<std::uint64_t>(trade->exchange_time.time_since_epoch().count()));
  } else if (const auto* quote = std::get_if<market::Quote>(&tick.event)) {
    add_text(quote->symbol.str());
    for (const auto& value : {quote->bid, quote->bid_quantity, quote->ask, quote->ask_quantity}) {
      add_maybe(value);
    }
  } else if (const auto* candle = std::get_if<market::Candle>(&tick.event)) {
    add_text(candle->symbol.str());
    add(candle->interval_minutes);
    add(static_cast<std::uint64_t>(candle->begin.time_since_epoch().count()));
    for (const auto value :
         {candle->open, candle->high, candle->low, candle->close, candle->volume}) {
      add_decimal(value);
    }
  }
}

void Replay::drain() {
  handoff_.drain(std::numeric_limits<std::size_t>::max(), [&](const pipeline::Tick& tick) {
    add_to_hash(tick);
    meter_.on_tick(tick, now_.mono);
  });
}

}  // namespace tickwitness::app
