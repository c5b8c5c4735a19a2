// The parts of the table of trades: one for each day in UTC of the exchange's time.
#pragma once

#include <cstdint>
#include <set>
#include <span>
#include <string>

#include "base/time.h"
#include "store/postgres/connection.h"

namespace tickwitness::store::postgres {

// Days since 1970-01-01. What is before kDayFirst or after kDayLast is in one part each, so that
// times that make no sense do not make tables without end; their days are kDayFirst - 1 and
// kDayLast + 1.
inline constexpr int kDayFirst = 14'245;  // 2009-01-01
inline constexpr int kDayLast = 47'481;   // 2099-12-31
int day_of(base::WallTime exchange_time);

// The first nanosecond of the day, since 1970-01-01 UTC.
std::int64_t begin_of(int day);

// Nanoseconds since 1970-01-01 UTC: begin ≤ time < end.
struct Stretch {
  std::int64_t begin = 0, end = 0;
};
// What of the day is from ≤ time < to.
Stretch stretch_of(int day, base::WallTime from, base::WallTime to);

// "trades_2026_03_01", "trades_before", "trades_after".
std::string part_name(int day);

// "t.exchange_time >= 1772323200000000000 AND t.exchange_time < 1772409600000000000"
std::string within(int day, std::string_view column);

// What makes the part of a day and attaches it: statements, each with its semicolon.
std::string make_part(int day);

class Days {
 public:
  // Makes the parts of these days, and those of the days after them so that midnight finds its
  // own, unless they are known to be there. In a transaction of its own.
  SinkResult<void> ensure(Connection& connection, std::span<const int> days);

 private:
  std::set<int> known_;
};

}  // namespace tickwitness::store::postgres
