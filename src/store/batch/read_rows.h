// Rows of a database as ticks. A `Row` has text(column), integer(column) and is_null(column), which
// count from 0.
#pragma once

#include <optional>
#include <string_view>

#include "pipeline/history.h"
#include "store/batch/words.h"

namespace tickwitness::store {

// The columns that each of the functions below takes, from the first on; the last of a trade as a
// number.
inline constexpr std::string_view kTradeColumns =
    "id, taker_side, order_type, price, quantity, exchange_time, received, origin, late";
inline constexpr std::string_view kCandleColumns =
    "interval_minutes, begin, open, high, low, close, volume, vwap, trades";
inline constexpr std::string_view kQuoteColumns = "time, bid, bid_quantity, ask, ask_quantity";

inline base::WallTime wall_of(std::int64_t nanoseconds) {
  return base::WallTime(base::Duration(nanoseconds));
}

// Each gives nothing where something else than this program wrote. Of the time of receipt only the
// wall clock was kept, of a candle none.
template <class Row>
std::optional<pipeline::Tick> read_trade(const Row& row, market::Venue venue,
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
                                               .exchange_time = wall_of(row.integer(5))},
                        .venue = venue,
                        .origin = *origin,
                        .late = row.integer(8) != 0,
                        .received = {.mono = {}, .wall = wall_of(row.integer(6))}};
}

// NULL is no price; false: there is something that is none.
template <class Row>
bool read_price(const Row& row, int column, std::optional<base::Decimal>& price) {
  if (row.is_null(column)) return true;
  const auto parsed = base::Decimal::parse(row.text(column));
  if (parsed) price = *parsed;
  return parsed.has_value();
}

template <class Row>
std::optional<pipeline::Tick> read_candle(const Row& row, market::Venue venue,
                                          const market::Symbol& symbol) {
  market::Candle candle{.symbol = symbol,
                        .interval_minutes = static_cast<std::uint32_t>(row.integer(0)),
                        .closed = true,
                        .begin = wall_of(row.integer(1)),
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

template <class Row>
std::optional<pipeline::Tick> read_quote(const Row& row, market::Venue venue,
                                         const market::Symbol& symbol) {
  market::Quote quote{.symbol = symbol};
  int column = 1;
  for (auto* price : {&quote.bid, &quote.bid_quantity, &quote.ask, &quote.ask_quantity}) {
    if (!read_price(row, column++, *price)) return std::nullopt;
  }
  return pipeline::Tick{
      .event = quote, .venue = venue, .received = {.mono = {}, .wall = wall_of(row.integer(0))}};
}

// What `query` asks for.
template <class Row>
std::optional<pipeline::Tick> read_row(const Row& row, const pipeline::HistoryQuery& query) {
  switch (query.kind) {
    case pipeline::HistoryKind::trades:
      return read_trade(row, query.venue, query.symbol);
    case pipeline::HistoryKind::candles:
      return read_candle(row, query.venue, query.symbol);
    case pipeline::HistoryKind::quotes:
      break;
  }
  return read_quote(row, query.venue, query.symbol);
}

}  // namespace tickwitness::store
