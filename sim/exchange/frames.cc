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

// A precision that was raised shows digits 0 behind the units.
void append_price(std::string& out, std::int64_t units, const PairSettings& pair) {
  append_decimal(out, units, pair.price_precision);
  if (pair.price_zeros > 0 && pair.price_precision == 0) out += '.';
  out.append(static_cast<std::size_t>(pair.price_zeros), '0');
}

void field_price(std::string& out, std::string_view name, std::int64_t units,
                 const PairSettings& pair) {
  out += name;
  append_price(out, units, pair);
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
  out += R"({"symbol":)";
  append_string(out, pair.symbol);
  field_price(out, R"(,"open":)", candle.open, pair);
  field_price(out, R"(,"high":)", candle.high, pair);
  field_price(out, R"(,"low":)", candle.low, pair);
  field_price(out, R"(,"close":)", candle.close, pair);
  out += R"(,"trades":)";
  append_number(out, candle.trades);
  field_decimal(out, R"(,"volume":)", candle.volume, pair.quantity_precision);
  field_price(out, R"(,"vwap":)", candle.vwap(), pair);
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
  out += R"(,"status":)";
  append_string(out, pair.status);
  out += R"(,"qty_precision":)";
  append_number(out, static_cast<std::uint64_t>(pair.quantity_precision));
  out += R"(,"qty_increment":)";
  append_shortest(out, 1, pair.quantity_precision);
  out += R"(,"price_precision":)";
  append_number(out, static_cast<std::uint64_t>(pair.price_decimals()));
  out += R"(,"cost_precision":5,"marginable":true,"has_index":true,"cost_min":0.50)";
  out += R"(,"margin_initial":0.20,"position_limit_long":300,"position_limit_short":240)";
  out += R"(,"tick_size":)";
  append_shortest(out, 1, pair.price_decimals());
  out += R"(,"price_increment":)";
  append_shortest(out, 1, pair.price_decimals());
  out += R"(,"qty_min":)";
  append_shortest(out, pair.quantity_min, pair.quantity_precision);
  out += '}';
}

}  // namespace

void write_status(std::string& out, std::optional<std::uint64_t> connection_id,
                  const std::optional<Maintenance>& maintenance) {
  out += R"({"channel":"status","type":"update","data":[{"version":"2.0.10","system":")";
  out += maintenance ? "maintenance" : "online";
  out += R"(","api_version":"v2")";
  if (connection_id) {
    out += R"(,"connection_id":)";
    append_number(out, *connection_id);
  }
  if (maintenance) {
    field_time(out,
               R"(,"upcoming_maintenance":[{"event_id":"sim-maintenance",)"
               R"("affected_services":["spot"],"stage":"final_warning_30s","expected_start_utc":")",
               maintenance->from, 0);
    field_time(out, R"(,"expected_end_utc":")", maintenance->until, 0);
    out += R"(}],"emergency":[])";
  }
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
  if (request.channel == WireChannel::book) {
    out += R"(,"depth":)";
    append_number(out, request.depth);
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
    field_price(out, R"(,"price":)", fill.price, pair);
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
  const int quantity = pair.quantity_precision;
  open_frame(out, WireChannel::ticker, snapshot);
  out += R"("data":[{"symbol":)";
  append_string(out, pair.symbol);
  field_price(out, R"(,"bid":)", quote.bid, pair);
  field_decimal(out, R"(,"bid_qty":)", quote.bid_quantity, quantity);
  field_price(out, R"(,"ask":)", quote.ask, pair);
  field_decimal(out, R"(,"ask_qty":)", quote.ask_quantity, quantity);
  field_price(out, R"(,"last":)", day.sums.close, pair);
  field_decimal(out, R"(,"volume":)", day.sums.volume, quantity);
  field_price(out, R"(,"vwap":)", day.sums.vwap(), pair);
  field_price(out, R"(,"low":)", day.sums.low, pair);
  field_price(out, R"(,"high":)", day.sums.high, pair);
  field_price(out, R"(,"change":)", day.change, pair);
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

void write_book(std::string& out, const PairSettings& pair, std::span<const BookChange> levels,
                std::uint32_t checksum, base::WallTime time, bool snapshot) {
  open_frame(out, WireChannel::book, snapshot);
  out += R"("data":[{"symbol":)";
  append_string(out, pair.symbol);
  for (const BookSide side : {BookSide::bid, BookSide::ask}) {
    out += side == BookSide::bid ? R"(,"bids":[)" : R"(,"asks":[)";
    bool first = true;
    for (const BookChange& change : levels) {
      if (change.side != side) continue;
      field_price(out, first ? R"({"price":)" : R"(,{"price":)", change.level.price, pair);
      field_decimal(out, R"(,"qty":)", change.level.quantity, pair.quantity_precision);
      out += '}';
      first = false;
    }
    out += ']';
  }
  out += R"(,"checksum":)";
  append_number(out, checksum);
  field_time(out, R"(,"timestamp":")", time, kMicroseconds);
  out += "}]}";
}

void write_instrument_update(std::string& out, const PairSettings& pair) {
  open_frame(out, WireChannel::instrument, false);
  out += R"("data":{"assets":[],"pairs":[)";
  write_instrument(out, pair);
  out += "]}}";
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
