#include "exchange/binance/market_data.h"

#include <algorithm>
#include <array>

#include "exchange/binance/control.h"
#include "exchange/binance/wire.h"

namespace tickwitness::exchange::binance {
namespace {

namespace dom = simdjson::dom;

bool parse_number(std::string_view text, base::Decimal& out) {
  const auto number = base::Decimal::parse(text);
  if (!number || number->is_negative()) return false;
  out = *number;
  return true;
}

// Fields of one event. After the first failure nothing more is read.
class Fields {
 public:
  Fields(dom::object object, const SymbolTable& symbols) : object_(object), symbols_(symbols) {}

  Malformed bad() const { return bad_; }

  template <class T>
  void value(std::string_view key, T& out) {
    if (bad_ != Malformed::none) return;
    if (const auto error = object_[key].get(out)) fail(malformed_by(error));
  }

  // In quotes.
  void number(std::string_view key, base::Decimal& out) {
    std::string_view text;
    value(key, text);
    if (bad_ == Malformed::none && !parse_number(text, out)) fail(Malformed::bad_number);
  }

  void time(std::string_view key, base::WallTime& out) {
    std::uint64_t number = 0;
    value(key, number);
    if (bad_ != Malformed::none) return;
    const auto time = time_of(number);
    if (!time) return fail(Malformed::bad_time);
    out = *time;
  }

  // Absent stays unknown.
  void time(std::string_view key, std::optional<base::WallTime>& out) {
    if (object_[key].error() == simdjson::SUCCESS) time(key, out.emplace());
  }

  void symbol(std::string_view key, market::Symbol& out) {
    std::string_view text;
    value(key, text);
    if (bad_ != Malformed::none) return;
    const auto found = symbols_.find(text);
    if (!found) return fail(Malformed::bad_symbol);
    out = *found;
  }

  void fail(Malformed reason) {
    if (bad_ == Malformed::none) bad_ = reason;
  }

 private:
  dom::object object_;
  const SymbolTable& symbols_;
  Malformed bad_ = Malformed::none;
};

Malformed read_trade(Fields fields, bool aggregate, Frame& out) {
  auto& trade = add_trade(out, aggregate);
  bool buyer_was_maker = false;
  fields.time("E", out.sent);
  fields.symbol("s", trade.symbol);
  fields.value(aggregate ? "a" : "t", trade.id);
  fields.number("p", trade.price);
  fields.number("q", trade.quantity);
  fields.time("T", trade.exchange_time);
  fields.value("m", buyer_was_maker);
  trade.taker_side = taker_of(buyer_was_maker);
  return fields.bad();
}

Malformed read_quote(Fields fields, Frame& out) {
  auto& quote = add_quote(out);
  base::Decimal bid, bid_quantity, ask, ask_quantity;
  fields.time("E", out.sent);
  fields.value("u", quote.update_id.emplace());
  fields.symbol("s", quote.symbol);
  fields.number("b", bid);
  fields.number("B", bid_quantity);
  fields.number("a", ask);
  fields.number("A", ask_quantity);
  set_side(bid, bid_quantity, quote.bid, quote.bid_quantity);
  set_side(ask, ask_quantity, quote.ask, quote.ask_quantity);
  return fields.bad();
}

Malformed read_candle(dom::object event, const SymbolTable& symbols, Frame& out) {
  dom::object entry;
  std::string_view interval;
  if (const auto error = event["k"].get(entry)) return malformed_by(error);
  if (const auto error = entry["i"].get(interval)) return malformed_by(error);
  const std::uint32_t minutes = minutes_of(interval);
  if (minutes == 0) {
    append_detail(out, "kline ");
    return unsupported(out, interval);
  }
  out.kind = FrameKind::candles;
  out.channel = Channel::ohlc;
  out.wire_channel = "kline";
  auto& candle = out.candles.emplace_back();
  candle.interval_minutes = minutes;
  Fields outer(event, symbols);
  outer.time("E", out.sent);
  outer.symbol("s", candle.symbol);
  Fields fields(entry, symbols);
  fields.time("t", candle.begin);
  fields.number("o", candle.open);
  fields.number("h", candle.high);
  fields.number("l", candle.low);
  fields.number("c", candle.close);
  fields.number("v", candle.volume);
  fields.value("n", candle.trades);
  fields.value("x", candle.closed.emplace());
  return outer.bad() == Malformed::none ? fields.bad() : outer.bad();
}

// [[price, quantity, …], …]
Malformed read_levels(dom::object book, std::string_view key, Frame& out, std::uint32_t& count) {
  dom::array rows;
  if (const auto error = book[key].get(rows)) return malformed_by(error);
  for (const dom::element element : rows) {
    dom::array row;
    std::array<std::string_view, 2> texts;
    if (const auto error = element.get(row)) return malformed_by(error);
    for (std::size_t i = 0; i < texts.size(); ++i)
      if (const auto error = row.at(i).get(texts[i]))
        return error == simdjson::INDEX_OUT_OF_BOUNDS ? Malformed::missing_field
                                                      : malformed_by(error);
    auto& level = out.levels.emplace_back();
    if (!parse_number(texts[0], level.price) || !parse_number(texts[1], level.quantity))
      return Malformed::bad_number;
    ++count;
  }
  return Malformed::none;
}

Malformed read_sides(dom::object from, std::string_view bids, std::string_view asks,
                     BookChange& book, Frame& out) {
  const auto bad = read_levels(from, bids, out, book.bids);
  return bad == Malformed::none ? read_levels(from, asks, out, book.asks) : bad;
}

Malformed read_depth(dom::object event, const SymbolTable& symbols, Frame& out) {
  auto& book = add_book(out);
  Fields fields(event, symbols);
  fields.time("E", out.sent);
  fields.symbol("s", book.symbol);
  fields.value("U", book.first_id.emplace());
  fields.value("u", book.last_id.emplace());
  book.exchange_time = out.sent;
  if (fields.bad() != Malformed::none) return fields.bad();
  return read_sides(event, "b", "a", book, out);
}

// The market that "btcusdt@depth5" is of, which nothing else names.
std::optional<market::Symbol> symbol_of(std::string_view stream, const SymbolTable& symbols) {
  std::array<char, market::Symbol::kLengthMax + 1> upper{};
  const auto name = stream.substr(0, stream.find('@'));
  if (name.size() > upper.size()) return std::nullopt;
  const auto* const end = std::ranges::transform(name, upper.data(), [](char c) {
                            return c >= 'a' && c <= 'z' ? static_cast<char>(c - 'a' + 'A') : c;
                          }).out;
  return symbols.find({upper.data(), end});
}

// A partial book, or the reply of REST when there is no stream: then the market is not known.
Malformed read_book(dom::object from, std::string_view stream, const SymbolTable& symbols,
                    Frame& out) {
  auto& book = add_book(out);
  out.snapshot = true;
  if (!stream.empty()) {
    const auto symbol = symbol_of(stream, symbols);
    if (!symbol) return Malformed::bad_symbol;
    book.symbol = *symbol;
  }
  if (const auto error = from["lastUpdateId"].get(book.last_id.emplace()))
    return malformed_by(error);
  return read_sides(from, "bids", "asks", book, out);
}

Malformed read_event(std::string_view type, dom::object event, const SymbolTable& symbols,
                     Frame& out) {
  if (type == "trade") return read_trade({event, symbols}, false, out);
  if (type == "aggTrade") return read_trade({event, symbols}, true, out);
  if (type == "bookTicker") return read_quote({event, symbols}, out);
  if (type == "kline") return read_candle(event, symbols, out);
  if (type == "depthUpdate") return read_depth(event, symbols, out);
  if (type == "serverShutdown") return read_shutdown(event, out);
  return unsupported(out, type);
}

}  // namespace

Malformed read_market_data(dom::object payload, std::string_view stream, const SymbolTable& symbols,
                           Frame& out) {
  std::string_view type;
  if (const auto error = payload["e"].get(type); error == simdjson::SUCCESS)
    return read_event(type, payload, symbols, out);
  else if (error != simdjson::NO_SUCH_FIELD)
    return malformed_by(error);
  if (payload["lastUpdateId"].error() == simdjson::SUCCESS)
    return read_book(payload, stream, symbols, out);
  if (payload["u"].error() == simdjson::SUCCESS) return read_quote({payload, symbols}, out);
  return Malformed::missing_field;
}

}  // namespace tickwitness::exchange::binance
