// Decimal::parse against a slow reading of the same text that keeps all digits: both must agree on
// what is a number, on what fits, and on the value.
#include "base/decimal.h"

#include <cstdint>
#include <cstdlib>
#include <optional>
#include <string>
#include <string_view>

namespace {

using tickwitness::base::Decimal;
__extension__ using Wide = __int128;

// digits * 10^exponent, without zeros at either end of the digits.
struct Number {
  bool negative = false;
  std::string digits;
  std::int64_t exponent = 0;
};

std::string digits_at(std::string_view text, std::size_t& at) {
  std::string digits;
  for (; at < text.size() && text[at] >= '0' && text[at] <= '9'; ++at) digits += text[at];
  return digits;
}

std::optional<Number> read_slowly(std::string_view text) {
  Number number;
  std::size_t at = 0;
  if (at < text.size() && (text[at] == '-' || text[at] == '+')) number.negative = text[at++] == '-';
  const auto whole = digits_at(text, at);
  if (whole.empty() || (whole.size() > 1 && whole[0] == '0')) return std::nullopt;
  std::string fraction;
  if (at < text.size() && text[at] == '.') {
    fraction = digits_at(text, ++at);
    if (fraction.empty()) return std::nullopt;
  }
  if (at < text.size() && (text[at] == 'e' || text[at] == 'E')) {
    ++at;
    bool negative = false;
    if (at < text.size() && (text[at] == '-' || text[at] == '+')) negative = text[at++] == '-';
    auto exponent = digits_at(text, at);
    if (exponent.empty()) return std::nullopt;
    exponent.erase(0, exponent.find_first_not_of('0'));
    number.exponent = exponent.empty() ? 0 : exponent.size() > 7 ? 10'000'000 : std::stol(exponent);
    if (negative) number.exponent = -number.exponent;
  }
  if (at != text.size()) return std::nullopt;
  number.exponent -= static_cast<std::int64_t>(fraction.size());
  number.digits = whole + fraction;
  while (!number.digits.empty() && number.digits.back() == '0') {
    number.digits.pop_back();
    ++number.exponent;
  }
  number.digits.erase(0, number.digits.find_first_not_of('0'));
  return number;
}

// The number as mantissa / 10^scale with the smallest scale, if 64 bits and 18 decimals hold it.
std::optional<Decimal> smallest(const Number& number) {
  if (number.digits.empty()) return Decimal(0, 0);
  if (number.digits.size() > 19 || number.exponent > 18 || number.exponent < -18)
    return std::nullopt;
  Wide mantissa = 0;
  for (const char digit : number.digits) mantissa = mantissa * 10 + (digit - '0');
  for (std::int64_t i = 0; i < number.exponent; ++i) mantissa *= 10;
  if (number.negative) mantissa = -mantissa;
  if (mantissa > INT64_MAX || mantissa < INT64_MIN) return std::nullopt;
  return Decimal(static_cast<std::int64_t>(mantissa),
                 number.exponent < 0 ? static_cast<int>(-number.exponent) : 0);
}

void require(bool condition) {
  if (!condition) std::abort();
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  const auto parsed = Decimal::parse(text);
  const auto slow = read_slowly(text);
  const auto expected = slow ? smallest(*slow) : std::nullopt;
  require(parsed.has_value() == expected.has_value());
  if (!parsed) return 0;
  require(*parsed == *expected);
  require(parsed->scale() >= 0 && parsed->scale() <= Decimal::kScaleMax);
  const auto again = Decimal::parse(parsed->str());
  require(again && again->mantissa() == parsed->mantissa() && again->scale() == parsed->scale());
  const auto doubled = parsed->add(*parsed);
  const auto product = parsed->multiply(Decimal(2, 0));
  require(doubled.has_value() == product.has_value());
  if (doubled) require(*doubled == *product && *doubled->subtract(*parsed) == *parsed);
  return 0;
}
