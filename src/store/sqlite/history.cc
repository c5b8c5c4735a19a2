#include "store/sqlite/history.h"

#include <fmt/format.h>

#include "store/batch/history.h"
#include "store/batch/read_rows.h"
#include "store/sqlite/reading.h"

namespace tickwitness::store::sqlite {
namespace {

using pipeline::History;
using pipeline::HistoryKind;
using pipeline::HistoryQuery;

// From the newest on: the limit cuts the oldest off. Each follows a key, whatever else there is.
std::string select_of(HistoryKind kind) {
  switch (kind) {
    case HistoryKind::trades:
      return fmt::format(
          "SELECT {} FROM trades WHERE venue = ?1 AND symbol = ?2 AND exchange_time >= ?3 AND "
          "exchange_time < ?4 ORDER BY exchange_time DESC, id DESC LIMIT ?5",
          kTradeColumns);
    case HistoryKind::candles:
      return fmt::format(
          "SELECT {} FROM candles WHERE venue = ?1 AND symbol = ?2 AND begin >= ?3 AND begin < ?4 "
          "AND interval_minutes = ?6 ORDER BY begin DESC LIMIT ?5",
          kCandleColumns);
    case HistoryKind::quotes:
      break;
  }
  return fmt::format(
      "SELECT {} FROM quotes WHERE venue = ?1 AND symbol = ?2 AND time >= ?3 AND time < ?4 "
      "ORDER BY time DESC LIMIT ?5",
      kQuoteColumns);
}

SinkResult<History> read_rows(Connection& connection, const MarketNumbers& market,
                              const HistoryQuery& query) {
  auto select = connection.prepare(select_of(query.kind));
  if (!select) return std::unexpected(select.error());
  HistoryPage page(query);
  select->bind(1, market.venue);
  select->bind(2, market.symbol);
  select->bind(3, query.from.time_since_epoch().count());
  select->bind(4, query.to.time_since_epoch().count());
  select->bind(5, static_cast<std::int64_t>(page.wanted()));
  if (query.kind == HistoryKind::candles) select->bind(6, std::int64_t{query.interval_minutes});
  int code = select->step();
  for (; code == SQLITE_ROW; code = select->step()) {
    const auto tick = read_row(*select, query);
    if (!tick)
      return sink_fail(fmt::format("{}: a row of {} on {} is damaged: restore a backup",
                                   connection.path(), query.symbol.str(), to_string(query.venue)),
                       false);
    page.add(*tick);
  }
  if (code != SQLITE_DONE) return connection.fail("cannot be read");
  return page.take();
}

}  // namespace

// One statement has the whole page: there is nothing to stop between.
SinkResult<History> read_history(Connection& connection, const HistoryQuery& query,
                                 const std::stop_token& /*stop*/) {
  if (auto ok = only_read(connection); !ok) return std::unexpected(ok.error());
  const auto market = find_market(connection, query.venue, query.symbol);
  if (!market) return std::unexpected(market.error());
  if (market->venue == 0 || market->symbol == 0) return History{};
  return read_rows(connection, *market, query);
}

}  // namespace tickwitness::store::sqlite
