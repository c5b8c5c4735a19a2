#include "store/postgres/days.h"

#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <utility>
#include <vector>

#include "store/postgres/locks.h"

namespace tickwitness::store::postgres {
int day_of(base::WallTime exchange_time) {
  const auto day = std::chrono::floor<std::chrono::days>(exchange_time).time_since_epoch().count();
  return std::clamp(static_cast<int>(day), kDayFirst - 1, kDayLast + 1);
}

std::int64_t begin_of(int day) {
  const base::WallTime midnight = std::chrono::sys_days(std::chrono::days(day));
  return midnight.time_since_epoch().count();
}

Stretch stretch_of(int day, base::WallTime from, base::WallTime to) {
  return {.begin = std::max(from.time_since_epoch().count(),
                            day < kDayFirst ? INT64_MIN : begin_of(day)),
          .end = std::min(to.time_since_epoch().count(),
                          day > kDayLast ? INT64_MAX : begin_of(day + 1))};
}

std::string part_name(int day) {
  if (day < kDayFirst) return "trades_before";
  if (day > kDayLast) return "trades_after";
  const std::chrono::year_month_day date{std::chrono::sys_days(std::chrono::days(day))};
  return fmt::format("trades_{:04}_{:02}_{:02}", static_cast<int>(date.year()),
                     static_cast<unsigned>(date.month()), static_cast<unsigned>(date.day()));
}

std::string within(int day, std::string_view column) {
  if (day < kDayFirst) return fmt::format("{} < {}", column, begin_of(kDayFirst));
  if (day > kDayLast) return fmt::format("{} >= {}", column, begin_of(kDayLast + 1));
  return fmt::format("{0} >= {1} AND {0} < {2}", column, begin_of(day), begin_of(day + 1));
}

std::string make_part(int day) {
  const auto name = part_name(day);
  const auto from = day < kDayFirst ? "MINVALUE" : std::to_string(begin_of(day));
  const auto to = day > kDayLast ? "MAXVALUE" : std::to_string(begin_of(day + 1));
  // Made first and attached then, it does not lock the table against those who read it.
  return fmt::format(
      "CREATE TABLE tickwitness.{0}(LIKE tickwitness.trades, PRIMARY KEY(venue, symbol, id));"
      "ALTER TABLE tickwitness.trades ATTACH PARTITION tickwitness.{0} "
      "FOR VALUES FROM ({1}) TO ({2});",
      name, from, to);
}

SinkResult<void> Days::ensure(Connection& connection, std::span<const int> days) {
  std::set<int> missing;
  for (const int day : days) {
    for (const int one : {day, std::min(day + 1, kDayLast + 1)}) {
      if (!known_.contains(one)) missing.insert(one);
    }
  }
  if (missing.empty()) return {};
  auto parts = connection.run(
      fmt::format("BEGIN; SELECT pg_advisory_xact_lock({}); "
                  "SELECT c.relname FROM pg_inherits i JOIN pg_class c ON c.oid = i.inhrelid "
                  "WHERE i.inhparent = 'tickwitness.trades'::regclass",
                  std::to_underlying(Lock::schema)));
  if (!parts) return std::unexpected(parts.error());
  std::set<std::string_view> there;
  for (int row = 0; row < parts->rows(); ++row) there.insert(parts->text(row, 0));
  std::string script;
  for (const int day : missing) {
    if (!there.contains(part_name(day))) script += make_part(day);
  }
  if (auto made = connection.run(script + "COMMIT"); !made) return std::unexpected(made.error());
  known_.merge(missing);
  return {};
}

}  // namespace tickwitness::store::postgres
