// Exact decimals: prices, quantities, balances. Straight from the exchange's text; never through
// floating point.
#pragma once

#include <compare>
#include <cstdint>
#include <string>
#include <string_view>

#include "base/result.h"

namespace tickwitness::base {

// value = mantissa / 10^scale, scale 0..18. Keeps the scale it was written with (0.00005100 has
// scale 8), so that text can be given back as it came; comparison is by value. Thread-safe as any
// value type.
class Decimal {
 public:
  static constexpr int kScaleMax = 18;

  constexpr Decimal() = default;
  constexpr Decimal(std::int64_t mantissa, int scale)
      : mantissa_(mantissa), scale_(static_cast<std::uint8_t>(scale)) {}

  // JSON number grammar plus leading '+': digits, optional fraction, optional exponent (1e-08).
  // Errors: not a number; more digits than 64 bits or kScaleMax hold (trailing zeros of the
  // fraction are dropped first where that helps).
  static Result<Decimal> parse(std::string_view text);

  // Takes a number in its usual spelling off the front of `text`: [-]digits[.digits], at most 18
  // digits. What follows is not looked at. False, and nothing taken, where no such number begins.
  static bool take(std::string_view& text, Decimal& out);

  constexpr std::int64_t mantissa() const { return mantissa_; }
  constexpr int scale() const { return scale_; }
  constexpr bool is_zero() const { return mantissa_ == 0; }
  constexpr bool is_negative() const { return mantissa_ < 0; }

  // All digits of the scale: Decimal(5100, 8) is "0.00005100".
  std::string str() const;
  // For gauges and charts only, never for money arithmetic: the nearest double.
  double approx() const;

  // Exact; an error when the result does not fit.
  Result<Decimal> add(Decimal other) const;
  Result<Decimal> subtract(Decimal other) const;
  Result<Decimal> multiply(Decimal other) const;

  friend std::strong_ordering operator<=>(Decimal a, Decimal b);
  friend bool operator==(Decimal a, Decimal b) { return (a <=> b) == 0; }

 private:
  std::int64_t mantissa_ = 0;
  std::uint8_t scale_ = 0;
};

}  // namespace tickwitness::base
