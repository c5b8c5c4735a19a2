#include "sim/exchange/text.h"

#include <array>
#include <charconv>
#include <chrono>

namespace tickwitness::sim {
namespace {

// `width` digits with leading zeros.
void append_padded(std::string& out, std::uint64_t value, int width) {
  std::array<char, 20> digits{};
  for (int i = width - 1; i >= 0; --i) {
    digits[static_cast<std::size_t>(i)] = static_cast<char>('0' + value % 10);
    value /= 10;
  }
  out.append(digits.data(), static_cast<std::size_t>(width));
}

constexpr std::uint64_t power_of_ten(int exponent) {
  std::uint64_t power = 1;
  while (exponent-- > 0) power *= 10;
  return power;
}

}  // namespace

void append_number(std::string& out, std::uint64_t value) {
  std::array<char, 20> digits{};
  const auto [end, error] = std::to_chars(digits.data(), digits.data() + digits.size(), value);
  out.append(digits.data(), end);
}

void append_decimal(std::string& out, std::int64_t units, int scale) {
  if (units < 0) out += '-';
  const auto magnitude =
      units < 0 ? 0 - static_cast<std::uint64_t>(units) : static_cast<std::uint64_t>(units);
  const std::uint64_t one = power_of_ten(scale);
  append_number(out, magnitude / one);
  if (scale == 0) return;
  out += '.';
  append_padded(out, magnitude % one, scale);
}

void append_shortest(std::string& out, std::int64_t units, int scale) {
  while (scale > 0 && units % 10 == 0) {
    units /= 10;
    --scale;
  }
  if (scale <= 4 || units >= 10) return append_decimal(out, units, scale);
  append_number(out, static_cast<std::uint64_t>(units));
  out += "e-";
  append_padded(out, static_cast<std::uint64_t>(scale), 2);
}

void append_time(std::string& out, base::WallTime time, int digits) {
  const auto day = std::chrono::floor<std::chrono::days>(time);
  const std::chrono::year_month_day date(day);
  const auto second = std::chrono::floor<std::chrono::seconds>(time - day);
  const auto of_day = static_cast<std::uint64_t>(second.count());
  const auto nanos = static_cast<std::uint64_t>((time - day - second).count());
  append_padded(out, static_cast<std::uint64_t>(static_cast<int>(date.year())), 4);
  out += '-';
  append_padded(out, static_cast<unsigned>(date.month()), 2);
  out += '-';
  append_padded(out, static_cast<unsigned>(date.day()), 2);
  out += 'T';
  append_padded(out, of_day / 3600, 2);
  out += ':';
  append_padded(out, of_day / 60 % 60, 2);
  out += ':';
  append_padded(out, of_day % 60, 2);
  if (digits > 0) {
    out += '.';
    append_padded(out, nanos / power_of_ten(9 - digits), digits);
  }
  out += 'Z';
}

void append_string(std::string& out, std::string_view text) {
  constexpr std::string_view kHex = "0123456789abcdef";
  out += '"';
  for (const char c : text) {
    const auto byte = static_cast<unsigned char>(c);
    if (c == '"' || c == '\\') {
      out += '\\';
      out += c;
    } else if (byte < 0x20) {
      out += "\\u00";
      out += kHex[byte >> 4];
      out += kHex[byte & 15];
    } else {
      out += c;
    }
  }
  out += '"';
}

}  // namespace tickwitness::sim
