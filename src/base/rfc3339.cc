#include "base/rfc3339.h"

#include <fmt/format.h>

#include <array>

namespace tickwitness::base {
namespace {

constexpr std::size_t kSecondsLength = sizeof("2024-05-27T12:33:10") - 1;
constexpr std::size_t kDecimalsMax = 9;
constexpr std::array<std::int64_t, kDecimalsMax + 1> kNanosPerUnit = {
    1'000'000'000, 100'000'000, 10'000'000, 1'000'000, 100'000, 10'000, 1'000, 100, 10, 1};

// Reads exactly `length` digits; anything else leaves a bit in `bad`, looked at once at the end.
constexpr unsigned number(const char* at, std::size_t length, unsigned& bad) {
  unsigned value = 0;
  for (std::size_t i = 0; i < length; ++i) {
    const unsigned digit = static_cast<unsigned char>(at[i]) - unsigned{'0'};
    bad |= static_cast<unsigned>(digit > 9);
    value = value * 10 + digit;
  }
  return value;
}

}  // namespace

std::optional<WallTime> parse_rfc3339(std::string_view text) {
  using namespace std::chrono;
  if (text.size() < kSecondsLength + 1 || text.size() > kSecondsLength + 2 + kDecimalsMax ||
      text.back() != 'Z')
    return std::nullopt;
  const char* at = text.data();
  if (at[4] != '-' || at[7] != '-' || at[10] != 'T' || at[13] != ':' || at[16] != ':')
    return std::nullopt;
  unsigned bad = 0;
  const unsigned year_number = number(at, 4, bad);
  const unsigned month_number = number(at + 5, 2, bad);
  const unsigned day_number = number(at + 8, 2, bad);
  const unsigned hour = number(at + 11, 2, bad);
  const unsigned minute = number(at + 14, 2, bad);
  const unsigned second = number(at + 17, 2, bad);
  std::int64_t nanos = 0;
  if (text.size() > kSecondsLength + 1) {
    const std::size_t decimals = text.size() - kSecondsLength - 2;
    if (at[kSecondsLength] != '.' || decimals == 0) return std::nullopt;
    nanos = number(at + kSecondsLength + 1, decimals, bad) * kNanosPerUnit[decimals];
  }
  if (bad || year_number < 1678 || year_number > 2261 || hour > 23 || minute > 59 || second > 59)
    return std::nullopt;
  const year_month_day date{year{static_cast<int>(year_number)}, month{month_number},
                            day{day_number}};
  if (!date.ok()) return std::nullopt;
  return WallTime{sys_days{date}} + hours{hour} + minutes{minute} + seconds{second} +
         nanoseconds{nanos};
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
