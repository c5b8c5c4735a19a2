#include "store/sqlite/history_reader.h"

#include <fmt/format.h>

#include <algorithm>

#include "store/sqlite/read_rows.h"

namespace tickwitness::store::sqlite {
namespace {

using pipeline::History;
using pipeline::HistoryKind;
using pipeline::HistoryQuery;

// From the newest on: the limit cuts the oldest off. Each follows a key, whatever else there is.
constexpr std::string_view kTrades =
    "SELECT {} FROM trades WHERE venue = ?1 AND symbol = ?2 AND exchange_time >= ?3 AND "
    "exchange_time < ?4 ORDER BY exchange_time DESC, id DESC LIMIT ?5";
constexpr std::string_view kCandles =
    "SELECT {} FROM candles WHERE venue = ?1 AND symbol = ?2 AND begin >= ?3 AND begin < ?4 AND "
    "interval_minutes = ?6 ORDER BY begin DESC LIMIT ?5";
constexpr std::string_view kQuotes =
    "SELECT {} FROM quotes WHERE venue = ?1 AND symbol = ?2 AND time >= ?3 AND time < ?4 "
    "ORDER BY time DESC LIMIT ?5";

std::optional<pipeline::Tick> read_row(const Statement& row, const HistoryQuery& query) {
  switch (query.kind) {
    case HistoryKind::trades:
      return read_trade(row, query.venue, query.symbol);
    case HistoryKind::candles:
      return read_candle(row, query.venue, query.symbol);
    case HistoryKind::quotes:
      break;
  }
  return read_quote(row, query.venue, query.symbol);
}

base::WallTime time_of(const pipeline::Tick& tick) {
  return std::get<market::Trade>(tick.event).exchange_time;
}

// Who asks for what is older asks by time: a page does not end among the trades of one moment, of
// which `next` is one more, unless it has no other.
void end_between_times(std::vector<pipeline::Tick>& newest_first, const pipeline::Tick& next) {
  const auto other =
      std::ranges::find_if(newest_first.rbegin(), newest_first.rend(),
                           [&](const auto& tick) { return time_of(tick) != time_of(next); });
  if (other != newest_first.rend()) newest_first.erase(other.base(), newest_first.end());
}

}  // namespace

SinkResult<HistoryReader> HistoryReader::open(const std::string& path) {
  auto connection = open_to_read(path);
  if (!connection) return std::unexpected(connection.error());
  HistoryReader reader(std::move(*connection));
  if (auto ok = reader.prepare(); !ok) return std::unexpected(ok.error());
  return reader;
}

SinkResult<void> HistoryReader::prepare() {
  if (auto ok = only_read(connection_); !ok) return ok;
  const auto make = [&](Statement& statement, const std::string& sql) -> SinkResult<void> {
    auto prepared = connection_.prepare(sql);
    if (!prepared) return std::unexpected(prepared.error());
    statement = std::move(*prepared);
    return {};
  };
  auto done = make(trades_, fmt::format(kTrades, kTradeColumns));
  if (done) done = make(candles_, fmt::format(kCandles, kCandleColumns));
  if (done) done = make(quotes_, fmt::format(kQuotes, kQuoteColumns));
  return done;
}

SinkResult<History> HistoryReader::read(const HistoryQuery& query) {
  const auto numbers = find_market(connection_, query.venue, query.symbol);
  if (!numbers) return std::unexpected(numbers.error());
  History history;
  if (numbers->venue == 0 || numbers->symbol == 0) return history;
  Statement& select = query.kind == HistoryKind::trades    ? trades_
                      : query.kind == HistoryKind::candles ? candles_
                                                           : quotes_;
  select.bind(1, numbers->venue);
  select.bind(2, numbers->symbol);
  select.bind(3, query.from.time_since_epoch().count());
  select.bind(4, query.to.time_since_epoch().count());
  select.bind(5, static_cast<std::int64_t>(query.limit) + 1);
  if (query.kind == HistoryKind::candles) select.bind(6, std::int64_t{query.interval_minutes});
  int code = select.step();
  for (; code == SQLITE_ROW; code = select.step()) {
    const auto tick = read_row(select, query);
    if (!tick)
      return sink_fail(fmt::format("{}: a row of {} on {} is damaged: restore a backup",
                                   connection_.path(), query.symbol.str(), to_string(query.venue)),
                       false);
    history.more = history.ticks.size() == query.limit;
    if (!history.more) {
      history.ticks.push_back(*tick);
      continue;
    }
    if (query.kind == HistoryKind::trades) end_between_times(history.ticks, *tick);
    break;
  }
  if (code != SQLITE_DONE && code != SQLITE_ROW) return connection_.fail("cannot be read");
  select.reset();
  std::ranges::reverse(history.ticks);
  return history;
}

}  // namespace tickwitness::store::sqlite
