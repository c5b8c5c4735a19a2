#include "exchange/kraken_v1/market_data.h"

#include <algorithm>
#include <array>
#include <charconv>

#include "exchange/kraken/rest.h"
#include "exchange/kraken/symbols.h"
#include "exchange/kraken_v1/control.h"

namespace tickwitness::exchange::kraken_v1 {
namespace {

namespace dom = simdjson::dom;

// The elements of one array in turn. After the first failure nothing more is read.
class Row {
 public:
  explicit Row(dom::element element) {
    if (const auto error = element.get(array_)) {
      bad_ = malformed_by(error);
    } else {
      at_ = array_.begin();
    }
  }

  Malformed bad() const { return bad_; }

  std::string_view text() {
    std::string_view text;
    next([&](dom::element element) { return element.get(text); });
    return text;
  }

  void number(base::Decimal& out) {
    const auto written = text();
    if (bad_ != Malformed::none) return;
    const auto number = base::Decimal::parse(written);
    if (!number || number->is_negative()) return fail(Malformed::bad_number);
    out = *number;
  }

  void number(std::optional<base::Decimal>& out) { number(out.emplace()); }

  void integer(std::uint64_t& out) {
    next([&](dom::element element) { return element.get(out); });
  }

  void time(base::WallTime& out) {
    const auto written = text();
    if (bad_ != Malformed::none) return;
    const auto time = kraken::parse_unix_seconds(written);
    if (!time) return fail(Malformed::bad_time);
    out = *time;
  }

  void skip() {
    next([](dom::element) { return simdjson::SUCCESS; });
  }

  bool at_end() const { return bad_ != Malformed::none || !(at_ != array_.end()); }

  void fail(Malformed reason) {
    if (bad_ == Malformed::none) bad_ = reason;
  }

 private:
  template <class Use>
  void next(Use use) {
    if (bad_ != Malformed::none) return;
    if (at_end()) return fail(Malformed::missing_field);
    if (const auto error = use(*at_)) fail(malformed_by(error));
    ++at_;
  }

  dom::array array_;
  dom::array::iterator at_;
  Malformed bad_ = Malformed::none;
};

Malformed read_trade(dom::element element, market::Trade& out) {
  Row row(element);
  row.number(out.price);
  row.number(out.quantity);
  row.time(out.exchange_time);
  const auto side = row.text();
  const auto type = row.text();
  if (row.bad() != Malformed::none) return row.bad();
  if (side != "b" && side != "s") return Malformed::wrong_type;
  out.taker_side = side == "b" ? market::Side::buy : market::Side::sell;
  out.order_type = type == "l"   ? market::OrderType::limit
                   : type == "m" ? market::OrderType::market
                                 : market::OrderType::unknown;
  return Malformed::none;
}

Malformed read_trades(dom::element payload, const market::Symbol& symbol, Frame& out) {
  dom::array rows;
  if (const auto error = payload.get(rows)) return malformed_by(error);
  for (const dom::element row : rows) {
    auto& trade = out.trades.emplace_back();
    trade.symbol = symbol;
    const auto bad = read_trade(row, trade);
    if (bad == Malformed::none) continue;
    out.trades.pop_back();
    if (out.skipped++ == 0) out.malformed = bad;
  }
  out.kind = FrameKind::trades;
  out.channel = Channel::trade;
  out.wire_channel = "trade";
  return out.trades.empty() ? out.malformed : Malformed::none;
}

market::Quote& add_quote(const market::Symbol& symbol, std::string_view wire_channel, Frame& out) {
  out.kind = FrameKind::quotes;
  out.channel = Channel::spread;
  out.wire_channel = wire_channel;
  auto& quote = out.quotes.emplace_back();
  quote.symbol = symbol;
  return quote;
}

Malformed read_spread(dom::element payload, const market::Symbol& symbol, Frame& out) {
  auto& quote = add_quote(symbol, "spread", out);
  Row row(payload);
  row.number(quote.bid);
  row.number(quote.ask);
  row.time(quote.exchange_time.emplace());
  row.number(quote.bid_quantity);
  row.number(quote.ask_quantity);
  return row.bad();
}

// [price, whole lots, lots]; absent or null stays unknown.
Malformed read_side(dom::object ticker, const char* key, std::optional<base::Decimal>& price,
                    std::optional<base::Decimal>& quantity) {
  dom::element side;
  if (ticker[key].get(side) || side.is_null()) return Malformed::none;
  Row row(side);
  row.number(price);
  row.skip();
  row.number(quantity);
  return row.bad();
}

Malformed read_ticker(dom::element payload, const market::Symbol& symbol, Frame& out) {
  dom::object ticker;
  if (const auto error = payload.get(ticker)) return malformed_by(error);
  auto& quote = add_quote(symbol, "ticker", out);
  const auto bad = read_side(ticker, "b", quote.bid, quote.bid_quantity);
  if (bad != Malformed::none) return bad;
  return read_side(ticker, "a", quote.ask, quote.ask_quantity);
}

Malformed read_candle(dom::element payload, std::string_view name, const market::Symbol& symbol,
                      Frame& out) {
  constexpr std::uint32_t kMinutesMax = 366 * 24 * 60;  // far more than any there is
  out.kind = FrameKind::candles;
  out.channel = Channel::ohlc;
  out.wire_channel = "ohlc";
  auto& candle = out.candles.emplace_back();
  candle.symbol = symbol;
  if (const auto bad = read_interval(name, candle.interval_minutes); bad != Malformed::none)
    return bad;
  if (candle.interval_minutes > kMinutesMax) return Malformed::bad_number;
  base::WallTime end;
  Row row(payload);
  row.skip();  // when the last trade was
  row.time(end);
  row.number(candle.open);
  row.number(candle.high);
  row.number(candle.low);
  row.number(candle.close);
  row.number(candle.vwap);
  row.number(candle.volume);
  row.integer(candle.trades);
  candle.begin = end - std::chrono::minutes(candle.interval_minutes);
  return row.bad();
}

// The parts of a book frame, which may be spread over two objects.
struct BookParts {
  std::optional<dom::array> bids, asks;
  bool snapshot = false;
  bool changes = false;
  std::optional<std::uint32_t> checksum;
};

Malformed read_checksum(dom::element element, BookParts& parts) {
  std::string_view text;
  if (const auto error = element.get(text)) return malformed_by(error);
  std::uint32_t number = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (error != std::errc{} || end != text.data() + text.size()) return Malformed::bad_number;
  parts.checksum = number;
  return Malformed::none;
}

Malformed read_part(dom::element payload, BookParts& parts) {
  dom::object part;
  if (const auto error = payload.get(part)) return malformed_by(error);
  for (const auto [key, value] : part) {
    if (key == "c") {
      if (const auto bad = read_checksum(value, parts); bad != Malformed::none) return bad;
      continue;
    }
    const bool whole = key == "bs" || key == "as";
    if (!whole && key != "b" && key != "a") continue;
    auto& side = key.front() == 'b' ? parts.bids : parts.asks;
    if (side || (whole ? parts.changes : parts.snapshot)) return Malformed::wrong_type;
    (whole ? parts.snapshot : parts.changes) = true;
    if (const auto error = value.get(side.emplace())) return malformed_by(error);
  }
  return Malformed::none;
}

// Levels as [price, quantity, time, "r"?]: one that is marked came back into the book's depth, with
// the time of its last change.
Malformed read_levels(const std::optional<dom::array>& rows, Frame& out, std::uint32_t& count,
                      std::optional<base::WallTime>& newest) {
  if (!rows) return Malformed::none;
  for (const dom::element element : *rows) {
    Row row(element);
    auto& level = out.levels.emplace_back();
    base::WallTime time;
    row.number(level.price);
    row.number(level.quantity);
    row.time(time);
    if (row.at_end()) newest = std::max(newest.value_or(time), time);
    if (row.bad() != Malformed::none) return row.bad();
    ++count;
  }
  return Malformed::none;
}

Malformed read_book(const BookParts& parts, const market::Symbol& symbol, Frame& out) {
  if (!parts.snapshot && !parts.changes) return Malformed::missing_field;
  out.kind = FrameKind::books;
  out.channel = Channel::book;
  out.wire_channel = "book";
  out.snapshot = parts.snapshot;
  auto& book = out.books.emplace_back();
  book.symbol = symbol;
  book.checksum = parts.checksum;
  std::optional<base::WallTime> newest;
  if (const auto bad = read_levels(parts.bids, out, book.bids, newest); bad != Malformed::none)
    return bad;
  if (const auto bad = read_levels(parts.asks, out, book.asks, newest); bad != Malformed::none)
    return bad;
  // The levels of a snapshot are as old as they are: that is no time of the frame.
  if (!parts.snapshot) book.exchange_time = newest;
  return Malformed::none;
}

// Everything but the channel's number, which the venue advises not to use.
struct Parts {
  static constexpr std::size_t kPayloadsMax = 2;
  std::array<dom::element, kPayloadsMax> payloads;
  std::size_t payload_count = 0;
  std::string_view name, pair;
};

Malformed take_apart(dom::array frame, Parts& parts) {
  const std::size_t size = frame.size();
  if (size < 4) return Malformed::missing_field;
  std::size_t index = 0;
  for (const dom::element element : frame) {
    const std::size_t left = size - index++;
    if (left <= 2) {
      if (const auto error = element.get(left == 2 ? parts.name : parts.pair))
        return malformed_by(error);
    } else if (index > 1) {
      if (parts.payload_count < Parts::kPayloadsMax) parts.payloads[parts.payload_count] = element;
      ++parts.payload_count;
    }
  }
  return Malformed::none;
}

// "book" of "book-10".
std::string_view channel_of(std::string_view name) {
  const auto channel = name.substr(0, name.find('-'));
  return channel == "book" || channel == "ohlc" ? channel : name;
}

}  // namespace

Malformed read_market_data(dom::array frame, Frame& out) {
  Parts parts;
  if (const auto bad = take_apart(frame, parts); bad != Malformed::none) return bad;
  const auto channel = channel_of(parts.name);
  const bool book = channel == "book";
  if (!book && channel != "trade" && channel != "spread" && channel != "ticker" &&
      channel != "ohlc")
    return unsupported(out, parts.name);
  if (parts.payload_count > (book ? Parts::kPayloadsMax : 1)) return Malformed::wrong_type;
  const auto symbol = kraken::from_kraken_v1(parts.pair);
  if (!symbol) return Malformed::bad_symbol;
  if (book) {
    BookParts found;
    for (std::size_t i = 0; i < parts.payload_count; ++i)
      if (const auto bad = read_part(parts.payloads[i], found); bad != Malformed::none) return bad;
    return read_book(found, *symbol, out);
  }
  const auto payload = parts.payloads[0];
  if (channel == "trade") return read_trades(payload, *symbol, out);
  if (channel == "spread") return read_spread(payload, *symbol, out);
  if (channel == "ticker") return read_ticker(payload, *symbol, out);
  return read_candle(payload, parts.name, *symbol, out);
}

}  // namespace tickwitness::exchange::kraken_v1
