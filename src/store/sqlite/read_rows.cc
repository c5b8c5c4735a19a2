#include "store/sqlite/read_rows.h"

#include <fmt/format.h>

#include "store/batch/words.h"
#include "store/sqlite/schema.h"

namespace tickwitness::store::sqlite {
namespace {

constexpr std::chrono::milliseconds kBusy{5000};

base::WallTime wall(std::int64_t count) {
  return base::WallTime(base::Duration(count));
}

// NULL is no price; false: there is something that is none.
bool read_price(const Statement& row, int column, std::optional<base::Decimal>& price) {
  if (row.is_null(column)) return true;
  const auto parsed = base::Decimal::parse(row.text(column));
  if (parsed) price = *parsed;
  return parsed.has_value();
}

// 0: it has none.
SinkResult<std::int64_t> number(Connection& connection, std::string_view sql,
                                std::string_view name) {
  auto find = connection.prepare(sql);
  if (!find) return std::unexpected(find.error());
  find->bind(1, name);
  const int code = find->step();
  if (code == SQLITE_ROW) return find->integer(0);
  if (code != SQLITE_DONE) return connection.fail("cannot be read");
  return 0;
}

}  // namespace

std::optional<pipeline::Tick> read_trade(const Statement& row, market::Venue venue,
                                         const market::Symbol& symbol) {
  const auto side = side_of(row.text(1));
  const std::optional<market::OrderType> type =
      row.is_null(2) ? market::OrderType::unknown : order_type_of(row.text(2));
  const auto price = base::Decimal::parse(row.text(3));
  const auto quantity = base::Decimal::parse(row.text(4));
  const auto origin = origin_of(row.text(7));
  if (!side || !type || !price || !quantity || !origin) return std::nullopt;
  return pipeline::Tick{.event = market::Trade{.symbol = symbol,
                                               .id = static_cast<std::uint64_t>(row.integer(0)),
                                               .taker_side = *side,
                                               .order_type = *type,
                                               .price = *price,
                                               .quantity = *quantity,
                                               .exchange_time = wall(row.integer(5))},
                        .venue = venue,
                        .origin = *origin,
                        .late = row.integer(8) != 0,
                        .received = {.mono = {}, .wall = wall(row.integer(6))}};
}

std::optional<pipeline::Tick> read_candle(const Statement& row, market::Venue venue,
                                          const market::Symbol& symbol) {
  market::Candle candle{.symbol = symbol,
                        .interval_minutes = static_cast<std::uint32_t>(row.integer(0)),
                        .closed = true,
                        .begin = wall(row.integer(1)),
                        .trades = static_cast<std::uint64_t>(row.integer(8))};
  int column = 2;
  for (base::Decimal* price :
       {&candle.open, &candle.high, &candle.low, &candle.close, &candle.volume}) {
    const auto parsed = base::Decimal::parse(row.text(column++));
    if (!parsed) return std::nullopt;
    *price = *parsed;
  }
  if (!read_price(row, column, candle.vwap)) return std::nullopt;
  return pipeline::Tick{.event = candle, .venue = venue};
}

std::optional<pipeline::Tick> read_quote(const Statement& row, market::Venue venue,
                                         const market::Symbol& symbol) {
  market::Quote quote{.symbol = symbol};
  int column = 1;
  for (auto* price : {&quote.bid, &quote.bid_quantity, &quote.ask, &quote.ask_quantity}) {
    if (!read_price(row, column++, *price)) return std::nullopt;
  }
  return pipeline::Tick{
      .event = quote, .venue = venue, .received = {.mono = {}, .wall = wall(row.integer(0))}};
}

SinkResult<MarketNumbers> find_market(Connection& connection, market::Venue venue,
                                      const market::Symbol& symbol) {
  const auto of_venue =
      number(connection, "SELECT id FROM venues WHERE name = ?", to_string(venue));
  if (!of_venue) return std::unexpected(of_venue.error());
  const auto of_symbol = number(connection, "SELECT id FROM symbols WHERE name = ?", symbol.str());
  if (!of_symbol) return std::unexpected(of_symbol.error());
  return MarketNumbers{.venue = *of_venue, .symbol = *of_symbol};
}

SinkResult<Connection> open_to_read(const std::string& path) {
  // To read a write-ahead log its index must be written.
  return Connection::open(path, SQLITE_OPEN_READWRITE, kBusy);
}

SinkResult<void> only_read(Connection& connection) {
  const auto version = schema_version(connection);
  if (!version) return std::unexpected(version.error());
  if (*version != static_cast<int>(all_migrations().size())) {
    return sink_fail(
        fmt::format("{}: has schema version {}, this tickwitness reads {}: start the engine on it "
                    "once if it is older, install the later tickwitness if it is newer",
                    connection.path(), *version, all_migrations().size()),
        false);
  }
  return connection.run("PRAGMA query_only=ON");
}

}  // namespace tickwitness::store::sqlite
