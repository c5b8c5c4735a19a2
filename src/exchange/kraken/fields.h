// Fields of one entry of a frame, found by name and read as what they must be.
#pragma once

#include <simdjson.h>

#include <charconv>
#include <concepts>
#include <optional>
#include <string_view>

#include "base/rfc3339.h"
#include "exchange/kraken/symbols.h"
#include "exchange/messages.h"

namespace tickwitness::exchange::kraken {

// The value as written, valid until the next frame. simdjson gives scalars up to the next token,
// with the space before it.
inline std::string_view trimmed_token(simdjson::ondemand::value& value) {
  auto token = value.raw_json_token();
  while (!token.empty() && (token.back() == ' ' || token.back() == '\n' || token.back() == '\r' ||
                            token.back() == '\t'))
    token.remove_suffix(1);
  return token;
}

// What stands between the quotes, escapes and all; false if it is no string.
inline bool raw_text(simdjson::ondemand::value& value, std::string_view& out) {
  const auto token = trimmed_token(value);
  if (token.size() < 2 || token.front() != '"') return false;
  out = token.substr(1, token.size() - 2);
  return true;
}

inline bool starts_number(std::string_view token) {
  return !token.empty() && (token.front() == '-' || (token.front() >= '0' && token.front() <= '9'));
}

// Fields of one entry, each looked up once, fastest in the order in which the venue writes them.
// After the first failure nothing more is read. All of it is inlined, so that the keys are compared
// as constants.
class Fields {
 public:
  explicit Fields(simdjson::ondemand::object object) : object_(object) {}

  Malformed bad() const { return bad_; }

  [[gnu::always_inline]] void number(std::string_view key, base::Decimal& out) {
    const auto token = required_number(key);
    if (bad_ == Malformed::none) parse_decimal(token, out);
  }

  // Absent or null stays unknown.
  [[gnu::always_inline]] void number(std::string_view key, std::optional<base::Decimal>& out) {
    simdjson::ondemand::value value;
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
    simdjson::ondemand::value value;
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
    simdjson::ondemand::value value;
    if (!find_optional(key, value) || trimmed_token(value) == "null") return;
    use_text(value, Malformed::bad_time,
             [&](std::string_view text) { return parse_time(text, out.emplace()); });
  }

  // Absent: nothing to read, no failure.
  [[gnu::always_inline]] bool array(std::string_view key, simdjson::ondemand::array& out) {
    simdjson::ondemand::value value;
    if (!find_optional(key, value)) return false;
    const auto error = value.get_array().get(out);
    if (error == simdjson::INCORRECT_TYPE)
      fail(Malformed::wrong_type);
    else if (error != simdjson::SUCCESS)
      fail(Malformed::json);
    return error == simdjson::SUCCESS;
  }

  void fail(Malformed reason) {
    if (bad_ == Malformed::none) bad_ = reason;
  }

 private:
  [[gnu::always_inline]] bool find(std::string_view key, simdjson::ondemand::value& out) {
    if (bad_ != Malformed::none) return false;
    const auto error = object_.find_field_unordered(key).get(out);
    if (error == simdjson::SUCCESS) return true;
    fail(error == simdjson::NO_SUCH_FIELD ? Malformed::missing_field : Malformed::json);
    return false;
  }

  [[gnu::always_inline]] bool find_optional(std::string_view key, simdjson::ondemand::value& out) {
    if (bad_ != Malformed::none) return false;
    const auto error = object_.find_field_unordered(key).get(out);
    if (error != simdjson::SUCCESS && error != simdjson::NO_SUCH_FIELD) fail(Malformed::json);
    return error == simdjson::SUCCESS;
  }

  [[gnu::always_inline]] std::string_view required_number(std::string_view key) {
    simdjson::ondemand::value value;
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
  void use_text(simdjson::ondemand::value& value, Malformed reason, Use use) {
    std::string_view text;
    if (!raw_text(value, text)) return fail(Malformed::wrong_type);
    if (use(text)) return;
    const bool escaped = text.find('\\') != std::string_view::npos;
    if (escaped && value.get_string().get(text)) return fail(Malformed::json);
    if (!escaped || !use(text)) fail(reason);
  }

  simdjson::ondemand::object object_;
  Malformed bad_ = Malformed::none;
};

}  // namespace tickwitness::exchange::kraken
