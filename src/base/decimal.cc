#include "base/decimal.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <limits>

#include "base/ascii.h"

namespace tickwitness::base {
namespace {

__extension__ using Wide = __int128;

constexpr auto kPowersOfTen = [] {
  std::array<std::int64_t, Decimal::kScaleMax + 1> powers{};
  powers[0] = 1;
  for (std::size_t i = 1; i < powers.size(); ++i) powers[i] = powers[i - 1] * 10;
  return powers;
}();

constexpr Wide kMantissaMin = std::numeric_limits<std::int64_t>::min();
constexpr Wide kMantissaMax = std::numeric_limits<std::int64_t>::max();

constexpr bool fits(Wide mantissa) {
  return mantissa >= kMantissaMin && mantissa <= kMantissaMax;
}

// At most 2^63 * 10^18 < 2^123: never overflows.
constexpr Wide scaled(Decimal value, int scale) {
  return static_cast<Wide>(value.mantissa()) *
         kPowersOfTen[static_cast<std::size_t>(scale - value.scale())];
}

// Zeros at the end of the fraction give way before digits would be lost.
Result<Decimal> narrowed(Wide mantissa, int scale, const char* what = "number") {
  while ((scale > Decimal::kScaleMax || !fits(mantissa)) && scale > 0 && mantissa % 10 == 0) {
    mantissa /= 10;
    --scale;
  }
  if (scale > Decimal::kScaleMax || !fits(mantissa))
    return fail(
        fmt::format("decimal {} does not fit 64 bits and {} decimals", what, Decimal::kScaleMax));
  return Decimal(static_cast<std::int64_t>(mantissa), scale);
}

// The parts of a number's text: -12.50e-3 is {negative, "12", "50", -3}.
struct Parts {
  bool negative = false;
  std::string_view whole, fraction;
  int exponent = 0;
};

// Far above any exponent that can matter for texts of the lengths that reach us, far below
// overflow of int.
constexpr int kExponentBound = 100'000'000;

std::string_view take_digits(std::string_view& text) {
  std::size_t length = 0;
  while (length < text.size() && is_digit(text[length])) ++length;
  const auto digits = text.substr(0, length);
  text.remove_prefix(length);
  return digits;
}

bool take_sign(std::string_view& text) {
  if (text.empty() || (text.front() != '-' && text.front() != '+')) return false;
  const bool negative = text.front() == '-';
  text.remove_prefix(1);
  return negative;
}

bool split(std::string_view text, Parts& parts) {
  parts.negative = take_sign(text);
  parts.whole = take_digits(text);
  if (parts.whole.empty() || (parts.whole.size() > 1 && parts.whole.front() == '0')) return false;
  if (!text.empty() && text.front() == '.') {
    text.remove_prefix(1);
    parts.fraction = take_digits(text);
    if (parts.fraction.empty()) return false;
  }
  if (!text.empty() && (text.front() == 'e' || text.front() == 'E')) {
    text.remove_prefix(1);
    const bool negative = take_sign(text);
    const auto digits = take_digits(text);
    if (digits.empty()) return false;
    for (const char c : digits)
      if (parts.exponent < kExponentBound) parts.exponent = parts.exponent * 10 + (c - '0');
    if (negative) parts.exponent = -parts.exponent;
  }
  return text.empty();
}

// The slow way: any length, any exponent. Leading zeros never count against the limits; zeros at
// the end of the fraction are dropped where that makes the rest fit.
Result<Decimal> assemble(const Parts& parts, std::string_view text) {
  const std::size_t written = parts.whole.size() + parts.fraction.size();
  const auto digit = [&](std::size_t i) {
    if (i >= written) return '0';
    return i < parts.whole.size() ? parts.whole[i] : parts.fraction[i - parts.whole.size()];
  };
  std::int64_t scale = static_cast<std::int64_t>(parts.fraction.size()) - parts.exponent;
  std::size_t first = 0;
  while (first < written && digit(first) == '0') ++first;
  if (first == written)
    return Decimal(0, static_cast<int>(std::clamp<std::int64_t>(scale, 0, Decimal::kScaleMax)));
  std::size_t end = written;
  if (scale < 0) {
    end += static_cast<std::size_t>(-scale);
    scale = 0;
  }
  constexpr std::size_t kDigitsMax = 19;  // of 2^63; fewer than 2^64 in any case
  while ((scale > Decimal::kScaleMax || end - first > kDigitsMax) && scale > 0 &&
         digit(end - 1) == '0') {
    --end;
    --scale;
  }
  if (scale <= Decimal::kScaleMax && end - first <= kDigitsMax) {
    std::uint64_t magnitude = 0;
    for (std::size_t i = first; i < end; ++i)
      magnitude = magnitude * 10 + static_cast<std::uint64_t>(digit(i) - '0');
    const auto mantissa = parts.negative ? -static_cast<Wide>(magnitude) : Wide{magnitude};
    if (auto result = narrowed(mantissa, static_cast<int>(scale))) return result;
  }
  return fail(fmt::format("\"{:.40}\" has more digits than a decimal holds (64 bits, {} decimals)",
                          text, Decimal::kScaleMax));
}

// May wrap; who asks looks at how many digits there were.
std::uint64_t read_digits(const char*& at, const char* end) {
  std::uint64_t value = 0;
  while (at != end && is_digit(*at)) value = value * 10 + static_cast<std::uint64_t>(*at++ - '0');
  return value;
}

}  // namespace

Result<Decimal> Decimal::parse(std::string_view text) {
  Decimal result;
  if (auto rest = text; take(rest, result) && rest.empty()) return result;
  Parts parts;
  if (!split(text, parts)) return fail(fmt::format("\"{:.40}\" is not a decimal number", text));
  return assemble(parts, text);
}

// Few enough digits that nothing can overflow. Whole and fraction are read apart, so that the
// processor can do both at once.
bool Decimal::take(std::string_view& text, Decimal& out) {
  constexpr std::ptrdiff_t kDigitsMax = 18;
  if (text.empty()) return false;
  const char* at = text.data();
  const char* const end = at + text.size();
  const bool negative = *at == '-';
  at += negative;
  const char* const whole_begin = at;
  std::uint64_t magnitude = read_digits(at, end);
  const auto whole_length = at - whole_begin;
  if (whole_length == 0 || (whole_length > 1 && *whole_begin == '0')) return false;
  std::ptrdiff_t scale = 0;
  if (at != end && *at == '.') {
    const char* const fraction_begin = ++at;
    const std::uint64_t fraction = read_digits(at, end);
    scale = at - fraction_begin;
    if (scale == 0 || whole_length + scale > kDigitsMax) return false;
    magnitude =
        magnitude * static_cast<std::uint64_t>(kPowersOfTen[static_cast<std::size_t>(scale)]) +
        fraction;
  } else if (whole_length > kDigitsMax) {
    return false;
  }
  const auto mantissa = static_cast<std::int64_t>(magnitude);
  out = Decimal(negative ? -mantissa : mantissa, static_cast<int>(scale));
  text.remove_prefix(static_cast<std::size_t>(at - text.data()));
  return true;
}

std::string Decimal::str() const {
  const bool negative = mantissa_ < 0;
  const auto magnitude =
      negative ? 0 - static_cast<std::uint64_t>(mantissa_) : static_cast<std::uint64_t>(mantissa_);
  const auto scale = static_cast<std::size_t>(scale_);
  auto text = fmt::format("{:0{}}", magnitude, scale + 1);
  if (scale > 0) text.insert(text.size() - scale, 1, '.');
  if (negative) text.insert(0, 1, '-');
  return text;
}

double Decimal::approx() const {
  // Both operands exact: IEEE division rounds once, to the nearest.
  constexpr std::int64_t kExactMax = std::int64_t{1} << 53;
  if (mantissa_ >= -kExactMax && mantissa_ <= kExactMax)
    return static_cast<double>(mantissa_) /
           static_cast<double>(kPowersOfTen[static_cast<std::size_t>(scale_)]);
  double value = 0;
  const auto text = str();
  std::from_chars(text.data(), text.data() + text.size(), value);
  return value;
}

Result<Decimal> Decimal::add(Decimal other) const {
  const int scale = std::max(scale_, other.scale_);
  return narrowed(scaled(*this, scale) + scaled(other, scale), scale, "sum");
}

Result<Decimal> Decimal::subtract(Decimal other) const {
  const int scale = std::max(scale_, other.scale_);
  return narrowed(scaled(*this, scale) - scaled(other, scale), scale, "difference");
}

Result<Decimal> Decimal::multiply(Decimal other) const {
  return narrowed(static_cast<Wide>(mantissa_) * other.mantissa_, scale_ + other.scale_, "product");
}

std::strong_ordering operator<=>(Decimal a, Decimal b) {
  const int scale = std::max(a.scale_, b.scale_);
  const Wide left = scaled(a, scale);
  const Wide right = scaled(b, scale);
  if (left == right) return std::strong_ordering::equal;
  return left < right ? std::strong_ordering::less : std::strong_ordering::greater;
}

}  // namespace tickwitness::base
