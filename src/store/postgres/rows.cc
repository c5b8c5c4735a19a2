#include "store/postgres/rows.h"

#include <fmt/format.h>

#include <algorithm>
#include <bit>
#include <iterator>
#include <limits>
#include <map>
#include <optional>
#include <set>
#include <tuple>

#include "store/postgres/days.h"

namespace tickwitness::store::postgres {
namespace {

constexpr std::uint64_t kNumberMax = std::numeric_limits<std::int64_t>::max();

// A candle with more trades is a later state of the same.
constexpr std::string_view kOnCandle =
    " ON CONFLICT (venue, symbol, interval_minutes, begin) DO UPDATE SET open = excluded.open, "
    "high = excluded.high, low = excluded.low, close = excluded.close, volume = excluded.volume, "
    "vwap = excluded.vwap, trades = excluded.trades WHERE excluded.trades > c.trades";

std::int64_t nanoseconds(base::WallTime time) {
  return time.time_since_epoch().count();
}

// The values of a column as a literal, '{1,2,NULL}': there is nothing in numbers to quote.
class Column {
 public:
  void add(std::int64_t value) { fmt::format_to(next(), "{}", value); }
  void add(base::Decimal value) { fmt::format_to(next(), "{}", value.str()); }
  void add(const std::optional<base::Decimal>& value) {
    value ? add(*value) : void(fmt::format_to(next(), "NULL"));
  }
  std::string literal(std::string_view type) const {
    return fmt::format("'{{{}}}'::{}[]", text_, type);
  }

 private:
  std::back_insert_iterator<std::string> next() {
    if (!text_.empty()) text_ += ',';
    return std::back_inserter(text_);
  }
  std::string text_;
};

std::int64_t number(std::uint64_t of) {
  return std::bit_cast<std::int64_t>(of);
}

// Texts of the gap ledger are printable ASCII.
std::string quoted(std::string_view text) {
  std::string literal = "'";
  for (const char c : text) {
    if (c == '\'') literal += c;
    literal += c;
  }
  return literal += '\'';
}

std::string candles_sql(std::span<const CandleRow> candles) {
  Column begin, trades, symbol, interval, venue, open, high, low, close, volume, vwap;
  for (const auto& [tick, market] : candles) {
    const auto& candle = *std::get_if<market::Candle>(&tick->event);
    begin.add(nanoseconds(candle.begin));
    trades.add(static_cast<std::int64_t>(candle.trades));
    symbol.add(market.symbol);
    interval.add(std::int64_t{candle.interval_minutes});
    venue.add(market.venue);
    open.add(candle.open);
    high.add(candle.high);
    low.add(candle.low);
    close.add(candle.close);
    volume.add(candle.volume);
    vwap.add(candle.vwap);
  }
  return fmt::format(
      "INSERT INTO tickwitness.candles AS c(begin, trades, symbol, interval_minutes, venue, open, "
      "high, low, close, volume, vwap) SELECT * FROM unnest({},{},{},{},{},{},{},{},{},{},{}){}",
      begin.literal("bigint"), trades.literal("bigint"), symbol.literal("integer"),
      interval.literal("integer"), venue.literal("smallint"), open.literal("numeric"),
      high.literal("numeric"), low.literal("numeric"), close.literal("numeric"),
      volume.literal("numeric"), vwap.literal("numeric"), kOnCandle);
}

}  // namespace

SinkResult<void> Rows::sort(std::span<const pipeline::Tick> ticks, Names& names,
                            Connection& connection) {
  trades.clear();
  quotes.clear();
  candles.clear();
  days.clear();
  refused = 0;
  std::set<int> seen;
  for (const auto& tick : ticks) {
    const auto& symbol = std::visit(
        [](const auto& event) -> const market::Symbol& { return event.symbol; }, tick.event);
    const auto* const trade = std::get_if<market::Trade>(&tick.event);
    const auto* const candle = std::get_if<market::Candle>(&tick.event);
    if (trade != nullptr && trade->id == 0) continue;
    if (candle != nullptr && !candle->closed.value_or(false)) continue;
    const std::uint64_t number = trade != nullptr    ? trade->id
                                 : candle != nullptr ? candle->trades
                                                     : std::uint64_t{0};
    if (number > kNumberMax) {
      ++refused;
      continue;
    }
    const auto market = names.find(connection, tick.venue, symbol);
    if (!market) return std::unexpected(market.error());
    if (trade != nullptr) {
      const int day = day_of(trade->exchange_time);
      if (trades.empty() || trades.back().day != day) seen.insert(day);
      trades.push_back({&tick, *market, day});
    } else {
      (candle != nullptr ? candles : quotes).push_back({&tick, *market});
    }
  }
  days.assign(seen.begin(), seen.end());
  return {};
}

std::string ranges_of(std::span<const TradeRow> trades) {
  struct Range {
    std::uint64_t first, last;
  };
  std::map<std::tuple<Market, int>, Range> ranges;
  for (const auto& row : trades) {
    const std::uint64_t id = row.trade().id;
    auto& range = ranges.try_emplace(std::tuple(row.market, row.day), Range{id, id}).first->second;
    range = {std::min(range.first, id), std::max(range.last, id)};
  }
  std::string text;
  for (const auto& [key, range] : ranges) {
    const auto& [market, day] = key;
    fmt::format_to(std::back_inserter(text), "{}({}::smallint,{},{},{}::bigint,{}::bigint)",
                   text.empty() ? "" : ",", market.venue, market.symbol, day, range.first,
                   range.last);
  }
  return text;
}

void add_quotes(std::span<const QuoteRow> quotes, std::vector<Statement>& statements) {
  if (quotes.empty()) return;
  Column time, symbol, venue, bid, bid_quantity, ask, ask_quantity;
  for (const auto& [tick, market] : quotes) {
    const auto& quote = *std::get_if<market::Quote>(&tick->event);
    time.add(nanoseconds(tick->received.wall));
    symbol.add(market.symbol);
    venue.add(market.venue);
    bid.add(quote.bid);
    bid_quantity.add(quote.bid_quantity);
    ask.add(quote.ask);
    ask_quantity.add(quote.ask_quantity);
  }
  statements.push_back(
      {fmt::format("INSERT INTO tickwitness.quotes(time, symbol, venue, bid, bid_quantity, ask, "
                   "ask_quantity) SELECT * FROM unnest({},{},{},{},{},{},{}) "
                   "ON CONFLICT DO NOTHING",
                   time.literal("bigint"), symbol.literal("integer"), venue.literal("smallint"),
                   bid.literal("numeric"), bid_quantity.literal("numeric"), ask.literal("numeric"),
                   ask_quantity.literal("numeric")),
       quotes.size()});
}

void add_candles(std::span<const CandleRow> candles, std::vector<Statement>& statements) {
  using Key = std::tuple<Market, std::uint32_t, base::WallTime>;
  std::set<Key> keys;
  std::size_t from = 0;
  const auto flush = [&](std::size_t to) {
    if (to == from) return;
    statements.push_back({candles_sql(candles.subspan(from, to - from)), to - from});
    from = to;
    keys.clear();
  };
  for (std::size_t i = 0; i < candles.size(); ++i) {
    const auto& candle = *std::get_if<market::Candle>(&candles[i].tick->event);
    const Key key{candles[i].market, candle.interval_minutes, candle.begin};
    if (keys.contains(key)) flush(i);
    keys.insert(key);
  }
  flush(candles.size());
}

void add_gaps(std::span<const pipeline::GapEntry> gaps, std::uint64_t spool,
              std::vector<Statement>& statements) {
  std::map<std::uint64_t, const pipeline::GapEntry*> last;
  for (const auto& gap : gaps) last[gap.id] = &gap;
  for (const auto& [id, gap] : last) {
    statements.push_back(
        {.sql = fmt::format(
             "INSERT INTO tickwitness.gaps VALUES({},{},{},{},{},{},{},{},{},{},{},{},{},{},{}) "
             "ON CONFLICT (spool, id) DO UPDATE SET missing = excluded.missing, "
             "lost = excluded.lost, state = excluded.state, closed = excluded.closed, "
             "reason = excluded.reason",
             number(spool), number(id), quoted(to_string(gap->venue)), quoted(gap->symbol.str()),
             quoted(gap->channel), quoted(gap->connection), number(gap->from), number(gap->to),
             number(gap->missing), number(gap->lost), quoted(gap->cause), quoted(gap->state),
             nanoseconds(gap->opened),
             gap->closed ? std::to_string(nanoseconds(*gap->closed)) : "NULL",
             quoted(gap->reason))});
  }
}

}  // namespace tickwitness::store::postgres
