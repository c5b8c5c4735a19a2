#include "base/rfc3339.h"

#include <fmt/format.h>

#include <array>
#include <bit>
#include <cstring>

#include "base/ascii.h"

namespace tickwitness::base {
namespace {

constexpr std::size_t kSecondsLength = sizeof("2024-05-27T12:33:10") - 1;
constexpr std::size_t kDecimalsMax = 9;
constexpr std::array<std::int64_t, kDecimalsMax + 1> kNanosPerUnit = {
    1'000'000'000, 100'000'000, 10'000'000, 1'000'000, 100'000, 10'000, 1'000, 100, 10, 1};

// Eight characters tested at once: where the pattern has '0' there must be a digit, elsewhere the
// very character.
struct Pattern {
  std::uint64_t digits, others;
};

constexpr std::uint64_t kZeros = 0x3030303030303030;

std::uint64_t load(const char* at) {
  std::uint64_t word = 0;
  std::memcpy(&word, at, sizeof word);
  return word;
}

consteval Pattern pattern(const char (&text)[9]) {
  std::array<char, 8> chars{}, digit_mask{};
  for (std::size_t i = 0; i < 8; ++i) {
    if (text[i] == '0')
      digit_mask[i] = '\xff';
    else
      chars[i] = text[i];
  }
  return {std::bit_cast<std::uint64_t>(digit_mask), std::bit_cast<std::uint64_t>(chars)};
}

bool matches(const char* at, Pattern expected) {
  constexpr std::uint64_t kHighNibbles = 0xF0F0F0F0F0F0F0F0;
  constexpr std::uint64_t kSixes = 0x0606060606060606;  // carries out of the nibble above 9
  const std::uint64_t word = load(at);
  const std::uint64_t digits = (word & expected.digits) | (kZeros & ~expected.digits);
  return (word & ~expected.digits) == expected.others && (digits & kHighNibbles) == kZeros &&
         ((digits + kSixes) & kHighNibbles) == kZeros;
}

// The characters are known to be digits.
template <std::size_t length>
unsigned number(const char* at) {
  unsigned value = 0;
  for (std::size_t i = 0; i < length; ++i) value = value * 10 + static_cast<unsigned>(at[i] - '0');
  return value;
}

}  // namespace

std::optional<WallTime> parse_rfc3339(std::string_view text) {
  using namespace std::chrono;
  constexpr std::size_t kMicrosLength = kSecondsLength + sizeof(".826003Z") - 1;
  if (text.size() < kSecondsLength + 1 || text.size() > kSecondsLength + 2 + kDecimalsMax)
    return std::nullopt;
  const char* const at = text.data();
  if (text.back() != 'Z' || !matches(at, pattern("0000-00-")) ||
      !matches(at + 8, pattern("00T00:00")))
    return std::nullopt;
  std::int64_t nanos = 0;
  if (text.size() == kMicrosLength) {
    if (!matches(at + 16, pattern(":00.0000")) || !is_digit(at[24]) || !is_digit(at[25]))
      return std::nullopt;
    nanos = number<6>(at + kSecondsLength + 1) * std::int64_t{1000};
  } else {
    if (at[16] != ':' || !is_digit(at[17]) || !is_digit(at[18])) return std::nullopt;
    const auto fraction = text.substr(kSecondsLength, text.size() - kSecondsLength - 1);
    if (fraction == "." || (!fraction.empty() && fraction.front() != '.')) return std::nullopt;
    for (std::size_t i = 1; i < fraction.size(); ++i) {
      if (!is_digit(fraction[i])) return std::nullopt;
      nanos += (fraction[i] - '0') * kNanosPerUnit[i];
    }
  }
  const unsigned year_number = number<4>(at);
  const unsigned hour = number<2>(at + 11);
  const unsigned minute = number<2>(at + 14);
  const unsigned second = number<2>(at + 17);
  if (year_number < 1678 || year_number > 2261 || hour > 23 || minute > 59 || second > 59)
    return std::nullopt;
  const year_month_day date{year{static_cast<int>(year_number)}, month{number<2>(at + 5)},
                            day{number<2>(at + 8)}};
  if (!date.ok()) return std::nullopt;
  return WallTime{sys_days{date}} + std::chrono::seconds{hour * 3600 + minute * 60 + second} +
         nanoseconds{nanos};
}

std::optional<WallTime> parse_moment(std::string_view text) {
  constexpr std::string_view kDay = "2024-05-27";
  if (text.size() != kDay.size()) return parse_rfc3339(text);
  return parse_rfc3339(std::string(text) + "T00:00:00Z");
}

std::string format_rfc3339(WallTime time, int decimals) {
  using namespace std::chrono;
  const auto midnight = floor<days>(time);
  const year_month_day date{midnight};
  const hh_mm_ss clock{time - midnight};
  auto text = fmt::format("{:04}-{:02}-{:02}T{:02}:{:02}:{:02}", static_cast<int>(date.year()),
                          static_cast<unsigned>(date.month()), static_cast<unsigned>(date.day()),
                          clock.hours().count(), clock.minutes().count(), clock.seconds().count());
  if (decimals > 0)
    text += fmt::format(
        ".{:0{}}", clock.subseconds().count() / kNanosPerUnit[static_cast<std::size_t>(decimals)],
        decimals);
  return text += 'Z';
}

}  // namespace tickwitness::base
