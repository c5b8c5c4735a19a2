#include "exchange/kraken/market_data.h"

#include <charconv>
#include <concepts>

#include "base/rfc3339.h"
#include "exchange/kraken/symbols.h"

namespace tickwitness::exchange::kraken {
namespace {

namespace ondemand = simdjson::ondemand;

// The value as written. simdjson gives scalars up to the next token, with the space before it.
std::string_view trimmed_token(ondemand::value& value) {
  auto token = value.raw_json_token();
  while (!token.empty() && (token.back() == ' ' || token.back() == '\n' || token.back() == '\r' ||
                            token.back() == '\t'))
    token.remove_suffix(1);
  return token;
}

// What stands between the quotes, escapes and all; false if it is no string.
bool raw_text(ondemand::value& value, std::string_view& out) {
  const auto token = trimmed_token(value);
  if (token.size() < 2 || token.front() != '"') return false;
  out = token.substr(1, token.size() - 2);
  return true;
}

bool starts_number(std::string_view token) {
  return !token.empty() && (token.front() == '-' || (token.front() >= '0' && token.front() <= '9'));
}

// Fields of one entry, each looked up once, fastest in the order in which the venue writes them.
// After the first failure nothing more is read. All of it is inlined, so that the keys are compared
// as constants.
class Fields {
 public:
  explicit Fields(ondemand::object object) : object_(object) {}

  Malformed bad() const { return bad_; }

  [[gnu::always_inline]] void number(std::string_view key, base::Decimal& out) {
    const auto token = required_number(key);
    if (bad_ == Malformed::none) parse_decimal(token, out);
  }

  // Absent or null stays unknown.
  [[gnu::always_inline]] void number(std::string_view key, std::optional<base::Decimal>& out) {
    ondemand::value value;
    if (!find_optional(key, value)) return;
    const auto token = trimmed_token(value);
    if (token == "null") return;
    if (!starts_number(token)) return fail(Malformed::wrong_type);
    parse_decimal(token, out.emplace());
  }

  template <std::unsigned_integral T>
  [[gnu::always_inline]] void integer(std::string_view key, T& out) {
    const auto token = required_number(key);
    if (bad_ != Malformed::none) return;
    const auto [end, error] = std::from_chars(token.data(), token.data() + token.size(), out);
    if (error != std::errc{} || end != token.data() + token.size()) fail(Malformed::bad_number);
  }

  // `use` takes the text and says whether it could. Texts with escapes are rare enough to be tried
  // as they stand first.
  template <std::predicate<std::string_view> Use>
  [[gnu::always_inline]] void text(std::string_view key, Malformed reason, Use use) {
    ondemand::value value;
    if (find(key, value)) use_text(value, reason, use);
  }

  [[gnu::always_inline]] void symbol(std::string_view key, market::Symbol& out) {
    text(key, Malformed::bad_symbol, [&](std::string_view name) {
      const auto symbol = from_kraken(name);
      if (symbol) out = *symbol;
      return symbol.has_value();
    });
  }

  [[gnu::always_inline]] void time(std::string_view key, base::WallTime& out) {
    text(key, Malformed::bad_time, [&](std::string_view text) { return parse_time(text, out); });
  }

  [[gnu::always_inline]] void time(std::string_view key, std::optional<base::WallTime>& out) {
    ondemand::value value;
    if (!find_optional(key, value) || trimmed_token(value) == "null") return;
    use_text(value, Malformed::bad_time,
             [&](std::string_view text) { return parse_time(text, out.emplace()); });
  }

  void fail(Malformed reason) {
    if (bad_ == Malformed::none) bad_ = reason;
  }

 private:
  [[gnu::always_inline]] bool find(std::string_view key, ondemand::value& out) {
    if (bad_ != Malformed::none) return false;
    const auto error = object_.find_field_unordered(key).get(out);
    if (error == simdjson::SUCCESS) return true;
    fail(error == simdjson::NO_SUCH_FIELD ? Malformed::missing_field : Malformed::json);
    return false;
  }

  [[gnu::always_inline]] bool find_optional(std::string_view key, ondemand::value& out) {
    if (bad_ != Malformed::none) return false;
    const auto error = object_.find_field_unordered(key).get(out);
    if (error != simdjson::SUCCESS && error != simdjson::NO_SUCH_FIELD) fail(Malformed::json);
    return error == simdjson::SUCCESS;
  }

  [[gnu::always_inline]] std::string_view required_number(std::string_view key) {
    ondemand::value value;
    if (!find(key, value)) return {};
    const auto token = trimmed_token(value);
    if (!starts_number(token)) fail(Malformed::wrong_type);
    return token;
  }

  void parse_decimal(std::string_view token, base::Decimal& out) {
    const auto decimal = base::Decimal::parse(token);
    if (!decimal) return fail(Malformed::bad_number);
    out = *decimal;
  }

  static bool parse_time(std::string_view text, base::WallTime& out) {
    const auto time = base::parse_rfc3339(text);
    if (time) out = *time;
    return time.has_value();
  }

  template <class Use>
  void use_text(ondemand::value& value, Malformed reason, Use use) {
    std::string_view text;
    if (!raw_text(value, text)) return fail(Malformed::wrong_type);
    if (use(text)) return;
    const bool escaped = text.find('\\') != std::string_view::npos;
    if (escaped && value.get_string().get(text)) return fail(Malformed::json);
    if (!escaped || !use(text)) fail(reason);
  }

  ondemand::object object_;
  Malformed bad_ = Malformed::none;
};

}  // namespace

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
