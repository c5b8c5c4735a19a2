#include "exchange/binance/wire.h"

#include <array>
#include <limits>
#include <utility>

namespace tickwitness::exchange::binance {
namespace {

constexpr std::array<std::pair<std::string_view, std::uint32_t>, 14> kIntervals{{{"1m", 1},
                                                                                 {"3m", 3},
                                                                                 {"5m", 5},
                                                                                 {"15m", 15},
                                                                                 {"30m", 30},
                                                                                 {"1h", 60},
                                                                                 {"2h", 120},
                                                                                 {"4h", 240},
                                                                                 {"6h", 360},
                                                                                 {"8h", 480},
                                                                                 {"12h", 720},
                                                                                 {"1d", 1440},
                                                                                 {"3d", 4320},
                                                                                 {"1w", 10080}}};

}  // namespace

std::optional<base::WallTime> time_of(std::uint64_t number) {
  constexpr std::uint64_t kMicrosecondsMin = 100'000'000'000'000;
  constexpr std::uint64_t kMicrosecondsMax = std::numeric_limits<std::int64_t>::max() / 1000;
  if (number > kMicrosecondsMax) return std::nullopt;
  const std::uint64_t scale = number < kMicrosecondsMin ? 1'000'000 : 1000;
  // 10^14 ms are more than nanoseconds in 64 bits hold.
  if (number > std::numeric_limits<std::int64_t>::max() / scale) return std::nullopt;
  return base::WallTime(base::Duration(number * scale));
}

std::uint32_t minutes_of(std::string_view interval) {
  for (const auto& [word, minutes] : kIntervals)
    if (word == interval) return minutes;
  return 0;
}

std::string_view interval_of(std::uint32_t minutes) {
  for (const auto& [word, number] : kIntervals)
    if (number == minutes) return word;
  return {};
}

}  // namespace tickwitness::exchange::binance
