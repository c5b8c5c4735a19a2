#include "base/decimal.h"

#include <gtest/gtest.h>
#include <rapidcheck.h>

#include <cstdlib>
#include <limits>

namespace tickwitness::base {
namespace {

constexpr std::int64_t kMin = std::numeric_limits<std::int64_t>::min();
constexpr std::int64_t kMax = std::numeric_limits<std::int64_t>::max();
__extension__ using Wide = __int128;

struct Accepted {
  std::string text;
  std::int64_t mantissa;
  int scale;
};

TEST(Decimal, ReadsNumbersAndKeepsTheWrittenScale) {
  const Accepted cases[] = {
      {"0", 0, 0},
      {"-0", 0, 0},
      {"+1", 1, 0},
      {"0.00005100", 5100, 8},
      {"68466.9", 684669, 1},
      {"-239.40", -23940, 2},
      {"1947.83637005", 194783637005, 8},
      {"0.0", 0, 1},
      {"1e-08", 1, 8},
      {"5E-05", 5, 5},
      {"5.1e-05", 51, 6},
      {"1.50e-1", 150, 3},
      {"1.50e1", 150, 1},
      {"1.5e3", 1500, 0},
      {"2e+3", 2000, 0},
      {"2e0", 2, 0},
      {"0e-30", 0, 18},
      {"0e999999999999999999999", 0, 0},
      {"0.000000000000000000000000", 0, 18},
      {"9223372036854775807", kMax, 0},
      {"-9223372036854775808", kMin, 0},
      {"-0.000000000000000001", -1, 18},
      {"9.223372036854775807", kMax, 18},
      {"922337203685477580700e-2", kMax, 0},  // zeros of the fraction give way
      {"123.4500000000000000000000", 1234500000000000000, 16},
      {"1.5000000000000000000000000", 1500000000000000000, 18},
      {"10e-19", 1, 18},
      {"9.300000000000000000", 930000000000000000, 17},
      {"0.1234567890123456780", 123456789012345678, 18},
  };
  for (const auto& c : cases) {
    SCOPED_TRACE(c.text);
    const auto decimal = Decimal::parse(c.text);
    ASSERT_TRUE(decimal) << decimal.error().message;
    EXPECT_EQ(decimal->mantissa(), c.mantissa);
    EXPECT_EQ(decimal->scale(), c.scale);
  }
}

TEST(Decimal, RefusesWhatIsNoNumber) {
  for (const std::string text :
       {"",    "-",   "+",   ".",        ".5",    "5.",   "01",    "-01",   "00",  "0x10",
        "1,5", "1 ",  " 1",  "1.2.3",    "--1",   "+-1",  "e5",    "1e",    "1e+", "1e5.0",
        "nan", "NaN", "inf", "Infinity", "1_000", "1.5f", "1e5e5", "\u0661"}) {
    SCOPED_TRACE(text);
    EXPECT_FALSE(Decimal::parse(text));
  }
  EXPECT_FALSE(Decimal::parse(std::string_view("1\0", 2)));
}

TEST(Decimal, IsTakenOffTheFrontOfAText) {
  struct Case {
    std::string_view text, number, rest;
  };
  const Case cases[] = {
      {"0.00005100,\"x\"", "0.00005100", ",\"x\""},
      {"63348.4", "63348.4", ""},
      {"-7}", "-7", "}"},
      {"0", "0", ""},
      {"1e5", "1", "e5"},
      {"1.5.5", "1.5", ".5"},
      {"123456789012345678]", "123456789012345678", "]"},
      {"0.12345678901234567]", "0.12345678901234567", "]"},
  };
  for (const auto& c : cases) {
    std::string_view rest = c.text;
    Decimal out;
    ASSERT_TRUE(Decimal::take(rest, out)) << c.text;
    EXPECT_EQ(out.str(), c.number);
    EXPECT_EQ(rest, c.rest);
  }
  for (const std::string_view text :
       {"", "-", "+1", ".5", "1.", "1.x", "01", "-01.5", "--1", "x", " 1", "1234567890123456789",
        "0.123456789012345678", "123456789.0123456789",
        "100000000000000000000000000000000000000"}) {
    std::string_view rest = text;
    Decimal out(42, 1);
    EXPECT_FALSE(Decimal::take(rest, out)) << text;
    EXPECT_EQ(rest, text);
    EXPECT_EQ(out.str(), "4.2");
  }
}

TEST(Decimal, RefusesWhatDoesNotFit) {
  for (const std::string text :
       {"9223372036854775808", "-9223372036854775809", "10000000000000000000", "1e19", "1e-19",
        "0.0000000000000000001", "99999999999999999999", "1e999999999999", "1e-999999999999",
        "1.0000000000000000001", "9.223372036854775808", "12345678901234567890.5"}) {
    SCOPED_TRACE(text);
    EXPECT_FALSE(Decimal::parse(text));
  }
  EXPECT_FALSE(Decimal::parse(std::string(100'000, '9')));
  EXPECT_TRUE(Decimal::parse("1." + std::string(100'000, '0')));
}

TEST(Decimal, WritesAllDigitsOfItsScale) {
  EXPECT_EQ(Decimal(5100, 8).str(), "0.00005100");
  EXPECT_EQ(Decimal(-5100, 8).str(), "-0.00005100");
  EXPECT_EQ(Decimal(0, 0).str(), "0");
  EXPECT_EQ(Decimal(0, 3).str(), "0.000");
  EXPECT_EQ(Decimal(1500, 0).str(), "1500");
  EXPECT_EQ(Decimal(kMin, 0).str(), "-9223372036854775808");
  EXPECT_EQ(Decimal(kMin, 18).str(), "-9.223372036854775808");
  EXPECT_EQ(Decimal(1, 18).str(), "0.000000000000000001");
}

TEST(Decimal, ComparesByValue) {
  EXPECT_EQ(Decimal(15, 1), Decimal(1500, 3));
  EXPECT_EQ(Decimal(0, 0), Decimal(0, 18));
  EXPECT_LT(Decimal(-1, 18), Decimal(0, 0));
  EXPECT_LT(Decimal(kMax, 18), Decimal(kMax, 0));
  EXPECT_LT(Decimal(kMin, 0), Decimal(kMin, 18));
  EXPECT_GT(Decimal(100, 2), Decimal(99, 2));
}

TEST(Decimal, CalculatesExactlyOrSaysSo) {
  EXPECT_EQ(Decimal(1, 1).add(Decimal(2, 1)), Decimal(3, 1));  // 0.1 + 0.2
  EXPECT_EQ(Decimal(1, 18).add(Decimal(1, 0))->str(), "1.000000000000000001");
  EXPECT_EQ(Decimal(1, 0).subtract(Decimal(1, 8))->str(), "0.99999999");
  EXPECT_EQ(Decimal(684669, 1).multiply(Decimal(1919415, 8))->str(), "1314.163948635");
  EXPECT_EQ(Decimal(1000, 18).multiply(Decimal(1000, 3))->str(), "0.000000000000001000");
  EXPECT_FALSE(Decimal(kMax, 0).add(Decimal(1, 0)));
  EXPECT_FALSE(Decimal(kMin, 0).subtract(Decimal(1, 0)));
  EXPECT_FALSE(Decimal(kMax, 0).add(Decimal(1, 1)));
  EXPECT_FALSE(Decimal(1, 18).multiply(Decimal(1, 1)));
  EXPECT_FALSE(Decimal(kMin, 0).multiply(Decimal(kMin, 0)));
  EXPECT_FALSE(Decimal(kMin, 0).multiply(Decimal(-1, 0)));
  EXPECT_EQ(Decimal(kMax, 0).multiply(Decimal(10, 1))->str(), "9223372036854775807");
}

TEST(Decimal, ApproximatesToTheNearestDouble) {
  for (const char* text : {"0", "0.1", "-0.00005100", "68466.9", "9223372036854775807",
                           "9.007199254740993", "-123456789.123456789", "0.3"}) {
    EXPECT_EQ(Decimal::parse(text)->approx(), std::strtod(text, nullptr)) << text;
  }
}

// Any decimal that can be: extremes of mantissa and scale come up often.
Decimal any_decimal() {
  const auto mantissa = *rc::gen::oneOf(rc::gen::arbitrary<std::int64_t>(),
                                        rc::gen::element<std::int64_t>(0, 1, -1, kMin, kMax, 10),
                                        rc::gen::inRange<std::int64_t>(-100000, 100000));
  return {mantissa, *rc::gen::inRange(0, Decimal::kScaleMax + 1)};
}

// value * 10^18, exactly.
Wide truth(Decimal value) {
  Wide result = value.mantissa();
  for (int i = value.scale(); i < Decimal::kScaleMax; ++i) result *= 10;
  return result;
}

bool representable(Wide value_e18) {
  int scale = Decimal::kScaleMax;
  while ((value_e18 > kMax || value_e18 < kMin) && value_e18 % 10 == 0 && scale > 0) {
    value_e18 /= 10;
    --scale;
  }
  return value_e18 <= kMax && value_e18 >= kMin;
}

TEST(DecimalProperty, TextComesBackAsItWas) {
  EXPECT_TRUE(rc::check([] {
    const auto value = any_decimal();
    const auto again = Decimal::parse(value.str());
    RC_ASSERT(again.has_value());
    RC_ASSERT(again->mantissa() == value.mantissa());
    RC_ASSERT(again->scale() == value.scale());
  }));
}

TEST(DecimalProperty, ComparesLikeExactIntegers) {
  EXPECT_TRUE(rc::check([] {
    const auto a = any_decimal();
    const auto b = any_decimal();
    RC_ASSERT((a < b) == (truth(a) < truth(b)));
    RC_ASSERT((a == b) == (truth(a) == truth(b)));
  }));
}

TEST(DecimalProperty, AddsAndSubtractsExactlyWheneverTheResultFits) {
  EXPECT_TRUE(rc::check([] {
    const auto a = any_decimal();
    const auto b = any_decimal();
    const Wide sum = truth(a) + truth(b);
    const Wide difference = truth(a) - truth(b);
    RC_ASSERT(a.add(b).has_value() == representable(sum));
    RC_ASSERT(a.subtract(b).has_value() == representable(difference));
    if (a.add(b)) RC_ASSERT(truth(*a.add(b)) == sum);
    if (a.subtract(b)) RC_ASSERT(truth(*a.subtract(b)) == difference);
  }));
}

struct Shortest {
  Wide mantissa = 0;
  int scale = 0;
};

// Without the zeros at the end that a scale can do without.
Shortest shortest(Wide mantissa, int scale) {
  while (scale > 0 && mantissa % 10 == 0) {
    mantissa /= 10;
    --scale;
  }
  return {mantissa, scale};
}

// Two mantissas of 64 bits always have their product in 128.
TEST(DecimalProperty, MultipliesExactlyWheneverTheResultFits) {
  EXPECT_TRUE(rc::check([] {
    const auto a = any_decimal();
    const auto b = any_decimal();
    const Shortest expected =
        shortest(static_cast<Wide>(a.mantissa()) * b.mantissa(), a.scale() + b.scale());
    const bool fits = expected.mantissa <= kMax && expected.mantissa >= kMin &&
                      expected.scale <= Decimal::kScaleMax;
    const auto product = a.multiply(b);
    RC_ASSERT(product.has_value() == fits);
    if (!product) return;
    const Shortest got = shortest(product->mantissa(), product->scale());
    RC_ASSERT(got.mantissa == expected.mantissa);
    RC_ASSERT(got.scale == expected.scale);
  }));
}

}  // namespace
}  // namespace tickwitness::base
