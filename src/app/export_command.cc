// tickwitness export trades: what was stored, as text for other programs.

#include <fmt/format.h>

#include <cerrno>
#include <cstdio>
#include <memory>
#include <utility>

#include "app/commands.h"
#include "app/say.h"
#include "base/json_write.h"
#include "base/rfc3339.h"
#include "config/settings.h"
#include "store/postgres/trade_reader.h"
#include "store/sqlite/trade_reader.h"

namespace tickwitness::app {
namespace {

using market::Trade;
using pipeline::Tick;

std::string_view side_of(const Trade& trade) {
  return trade.taker_side == market::Side::buy ? "buy" : "sell";
}

std::string csv(const Tick& tick) {
  const auto& trade = std::get<Trade>(tick.event);
  return fmt::format("{},{},{},{},{},{},{}\n", to_string(tick.venue), trade.symbol.str(), trade.id,
                     base::format_rfc3339(trade.exchange_time, 9), side_of(trade),
                     trade.price.str(), trade.quantity.str());
}

// Prices and quantities are strings: many readers of JSON would round a number.
std::string jsonl(const Tick& tick) {
  const auto& trade = std::get<Trade>(tick.event);
  std::string line;
  base::JsonWriter(line)
      .begin_object()
      .member("exchange", to_string(tick.venue))
      .member("symbol", trade.symbol.str())
      .member("id", trade.id)
      .member("time", base::format_rfc3339(trade.exchange_time, 9))
      .member("taker_side", side_of(trade))
      .member("price", trade.price.str())
      .member("quantity", trade.quantity.str())
      .end_object();
  return line + "\n";
}

template <class Reader, class Where>
store::SinkResult<std::unique_ptr<store::TradeReader>> open_as(const Where& where,
                                                               const store::TradeQuery& query) {
  auto reader = Reader::open(where, query);
  if (!reader) return std::unexpected(reader.error());
  return std::make_unique<Reader>(std::move(*reader));
}

store::SinkResult<std::unique_ptr<store::TradeReader>> open_trades(const std::string& database,
                                                                   const store::TradeQuery& query) {
  if (!config::Store::names_server(database)) {
    return open_as<store::sqlite::TradeReader>(database, query);
  }
  return open_as<store::postgres::TradeReader>(
      store::postgres::PostgresSettings{.database = base::Secret(database)}, query);
}

int complain(const std::string& what, int code) {
  say("tickwitness export: {}\n", what);
  return code;
}

// Who reads may have seen enough (| head).
int not_written() {
  if (errno == EPIPE) return kOk;
  return complain("standard output cannot be written", kIoError);
}

}  // namespace

int export_command(const ExportOptions& options) {
  const auto symbol = market::Symbol::parse(options.symbol);
  if (!symbol) return complain(symbol.error().message, kUsage);
  store::TradeQuery query{.symbol = *symbol};
  if (!options.exchange.empty()) query.venue = market::venue_named(options.exchange);
  for (const auto& [text, time] :
       {std::pair(options.from, &query.from), std::pair(options.to, &query.to)}) {
    if (text.empty()) continue;
    const auto parsed = base::parse_moment(text);
    if (!parsed)
      return complain(
          fmt::format("'{}' is no time; write 2026-11-22 or 2026-11-22T05:00:00Z", text), kUsage);
    *time = *parsed;
  }
  const auto reader = open_trades(
      options.database.empty() ? options.data + "/market.sqlite" : options.database, query);
  if (!reader) return complain(reader.error().message, kNoInput);
  if (options.format == ExportFormat::csv)
    std::fputs("exchange,symbol,id,time,taker_side,price,quantity\n", stdout);
  for (;;) {
    const auto tick = (*reader)->next();
    if (!tick) return complain(tick.error().message, kIoError);
    if (!*tick) break;
    const std::string line = options.format == ExportFormat::csv ? csv(**tick) : jsonl(**tick);
    if (std::fwrite(line.data(), 1, line.size(), stdout) != line.size()) return not_written();
  }
  return std::fflush(stdout) == 0 ? kOk : not_written();
}

}  // namespace tickwitness::app
