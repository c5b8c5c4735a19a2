// How many of a market's trades were received, by UTC day: what an operator means by 99.998 %.
#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <vector>

#include "base/time.h"

namespace tickwitness::feed {

struct DayOfTrades {
  std::chrono::sys_days day;
  std::uint64_t received = 0;  // each id once
  std::uint64_t missing = 0;   // ids known to exist and not received
  // 1 when nothing is missing; absent on a day without a trade.
  std::optional<double> ratio() const {
    if (received + missing == 0) return std::nullopt;
    return static_cast<double>(received) / static_cast<double>(received + missing);
  }
};

// Not thread-safe. By the venue's own times; a missing trade counts on the day of the last one
// before it. Remembers the last days that had trades; what is older counts on the oldest of them.
class Completeness {
 public:
  static constexpr std::size_t kDaysMax = 8;

  void on_received(base::WallTime exchange_time) { ++at(exchange_time).received; }
  void on_missing(base::WallTime before, std::uint64_t count) { at(before).missing += count; }
  // What was missing has come; on_received says of it what it says of others.
  void on_found(base::WallTime before, std::uint64_t count);

  const std::vector<DayOfTrades>& days() const { return days_; }  // ascending

 private:
  DayOfTrades& at(base::WallTime time);

  std::vector<DayOfTrades> days_;
  std::size_t last_hit_ = 0;
};

}  // namespace tickwitness::feed
