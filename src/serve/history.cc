#include "serve/history.h"

#include <fmt/format.h>

#include <array>
#include <charconv>
#include <optional>
#include <string_view>

#include "base/rfc3339.h"
#include "serve/json_fields.h"

namespace tickwitness::serve {
namespace {

using base::fail;
using base::JsonWriter;
using base::Result;
using pipeline::HistoryKind;
using pipeline::HistoryQuery;

constexpr std::array<std::string_view, 3> kKinds{"trades", "candles", "quotes"};

std::string_view to_string(HistoryKind kind) {
  return kKinds[static_cast<std::size_t>(kind)];
}

Result<void> set_kind(std::string_view text, HistoryQuery& query) {
  for (std::size_t i = 0; i < kKinds.size(); ++i) {
    if (text != kKinds[i]) continue;
    query.kind = static_cast<HistoryKind>(i);
    return {};
  }
  return fail(fmt::format("kind: one of {}.", fmt::join(kKinds, ", ")));
}

Result<void> set_exchange(std::string_view text, HistoryQuery& query) {
  const auto venue = market::venue_named(text);
  if (!venue) return fail("exchange: one of kraken, binance, binance_us.");
  query.venue = *venue;
  return {};
}

Result<void> set_symbol(std::string_view text, HistoryQuery& query) {
  const auto symbol = market::Symbol::parse(text);
  if (!symbol) return fail(fmt::format("symbol: {}.", symbol.error().message));
  query.symbol = *symbol;
  return {};
}

Result<void> set_time(std::string_view name, std::string_view text, base::WallTime& time) {
  const auto parsed = base::parse_moment(text);
  if (!parsed) return fail(fmt::format("{}: write 2026-11-22 or 2026-11-22T05:00:00Z.", name));
  time = *parsed;
  return {};
}

// From 1 to `max`.
template <class T>
Result<void> set_number(std::string_view name, std::string_view text, T max, T& number) {
  T value = 0;
  const auto [rest, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  const bool all = error == std::errc() && rest == text.data() + text.size();
  if (!all || value == 0 || value > max)
    return fail(fmt::format("{}: a number from 1 to {}.", name, max));
  number = value;
  return {};
}

Result<void> set(std::string_view name, std::string_view text, HistoryQuery& query) {
  if (name == "kind") return set_kind(text, query);
  if (name == "exchange") return set_exchange(text, query);
  if (name == "symbol") return set_symbol(text, query);
  if (name == "from") return set_time(name, text, query.from);
  if (name == "to") return set_time(name, text, query.to);
  if (name == "interval")
    return set_number(name, text, std::uint32_t{60 * 24 * 31}, query.interval_minutes);
  if (name == "limit") return set_number(name, text, kHistoryRowsMax, query.limit);
  return fail(
      fmt::format("{}: not known; there are exchange, symbol, kind, interval, from, to and "
                  "limit.",
                  name));
}

// All digits: a time of its own for each row that has one.
void member_time(JsonWriter& json, std::string_view name, base::WallTime time) {
  json.member(name, base::format_rfc3339(time, 9));
}

void write(JsonWriter& json, const market::Trade& trade, const pipeline::Tick&) {
  member_time(json, "time", trade.exchange_time);
  json.member("id", trade.id)
      .member("taker_side", trade.taker_side == market::Side::buy ? "buy" : "sell")
      .member("price", trade.price)
      .member("quantity", trade.quantity);
}

void write(JsonWriter& json, const market::Candle& candle, const pipeline::Tick&) {
  member_time(json, "begin", candle.begin);
  json.member("open", candle.open)
      .member("high", candle.high)
      .member("low", candle.low)
      .member("close", candle.close)
      .member("volume", candle.volume);
  member_or_null(json, "vwap", candle.vwap);
  json.member("trades", candle.trades);
}

void write(JsonWriter& json, const market::Quote& quote, const pipeline::Tick& tick) {
  member_time(json, "time", tick.received.wall);
  member_or_null(json, "bid", quote.bid);
  member_or_null(json, "bid_quantity", quote.bid_quantity);
  member_or_null(json, "ask", quote.ask);
  member_or_null(json, "ask_quantity", quote.ask_quantity);
}

}  // namespace

Result<HistoryQuery> parse_history(const net::Request& request) {
  HistoryQuery query;
  for (const auto& [name, text] : request.query) {
    if (auto ok = set(name, text, query); !ok) return std::unexpected(ok.error());
  }
  for (const std::string_view name : {"exchange", "symbol"}) {
    if (!request.parameter(name))
      return fail(fmt::format("{}: missing, as in ?exchange=kraken&symbol=BTC-USD.", name));
  }
  if (request.parameter("interval") && query.kind != HistoryKind::candles)
    return fail("interval: of candles alone; add kind=candles.");
  return query;
}

std::string history_json(const HistoryQuery& query, const pipeline::History& history) {
  std::string text;
  JsonWriter json(text);
  json.begin_object()
      .member("exchange", market::to_string(query.venue))
      .member("symbol", query.symbol.str())
      .member("kind", to_string(query.kind));
  if (query.kind == HistoryKind::candles) json.member("interval_minutes", query.interval_minutes);
  json.member("more", history.more).key("rows").begin_array();
  for (const auto& tick : history.ticks) {
    json.begin_object();
    std::visit([&](const auto& event) { write(json, event, tick); }, tick.event);
    json.end_object();
  }
  json.end_array().end_object();
  return text;
}

}  // namespace tickwitness::serve
