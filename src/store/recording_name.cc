#include "store/recording_name.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <chrono>

namespace tickwitness::store {
namespace {

constexpr std::string_view kShape = "NNNNNNNNNNNN-NNNNNNNNTNNNNNNZ.twrec";
constexpr std::string_view kPart = ".part";

unsigned number_at(std::string_view text, std::size_t at, std::size_t length) {
  unsigned value = 0;
  std::from_chars(text.data() + at, text.data() + at + length, value);
  return value;
}

}  // namespace

std::string RecordingName::str() const {
  using namespace std::chrono;
  const auto day = floor<days>(created);
  const year_month_day date(day);
  const hh_mm_ss time(floor<seconds>(created - day));
  return fmt::format("{:012}-{:04}{:02}{:02}T{:02}{:02}{:02}Z.twrec{}", number,
                     static_cast<int>(date.year()), static_cast<unsigned>(date.month()),
                     static_cast<unsigned>(date.day()), time.hours().count(),
                     time.minutes().count(), time.seconds().count(), part ? kPart : "");
}

std::optional<RecordingName> RecordingName::parse(std::string_view text) {
  using namespace std::chrono;
  RecordingName name;
  name.part = text.ends_with(kPart);
  if (name.part) text.remove_suffix(kPart.size());
  const bool shaped = std::ranges::equal(text, kShape, [](char c, char shape) {
    return shape == 'N' ? c >= '0' && c <= '9' : c == shape;
  });
  if (!shaped) return std::nullopt;
  const std::string_view number = text.substr(0, 12);
  std::from_chars(number.begin(), number.end(), name.number);
  const year_month_day date(year(static_cast<int>(number_at(text, 13, 4))),
                            month(number_at(text, 17, 2)), day(number_at(text, 19, 2)));
  const unsigned hour = number_at(text, 22, 2), minute = number_at(text, 24, 2),
                 second = number_at(text, 26, 2);
  constexpr year kFirst(1970), kLast(2199);
  if (!date.ok() || date.year() < kFirst || date.year() > kLast || hour > 23 || minute > 59 ||
      second > 59)
    return std::nullopt;
  name.created = sys_days(date) + hours(hour) + minutes(minute) + seconds(second);
  return name;
}

}  // namespace tickwitness::store
