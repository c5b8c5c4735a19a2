#include "exchange/kraken/market_data.h"

#include "exchange/kraken/fields.h"

namespace tickwitness::exchange::kraken {
namespace ondemand = simdjson::ondemand;

Malformed read_text(ondemand::value value, std::string_view& out) {
  if (!raw_text(value, out)) return Malformed::wrong_type;
  if (out.find('\\') == std::string_view::npos) return Malformed::none;
  return value.get_string().get(out) == simdjson::SUCCESS ? Malformed::none : Malformed::json;
}

Malformed read_trade(ondemand::object entry, market::Trade& out) {
  Fields fields(entry);
  fields.symbol("symbol", out.symbol);
  fields.text("side", Malformed::wrong_type, [&](std::string_view side) {
    out.taker_side = side == "buy" ? market::Side::buy : market::Side::sell;
    return side == "buy" || side == "sell";
  });
  fields.number("price", out.price);
  fields.number("qty", out.quantity);
  fields.text("ord_type", Malformed::wrong_type, [&](std::string_view type) {
    out.order_type = type == "limit"    ? market::OrderType::limit
                     : type == "market" ? market::OrderType::market
                                        : market::OrderType::unknown;
    return true;
  });
  fields.integer("trade_id", out.id);
  fields.time("timestamp", out.exchange_time);
  return fields.bad();
}

Malformed read_quote(ondemand::object entry, market::Quote& out) {
  Fields fields(entry);
  fields.symbol("symbol", out.symbol);
  fields.number("bid", out.bid);
  fields.number("bid_qty", out.bid_quantity);
  fields.number("ask", out.ask);
  fields.number("ask_qty", out.ask_quantity);
  fields.time("timestamp", out.exchange_time);
  return fields.bad();
}

Malformed read_candle(ondemand::object entry, market::Candle& out) {
  Fields fields(entry);
  fields.symbol("symbol", out.symbol);
  fields.number("open", out.open);
  fields.number("high", out.high);
  fields.number("low", out.low);
  fields.number("close", out.close);
  fields.integer("trades", out.trades);
  fields.number("volume", out.volume);
  fields.number("vwap", out.vwap);
  fields.time("interval_begin", out.begin);
  fields.integer("interval", out.interval_minutes);
  return fields.bad();
}

}  // namespace tickwitness::exchange::kraken
