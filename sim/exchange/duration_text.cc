#include "sim/exchange/duration_text.h"

#include <fmt/format.h>

#include <charconv>
#include <cstdint>

namespace tickwitness::sim {
namespace {

constexpr std::int64_t kMillisecondsMax = 7LL * 24 * 3600 * 1000;

}  // namespace

std::optional<base::Duration> parse_duration(std::string_view text) {
  if (text.starts_with('+')) text.remove_prefix(1);
  std::int64_t number = 0;
  const char* const begin = text.data();
  const char* const end = begin + text.size();
  const auto [unit_begin, error] = std::from_chars(begin, end, number);
  if (error != std::errc()) return std::nullopt;
  const std::string_view unit(unit_begin, static_cast<std::size_t>(end - unit_begin));
  const std::int64_t scale = unit == "ms"  ? 1
                             : unit == "s" ? 1000
                             : unit == "m" ? 60'000
                             : unit == "h" ? 3'600'000
                                           : 0;
  if (scale == 0 || number > kMillisecondsMax / scale || number < -kMillisecondsMax / scale)
    return std::nullopt;
  return std::chrono::milliseconds(number * scale);
}

std::string duration_text(base::Duration duration) {
  const std::int64_t ms = std::chrono::duration_cast<std::chrono::milliseconds>(duration).count();
  return ms % 1000 == 0 ? fmt::format("{}s", ms / 1000) : fmt::format("{}ms", ms);
}

}  // namespace tickwitness::sim
