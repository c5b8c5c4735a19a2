#include "sim/exchange/binance_rest_text.h"

#include <fmt/format.h>

#include "sim/exchange/binance_text.h"
#include "sim/exchange/text.h"

namespace tickwitness::sim {
namespace {

std::string eight(std::int64_t units, int scale) {
  std::string text;
  append_eight(text, units, scale);
  return text;
}

}  // namespace

void write_binance_trade_row(std::string& out, const Fill& fill, const PairSettings& pair) {
  out += R"({"id":)";
  append_number(out, fill.id);
  out += R"(,"price":)";
  append_eight(out, fill.price, pair.price_precision);
  out += R"(,"qty":)";
  append_eight(out, fill.quantity, pair.quantity_precision);
  out += R"(,"quoteQty":)";
  append_notional(out, static_cast<Wide>(fill.price) * fill.quantity,
                  pair.price_precision + pair.quantity_precision);
  out += R"(,"time":)";
  append_millis(out, fill.time);
  out += fill.taker_side == market::Side::sell ? R"(,"isBuyerMaker":true,"isBestMatch":true})"
                                               : R"(,"isBuyerMaker":false,"isBestMatch":true})";
}

void write_book_ticker_row(std::string& out, std::string_view symbol, const PairSettings& pair,
                           const BestQuote& quote) {
  out += R"({"symbol":)";
  append_string(out, symbol);
  out += R"(,"bidPrice":)";
  append_eight(out, quote.bid, pair.price_precision);
  out += R"(,"bidQty":)";
  append_eight(out, quote.bid_quantity, pair.quantity_precision);
  out += R"(,"askPrice":)";
  append_eight(out, quote.ask, pair.price_precision);
  out += R"(,"askQty":)";
  append_eight(out, quote.ask_quantity, pair.quantity_precision);
  out += '}';
}

void open_exchange_info(std::string& out, const BinanceLimits& limits, base::WallTime now) {
  out += R"({"timezone":"UTC","serverTime":)";
  append_millis(out, now);
  out += fmt::format(
      R"(,"rateLimits":[{{"rateLimitType":"REQUEST_WEIGHT","interval":"MINUTE","intervalNum":1,)"
      R"("limit":{}}},{{"rateLimitType":"RAW_REQUESTS","interval":"MINUTE","intervalNum":5,)"
      R"("limit":61000}}],"exchangeFilters":[],"symbols":[)",
      limits.weight_per_minute);
}

void write_symbol_info(std::string& out, std::string_view symbol, const PairSettings& pair) {
  const std::string_view names = pair.symbol;
  const std::size_t slash = names.find('/');
  const std::string_view base = names.substr(0, slash);
  const std::string_view quote =
      slash == std::string_view::npos ? std::string_view() : names.substr(slash + 1);
  const std::string tick = eight(1, pair.price_precision);
  const std::string step = eight(1, pair.quantity_precision);
  const std::string_view status = pair.status == "online" ? "TRADING" : "BREAK";
  out += fmt::format(
      R"({{"symbol":"{}","status":"{}","baseAsset":"{}","baseAssetPrecision":8,)"
      R"("quoteAsset":"{}","quotePrecision":8,"quoteAssetPrecision":8,)"
      R"("baseCommissionPrecision":8,"quoteCommissionPrecision":8,)"
      R"("orderTypes":["LIMIT","LIMIT_MAKER","MARKET"],"icebergAllowed":true,"ocoAllowed":true,)"
      R"("otoAllowed":true,"quoteOrderQtyMarketAllowed":true,"allowTrailingStop":true,)"
      R"("cancelReplaceAllowed":true,"amendAllowed":true,"isSpotTradingAllowed":true,)"
      R"("isMarginTradingAllowed":false,"filters":[)"
      R"({{"filterType":"PRICE_FILTER","minPrice":{},"maxPrice":"1000000.00000000","tickSize":{}}},)"
      R"({{"filterType":"LOT_SIZE","minQty":{},"maxQty":"9000000.00000000","stepSize":{}}}],)"
      R"("permissions":[],"permissionSets":[["SPOT"]],)"
      R"("defaultSelfTradePreventionMode":"EXPIRE_MAKER",)"
      R"("allowedSelfTradePreventionModes":["EXPIRE_TAKER","EXPIRE_MAKER","EXPIRE_BOTH"]}})",
      symbol, status, base, quote, tick, tick, step, step);
}

}  // namespace tickwitness::sim
