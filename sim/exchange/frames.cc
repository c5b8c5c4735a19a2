#include "sim/exchange/frames.h"

#include <algorithm>
#include <chrono>

#include "sim/exchange/text.h"

namespace tickwitness::sim {
namespace {

constexpr int kMicroseconds = 6;
constexpr int kNanoseconds = 9;

void open_frame(std::string& out, WireChannel channel, bool snapshot) {
  out += R"({"channel":")";
  out += to_string(channel);
  out += snapshot ? R"(","type":"snapshot",)" : R"(","type":"update",)";
}

void field_decimal(std::string& out, std::string_view name, std::int64_t units, int scale) {
  out += name;
  append_decimal(out, units, scale);
}

void field_time(std::string& out, std::string_view name, base::WallTime time, int digits) {
  out += name;
  append_time(out, time, digits);
  out += '"';
}

void end_reply(std::string& out, Served served) {
  field_time(out, R"(,"time_in":")", served.in, kMicroseconds);
  field_time(out, R"(,"time_out":")", served.out, kMicroseconds);
  out += '}';
}

void request_id(std::string& out, const std::optional<std::uint64_t>& id) {
  if (!id) return;
  out += R"(,"req_id":)";
  append_number(out, *id);
}

void write_candle(std::string& out, const PairSettings& pair, std::uint32_t interval_minutes,
                  const Candle& candle) {
  const int precision = pair.price_precision;
  out += R"({"symbol":)";
  append_string(out, pair.symbol);
  field_decimal(out, R"(,"open":)", candle.open, precision);
  field_decimal(out, R"(,"high":)", candle.high, precision);
  field_decimal(out, R"(,"low":)", candle.low, precision);
  field_decimal(out, R"(,"close":)", candle.close, precision);
  out += R"(,"trades":)";
  append_number(out, candle.trades);
  field_decimal(out, R"(,"volume":)", candle.volume, pair.quantity_precision);
  field_decimal(out, R"(,"vwap":)", candle.vwap(), precision);
  field_time(out, R"(,"interval_begin":")", candle.begin, kNanoseconds);
  out += R"(,"interval":)";
  append_number(out, interval_minutes);
  field_time(out, R"(,"timestamp":")", candle.begin + std::chrono::minutes(interval_minutes),
             kMicroseconds);
  out += '}';
}

void write_asset(std::string& out, std::string_view id) {
  const bool money = id == "USD" || id == "EUR" || id == "GBP";
  out += R"({"id":)";
  append_string(out, id);
  out += money ? R"(,"status":"enabled","precision":4,"precision_display":2)"
               : R"(,"status":"enabled","precision":10,"precision_display":5)";
  out += R"(,"borrowable":true,"collateral_value":1.00,"margin_rate":0.025000})";
}

void write_instrument(std::string& out, const PairSettings& pair) {
  const std::string_view symbol = pair.symbol;
  const std::size_t slash = symbol.find('/');
  out += R"({"symbol":)";
  append_string(out, symbol);
  out += R"(,"base":)";
  append_string(out, symbol.substr(0, slash));
  out += R"(,"quote":)";
  append_string(out, symbol.substr(slash + 1));
  out += R"(,"status":"online","qty_precision":)";
  append_number(out, static_cast<std::uint64_t>(pair.quantity_precision));
  out += R"(,"qty_increment":)";
  append_shortest(out, 1, pair.quantity_precision);
  out += R"(,"price_precision":)";
  append_number(out, static_cast<std::uint64_t>(pair.price_precision));
  out += R"(,"cost_precision":5,"marginable":true,"has_index":true,"cost_min":0.50)";
  out += R"(,"margin_initial":0.20,"position_limit_long":300,"position_limit_short":240)";
  out += R"(,"tick_size":)";
  append_shortest(out, 1, pair.price_precision);
  out += R"(,"price_increment":)";
  append_shortest(out, 1, pair.price_precision);
  out += R"(,"qty_min":)";
  append_shortest(out, pair.quantity_min, pair.quantity_precision);
  out += '}';
}

}  // namespace

void write_status(std::string& out, std::uint64_t connection_id) {
  out += R"({"channel":"status","type":"update","data":[{"version":"2.0.10","system":"online",)"
         R"("api_version":"v2","connection_id":)";
  append_number(out, connection_id);
  out += "}]}";
}

void write_heartbeat(std::string& out) {
  out += R"({"channel":"heartbeat"})";
}

void write_pong(std::string& out, const Request& request, Served served) {
  out += R"({"method":"pong")";
  request_id(out, request.id);
  end_reply(out, served);
}

void write_ack(std::string& out, const Request& request, std::string_view symbol, Served served) {
  const bool subscribe = request.method == Request::Method::subscribe;
  out += subscribe ? R"({"method":"subscribe")" : R"({"method":"unsubscribe")";
  request_id(out, request.id);
  out += R"(,"result":{"channel":")";
  out += to_string(request.channel);
  out += '"';
  if (request.channel == WireChannel::ticker && subscribe)
    out += request.on_trades ? R"(,"event_trigger":"trades")" : R"(,"event_trigger":"bbo")";
  if (request.channel == WireChannel::ohlc) {
    out += R"(,"interval":)";
    append_number(out, request.interval_minutes);
  }
  if (subscribe)
    out += request.snapshot.value_or(request.channel != WireChannel::trade)
               ? R"(,"snapshot":true)"
               : R"(,"snapshot":false)";
  if (!symbol.empty()) {
    out += R"(,"symbol":)";
    append_string(out, symbol);
  }
  if (subscribe && request.channel == WireChannel::ohlc)
    out += R"(,"warnings":["timestamp is deprecated, use interval_begin"])";
  if (subscribe && request.channel == WireChannel::instrument)
    out += R"(,"warnings":["tick_size is deprecated, use price_increment"])";
  out += R"(},"success":true)";
  end_reply(out, served);
}

void write_refusal(std::string& out, const RequestError& error, std::string_view symbol,
                   Served served) {
  out += R"({"error":)";
  append_string(out, error.text);
  if (!error.method.empty()) {
    out += R"(,"method":)";
    append_string(out, error.method);
  }
  request_id(out, error.id);
  out += R"(,"success":false)";
  if (!symbol.empty()) {
    out += R"(,"symbol":)";
    append_string(out, symbol);
  }
  end_reply(out, served);
}

void write_rate_exceeded(std::string& out) {
  out += R"({"Error":"Exceeded msg rate"})";
}

void write_trades(std::string& out, const PairSettings& pair, std::span<const Fill> fills,
                  bool snapshot) {
  open_frame(out, WireChannel::trade, snapshot);
  out += R"("data":[)";
  for (const Fill& fill : fills) {
    if (&fill != fills.data()) out += ',';
    out += R"({"symbol":)";
    append_string(out, pair.symbol);
    out += fill.taker_side == market::Side::buy ? R"(,"side":"buy")" : R"(,"side":"sell")";
    field_decimal(out, R"(,"price":)", fill.price, pair.price_precision);
    field_decimal(out, R"(,"qty":)", fill.quantity, pair.quantity_precision);
    out += fill.limit_order ? R"(,"ord_type":"limit","trade_id":)"
                            : R"(,"ord_type":"market","trade_id":)";
    append_number(out, fill.id);
    field_time(out, R"(,"timestamp":")", fill.time, kMicroseconds);
    out += '}';
  }
  out += "]}";
}

void write_ticker(std::string& out, const PairSettings& pair, const BestQuote& quote,
                  const DayFigures& day, bool snapshot) {
  const int price = pair.price_precision;
  const int quantity = pair.quantity_precision;
  open_frame(out, WireChannel::ticker, snapshot);
  out += R"("data":[{"symbol":)";
  append_string(out, pair.symbol);
  field_decimal(out, R"(,"bid":)", quote.bid, price);
  field_decimal(out, R"(,"bid_qty":)", quote.bid_quantity, quantity);
  field_decimal(out, R"(,"ask":)", quote.ask, price);
  field_decimal(out, R"(,"ask_qty":)", quote.ask_quantity, quantity);
  field_decimal(out, R"(,"last":)", day.sums.close, price);
  field_decimal(out, R"(,"volume":)", day.sums.volume, quantity);
  field_decimal(out, R"(,"vwap":)", day.sums.vwap(), price);
  field_decimal(out, R"(,"low":)", day.sums.low, price);
  field_decimal(out, R"(,"high":)", day.sums.high, price);
  field_decimal(out, R"(,"change":)", day.change, price);
  field_decimal(out, R"(,"change_pct":)", day.change_percent, 2);
  field_time(out, R"(,"timestamp":")", quote.time, kMicroseconds);
  out += "}]}";
}

void write_candles(std::string& out, const PairSettings& pair, std::uint32_t interval_minutes,
                   std::span<const Candle> candles, base::WallTime now, bool snapshot) {
  open_frame(out, WireChannel::ohlc, snapshot);
  field_time(out, R"("timestamp":")", now, kNanoseconds);
  out += R"(,"data":[)";
  for (const Candle& candle : candles) {
    if (&candle != candles.data()) out += ',';
    write_candle(out, pair, interval_minutes, candle);
  }
  out += "]}";
}

void write_instruments(std::string& out, const std::vector<PairSettings>& pairs) {
  open_frame(out, WireChannel::instrument, true);
  out += R"("data":{"assets":[)";
  std::vector<std::string_view> assets;
  for (const PairSettings& pair : pairs) {
    const std::string_view symbol = pair.symbol;
    const std::size_t slash = symbol.find('/');
    for (const std::string_view asset : {symbol.substr(0, slash), symbol.substr(slash + 1)}) {
      if (std::ranges::find(assets, asset) != assets.end()) continue;
      if (!assets.empty()) out += ',';
      assets.push_back(asset);
      write_asset(out, asset);
    }
  }
  out += R"(],"pairs":[)";
  for (const PairSettings& pair : pairs) {
    if (&pair != pairs.data()) out += ',';
    write_instrument(out, pair);
  }
  out += "]}}";
}

}  // namespace tickwitness::sim
