#include "sim/exchange/text.h"

#include <array>
#include <chrono>

namespace tickwitness::sim {
namespace {

// "00" to "99": most of what is written is digits, and two at a time
// take half the divisions.
constexpr auto kPairs = [] {
  std::array<char, 200> pairs{};
  for (std::size_t i = 0; i < 100; ++i) {
    pairs[2 * i] = static_cast<char>('0' + i / 10);
    pairs[2 * i + 1] = static_cast<char>('0' + i % 10);
  }
  return pairs;
}();

// Writes `width` digits with leading zeros so that they end at `end`; gives their begin and leaves
// in `value` what did not fit.
char* write_digits(char* end, std::uint64_t& value, int width) {
  for (; width >= 2; width -= 2) {
    const char* const pair = kPairs.data() + 2 * (value % 100);
    *--end = pair[1];
    *--end = pair[0];
    value /= 100;
  }
  if (width == 1) {
    *--end = static_cast<char>('0' + value % 10);
    value /= 10;
  }
  return end;
}

// At least one digit, as many as it takes.
char* write_whole(char* end, std::uint64_t value) {
  while (value >= 100) end = write_digits(end, value, 2);
  return write_digits(end, value, value >= 10 ? 2 : 1);
}

constexpr std::uint64_t power_of_ten(int exponent) {
  std::uint64_t power = 1;
  while (exponent-- > 0) power *= 10;
  return power;
}

}  // namespace

void append_number(std::string& out, std::uint64_t value) {
  std::array<char, 20> digits;
  char* const end = digits.data() + digits.size();
  out.append(write_whole(end, value), end);
}

void append_decimal(std::string& out, std::int64_t units, int scale) {
  std::array<char, 48> text;  // a sign, 20 digits, a point, a scale of up to 18
  char* const end = text.data() + text.size();
  auto magnitude =
      units < 0 ? 0 - static_cast<std::uint64_t>(units) : static_cast<std::uint64_t>(units);
  char* begin = write_digits(end, magnitude, scale);
  if (scale > 0) *--begin = '.';
  begin = write_whole(begin, magnitude);
  if (units < 0) *--begin = '-';
  out.append(begin, end);
}

void append_shortest(std::string& out, std::int64_t units, int scale) {
  while (scale > 0 && units % 10 == 0) {
    units /= 10;
    --scale;
  }
  if (scale <= 4 || units >= 10) return append_decimal(out, units, scale);
  append_number(out, static_cast<std::uint64_t>(units));
  out += scale < 10 ? "e-0" : "e-";
  append_number(out, static_cast<std::uint64_t>(scale));
}

void append_time(std::string& out, base::WallTime time, int digits) {
  const auto day = std::chrono::floor<std::chrono::days>(time);
  const std::chrono::year_month_day date(day);
  const auto since_midnight = static_cast<std::uint64_t>((time - day).count());
  std::uint64_t second = since_midnight / power_of_ten(9);
  std::uint64_t fraction = since_midnight % power_of_ten(9) / power_of_ten(9 - digits);
  std::uint64_t minute = second / 60;
  std::uint64_t hour = minute / 60;
  std::uint64_t day_of_month = static_cast<unsigned>(date.day());
  std::uint64_t month = static_cast<unsigned>(date.month());
  std::uint64_t year = static_cast<std::uint64_t>(static_cast<int>(date.year()));
  second %= 60;
  minute %= 60;
  std::array<char, 30> text;
  char* const end = text.data() + text.size();
  char* begin = end;
  *--begin = 'Z';
  if (digits > 0) {
    begin = write_digits(begin, fraction, digits);
    *--begin = '.';
  }
  begin = write_digits(begin, second, 2);
  *--begin = ':';
  begin = write_digits(begin, minute, 2);
  *--begin = ':';
  begin = write_digits(begin, hour, 2);
  *--begin = 'T';
  begin = write_digits(begin, day_of_month, 2);
  *--begin = '-';
  begin = write_digits(begin, month, 2);
  *--begin = '-';
  begin = write_digits(begin, year, 4);
  out.append(begin, end);
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
