#include "sim/exchange/binance_frames.h"

#include <chrono>

#include "sim/exchange/binance_text.h"
#include "sim/exchange/text.h"

namespace tickwitness::sim {
namespace {

void field_number(std::string& out, std::string_view name, std::uint64_t value) {
  out += name;
  append_number(out, value);
}

void field_millis(std::string& out, std::string_view name, base::WallTime time) {
  out += name;
  append_millis(out, time);
}

void field_eight_price(std::string& out, std::string_view name, std::int64_t units,
                       const PairSettings& pair) {
  out += name;
  append_eight(out, units, pair.price_precision);
}

void field_quantity(std::string& out, std::string_view name, std::int64_t units,
                    const PairSettings& pair) {
  out += name;
  append_eight(out, units, pair.quantity_precision);
}

void field_notional(std::string& out, std::string_view name, Wide units, const PairSettings& pair) {
  out += name;
  append_notional(out, units, pair.price_precision + pair.quantity_precision);
}

void open_event(std::string& out, std::string_view type, base::WallTime time,
                std::string_view symbol) {
  out += R"({"e":")";
  out += type;
  field_millis(out, R"(","E":)", time);
  out += R"(,"s":")";
  out += symbol;
  out += '"';
}

// The end that trades of both streams share: "m" says whether the buyer was the maker.
void close_trade(std::string& out, const Fill& fill) {
  field_millis(out, R"(,"T":)", fill.time);
  out +=
      fill.taker_side == market::Side::sell ? R"(,"m":true,"M":true})" : R"(,"m":false,"M":true})";
}

base::WallTime micros(base::WallTime time) {
  return std::chrono::floor<std::chrono::microseconds>(time);
}

void write_side(std::string& out, const PairSettings& pair, const DepthUpdate& update,
                BookSide side) {
  bool first = true;
  for (const BookChange& change : update.levels) {
    if (change.side != side) continue;
    field_eight_price(out, first ? "[" : ",[", change.level.price, pair);
    field_quantity(out, ",", change.level.quantity, pair);
    out += ']';
    first = false;
  }
}

}  // namespace

void aggregate(std::span<const Fill> fills, std::uint64_t first_id, std::vector<Aggregate>& out) {
  out.clear();
  for (const Fill& fill : fills) {
    if (!out.empty() && out.back().sum.price == fill.price &&
        micros(out.back().sum.time) == micros(fill.time)) {
      out.back().last_id = fill.id;
      out.back().sum.quantity += fill.quantity;
    } else {
      out.push_back({first_id + out.size(), fill.id, fill.id, fill});
    }
  }
}

void write_trade_event(std::string& out, std::string_view symbol, const PairSettings& pair,
                       const Fill& fill) {
  open_event(out, "trade", fill.time, symbol);
  field_number(out, R"(,"t":)", fill.id);
  field_eight_price(out, R"(,"p":)", fill.price, pair);
  field_quantity(out, R"(,"q":)", fill.quantity, pair);
  close_trade(out, fill);
}

void write_aggregate_event(std::string& out, std::string_view symbol, const PairSettings& pair,
                           const Aggregate& trade) {
  open_event(out, "aggTrade", trade.sum.time, symbol);
  field_number(out, R"(,"a":)", trade.id);
  field_eight_price(out, R"(,"p":)", trade.sum.price, pair);
  field_quantity(out, R"(,"q":)", trade.sum.quantity, pair);
  field_number(out, R"(,"f":)", trade.first_id);
  field_number(out, R"(,"l":)", trade.last_id);
  close_trade(out, trade.sum);
}

void write_book_ticker(std::string& out, std::string_view symbol, const PairSettings& pair,
                       const BestQuote& quote, std::uint64_t update_id) {
  field_number(out, R"({"u":)", update_id);
  out += R"(,"s":")";
  out += symbol;
  field_eight_price(out, R"(","b":)", quote.bid, pair);
  field_quantity(out, R"(,"B":)", quote.bid_quantity, pair);
  field_eight_price(out, R"(,"a":)", quote.ask, pair);
  field_quantity(out, R"(,"A":)", quote.ask_quantity, pair);
  out += '}';
}

void write_kline_event(std::string& out, std::string_view symbol, const PairSettings& pair,
                       std::string_view interval, const Kline& kline, bool closed,
                       base::WallTime now) {
  open_event(out, "kline", now, symbol);
  field_millis(out, R"(,"k":{"t":)", kline.begin);
  field_millis(out, R"(,"T":)", kline.end - std::chrono::milliseconds(1));
  out += R"(,"s":")";
  out += symbol;
  out += R"(","i":")";
  out += interval;
  field_number(out, R"(","f":)", kline.first_id);
  field_number(out, R"(,"L":)", kline.last_id);
  field_eight_price(out, R"(,"o":)", kline.open, pair);
  field_eight_price(out, R"(,"c":)", kline.close, pair);
  field_eight_price(out, R"(,"h":)", kline.high, pair);
  field_eight_price(out, R"(,"l":)", kline.low, pair);
  field_quantity(out, R"(,"v":)", kline.volume, pair);
  field_number(out, R"(,"n":)", kline.trades);
  out += closed ? R"(,"x":true)" : R"(,"x":false)";
  field_notional(out, R"(,"q":)", kline.notional, pair);
  field_quantity(out, R"(,"V":)", kline.bought, pair);
  field_notional(out, R"(,"Q":)", kline.notional_bought, pair);
  out += R"(,"B":"0"}})";
}

void write_depth_event(std::string& out, std::string_view symbol, const PairSettings& pair,
                       const DepthUpdate& update, base::WallTime now) {
  open_event(out, "depthUpdate", now, symbol);
  field_number(out, R"(,"U":)", update.first_id);
  field_number(out, R"(,"u":)", update.last_id);
  out += R"(,"b":[)";
  write_side(out, pair, update, BookSide::bid);
  out += R"(],"a":[)";
  write_side(out, pair, update, BookSide::ask);
  out += "]}";
}

void write_shutdown_event(std::string& out, base::WallTime now) {
  field_millis(out, R"({"e":"serverShutdown","E":)", now);
  out += '}';
}

void write_levels(std::string& out, const PairSettings& pair, std::span<const Level> levels) {
  out += '[';
  for (const Level& level : levels) {
    field_eight_price(out, &level == levels.data() ? "[" : ",[", level.price, pair);
    field_quantity(out, ",", level.quantity, pair);
    out += ']';
  }
  out += ']';
}

void write_result(std::string& out, std::string_view result, std::string_view id) {
  out += R"({"result":)";
  out += result;
  out += R"(,"id":)";
  out += id;
  out += '}';
}

// Flat where the request could not be read so far as to know its id, nested where it could.
void write_error(std::string& out, const BinanceError& error) {
  if (error.id) out += R"({"error":)";
  field_number(out, R"({"code":)", error.code);
  out += R"(,"msg":)";
  append_string(out, error.text);
  out += '}';
  if (!error.id) return;
  out += R"(,"id":)";
  out += *error.id;
  out += '}';
}

}  // namespace tickwitness::sim
