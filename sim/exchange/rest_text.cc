#include "sim/exchange/rest_text.h"

#include <algorithm>
#include <chrono>
#include <initializer_list>

#include "sim/exchange/text.h"

namespace tickwitness::sim {
namespace {

constexpr int kPriceDecimalsLeast = 5;

// Prices have at least 5 decimals here, whatever the pair's precision.
void append_rest_price(std::string& out, std::int64_t units, const PairSettings& pair) {
  append_decimal(out, units, pair.price_precision);
  if (pair.price_precision == 0) out += '.';
  const int zeros = std::max(kPriceDecimalsLeast - pair.price_precision, pair.price_zeros);
  out.append(static_cast<std::size_t>(std::max(zeros, 0)), '0');
}

void append_levels(std::string& out, const PairSettings& pair, std::span<const Level> levels,
                   base::WallTime time) {
  bool first = true;
  for (const Level& level : levels) {
    out += first ? R"([")" : R"(,[")";
    append_rest_price(out, level.price, pair);
    out += R"(",")";
    append_decimal(out, level.quantity, pair.quantity_precision);
    out += R"(",)";
    append_number(out,
                  static_cast<std::uint64_t>(time.time_since_epoch() / std::chrono::seconds(1)));
    out += ']';
    first = false;
  }
}

// "name":["…","…"], of one value for today and the last 24 hours.
void append_twice(std::string& out, std::string_view name, const std::string& value) {
  out += name;
  out += R"(["")";
  out.insert(out.size() - 1, value);
  out += R"(,"")";
  out.insert(out.size() - 1, value);
  out += ']';
}

}  // namespace

void write_trade_row(std::string& out, const Fill& fill, const PairSettings& pair) {
  out += R"([")";
  append_rest_price(out, fill.price, pair);
  out += R"(",")";
  append_decimal(out, fill.quantity, pair.quantity_precision);
  out += R"(",)";
  append_decimal(out, fill.time.time_since_epoch().count() / 100, 7);
  out += fill.taker_side == market::Side::buy ? R"(,"b",")" : R"(,"s",")";
  out += fill.limit_order ? R"(l","",)" : R"(m","",)";
  append_number(out, fill.id);
  out += ']';
}

void write_depth(std::string& out, const PairSettings& pair, std::span<const Level> asks,
                 std::span<const Level> bids, base::WallTime time) {
  out += R"({"asks":[)";
  append_levels(out, pair, asks, time);
  out += R"(],"bids":[)";
  append_levels(out, pair, bids, time);
  out += "]}";
}

void write_ticker_row(std::string& out, const PairSettings& pair, const BestQuote& quote,
                      const Fill& last, const DayFigures& day) {
  const auto price = [&pair](std::int64_t units) {
    std::string text;
    append_rest_price(text, units, pair);
    return text;
  };
  const auto quantity = [&pair](std::int64_t units) {
    std::string text;
    append_decimal(text, units, pair.quantity_precision);
    return text;
  };
  // Of the quantity a whole number of lots as well.
  const auto side = [&](std::int64_t units, std::int64_t of) {
    const std::string lots = quantity(of);
    return R"([")" + price(units) + R"(",")" + lots.substr(0, lots.find('.')) + R"(",")" + lots +
           R"("])";
  };
  out += R"({"a":)" + side(quote.ask, quote.ask_quantity);
  out += R"(,"b":)" + side(quote.bid, quote.bid_quantity);
  out += R"(,"c":[")" + price(last.price) + R"(",")" + quantity(last.quantity) + R"("])";
  append_twice(out, R"(,"v":)", quantity(day.sums.volume));
  append_twice(out, R"(,"p":)", price(day.sums.vwap()));
  const std::string trades = std::to_string(day.sums.trades);
  out += R"(,"t":[)" + trades + "," + trades + "]";
  append_twice(out, R"(,"l":)", price(day.sums.low));
  append_twice(out, R"(,"h":)", price(day.sums.high));
  out += R"(,"o":")" + price(day.sums.open) + R"("})";
}

void write_asset_pair(std::string& out, const PairSettings& pair, const RestNames& names) {
  const std::size_t slash = pair.symbol.find('/');
  const RestNames base = rest_names(pair.symbol.substr(0, slash));
  const RestNames quote = rest_names(pair.symbol.substr(slash + 1));
  const auto text = [&out](std::string_view name, std::string_view value) {
    out += name;
    append_string(out, value);
  };
  text(R"({"altname":)", names.altname);
  text(R"(,"wsname":)", base.altname + "/" + quote.altname);
  text(R"(,"base":)", base.altname);
  text(R"(,"quote":)", quote.altname);
  out += R"(,"pair_decimals":)" + std::to_string(pair.price_decimals());
  out += R"(,"cost_decimals":5,"lot_decimals":)" + std::to_string(pair.quantity_precision);
  out += R"(,"ordermin":")";
  append_decimal(out, pair.quantity_min, pair.quantity_precision);
  out += R"(","costmin":"0.5","tick_size":")";
  append_decimal(out, 1, pair.price_precision);
  text(R"(","status":)", pair.status);
  out += '}';
}

}  // namespace tickwitness::sim
