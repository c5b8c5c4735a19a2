#include "store/postgres/history.h"

#include <fmt/format.h>

#include <algorithm>
#include <chrono>

#include "store/batch/history.h"
#include "store/batch/read_rows.h"
#include "store/postgres/days.h"
#include "store/postgres/names.h"
#include "store/postgres/schema.h"

namespace tickwitness::store::postgres {
namespace {

using pipeline::History;
using pipeline::HistoryKind;
using pipeline::HistoryQuery;

constexpr std::int64_t kLengthFirst = base::Duration(std::chrono::minutes(10)).count();
constexpr std::int64_t kLengthMax = base::Duration(std::chrono::hours(24 * 7)).count();

std::int64_t count(base::WallTime time) {
  return time.time_since_epoch().count();
}

// A day that trades may be in, and the highest of their ids.
struct Day {
  int day = 0;
  std::int64_t last_id = 0;
};

class Reading {
 public:
  Reading(Connection& connection, const HistoryQuery& query, const std::stop_token& stop)
      : connection_(connection), query_(query), stop_(stop), page_(query) {}

  SinkResult<History> read() {
    if (auto ok = only_read(connection_); !ok) return std::unexpected(ok.error());
    if (auto ok = find_market(); !ok) return std::unexpected(ok.error());
    auto ok = SinkResult<void>();
    if (market_.venue != 0) ok = query_.kind == HistoryKind::trades ? add_trades() : add_others();
    if (!ok) return std::unexpected(ok.error());
    return page_.take();
  }

 private:
  SinkResult<void> find_market();
  SinkResult<std::vector<Day>> find_days();
  SinkResult<std::int64_t> newest_of(const Day& day, std::int64_t before);
  SinkResult<void> add_trades();
  SinkResult<void> add_others();
  SinkResult<void> add(std::string_view columns, std::string_view table, std::string_view time,
                       const Stretch& stretch, std::string_view order);

  Connection& connection_;
  const HistoryQuery& query_;
  const std::stop_token& stop_;
  HistoryPage page_;
  Market market_;  // of the query; zeros: it has no rows
};

// Names have letters, digits, '-' and '_' only.
SinkResult<void> Reading::find_market() {
  const auto found = connection_.run(
      fmt::format("SELECT v.id, s.id FROM tickwitness.venues v CROSS JOIN tickwitness.symbols s "
                  "WHERE v.name = '{}' AND s.name = '{}'",
                  to_string(query_.venue), query_.symbol.str()));
  if (!found) return std::unexpected(found.error());
  if (found->rows() == 1) {
    market_ = {.venue = static_cast<std::int16_t>(found->integer(0, 0)),
               .symbol = static_cast<std::int32_t>(found->integer(0, 1))};
  }
  return {};
}

// The newest first.
SinkResult<std::vector<Day>> Reading::find_days() {
  const auto rows = connection_.run(
      fmt::format("SELECT day, last_id FROM tickwitness.trade_days WHERE venue = {} AND symbol = "
                  "{} AND day BETWEEN {} AND {} ORDER BY day DESC",
                  market_.venue, market_.symbol, day_of(query_.from), day_of(query_.to)));
  if (!rows) return std::unexpected(rows.error());
  std::vector<Day> days;
  days.reserve(static_cast<std::size_t>(rows->rows()));
  for (int row = 0; row < rows->rows(); ++row) {
    days.push_back({static_cast<int>(rows->integer(row, 0)), rows->integer(row, 1)});
  }
  return days;
}

// About when the last trade of the day was, at most `before`: the day may not be over.
SinkResult<std::int64_t> Reading::newest_of(const Day& day, std::int64_t before) {
  const auto trade = connection_.run(
      fmt::format("SELECT exchange_time FROM tickwitness.trades WHERE venue = {} AND symbol = {} "
                  "AND id = {} AND {}",
                  market_.venue, market_.symbol, day.last_id, within(day.day, "exchange_time")));
  if (!trade) return std::unexpected(trade.error());
  return trade->rows() == 1 ? std::min(trade->integer(0, 0), before) : before;
}

// A stretch after the other, from the newest on, because to sort a whole day for its last trades
// takes long; longer ones where there are few. Days without any are left out, and times that make
// no sense are one stretch.
SinkResult<void> Reading::add_trades() {
  const auto days = find_days();
  if (!days) return std::unexpected(days.error());
  std::int64_t upto = count(query_.to), length = 0;
  for (auto day = days->begin(); day != days->end() && page_.wanted() > 0;) {
    auto stretch = stretch_of(day->day, query_.from, query_.to);
    stretch.end = std::min(stretch.end, upto);
    if (stretch.end <= stretch.begin) {
      ++day;
      continue;
    }
    const bool sensible = day->day >= kDayFirst && day->day <= kDayLast;
    if (sensible) {
      auto newest = SinkResult<std::int64_t>(stretch.end);
      if (length == 0) {
        newest = newest_of(*day, stretch.end);
        length = kLengthFirst;
      }
      if (!newest) return std::unexpected(newest.error());
      const auto earliest = std::max(count(query_.from), begin_of(kDayFirst));
      stretch.begin = *newest - earliest > length ? *newest - length : earliest;
    }
    if (stop_.stop_requested()) return sink_fail("the process ends", true);
    const auto before = page_.wanted();
    if (auto ok = add(fmt::format("{}::integer", kTradeColumns), "trades", "exchange_time", stretch,
                      ", id DESC");
        !ok)
      return ok;
    if (before - page_.wanted() <= before / 4) length = std::min(2 * length, kLengthMax);
    upto = stretch.begin;
  }
  return {};
}

// Along their keys, whatever else there is.
SinkResult<void> Reading::add_others() {
  const Stretch all{.begin = count(query_.from), .end = count(query_.to)};
  if (query_.kind == HistoryKind::quotes) return add(kQuoteColumns, "quotes", "time", all, "");
  return add(kCandleColumns, "candles", "begin", all, "");
}

SinkResult<void> Reading::add(std::string_view columns, std::string_view table,
                              std::string_view time, const Stretch& stretch,
                              std::string_view order) {
  const auto of_interval = query_.kind == HistoryKind::candles
                               ? fmt::format(" AND interval_minutes = {}", query_.interval_minutes)
                               : "";
  const auto answer = connection_.run(fmt::format(
      "SELECT {} FROM tickwitness.{} WHERE venue = {} AND symbol = {} AND {} >= {} AND {} < {}{} "
      "ORDER BY {} DESC{} LIMIT {}",
      columns, table, market_.venue, market_.symbol, time, stretch.begin, time, stretch.end,
      of_interval, time, order, page_.wanted()));
  if (!answer) return std::unexpected(answer.error());
  for (int row = 0; row < answer->rows(); ++row) {
    const auto tick = read_row(AnswerRow{*answer, row}, query_);
    if (!tick) {
      return connection_.fail(fmt::format("a row of {} on {} is damaged: restore a backup",
                                          query_.symbol.str(), to_string(query_.venue)),
                              false);
    }
    page_.add(*tick);
  }
  return {};
}

}  // namespace

SinkResult<History> read_history(Connection& connection, const HistoryQuery& query,
                                 const std::stop_token& stop) {
  return Reading(connection, query, stop).read();
}

}  // namespace tickwitness::store::postgres
