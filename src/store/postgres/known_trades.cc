#include "store/postgres/known_trades.h"

#include <fmt/format.h>

#include <iterator>
#include <string>
#include <unordered_map>

#include "store/batch/stored_trade.h"
#include "store/batch/words.h"
#include "store/postgres/days.h"

namespace tickwitness::store::postgres {
namespace {

struct Key {
  Market market;
  std::uint64_t id;
  friend bool operator==(const Key&, const Key&) = default;
  struct Hash {
    std::size_t operator()(const Key& key) const {
      const auto market = (static_cast<std::uint64_t>(key.market.symbol) << 16U) |
                          static_cast<std::uint16_t>(key.market.venue);
      return std::hash<std::uint64_t>()(key.id * 0x9e3779b97f4a7c15U ^ market);
    }
  };
};

// The keys as arrays, for all parts alike.
std::string keys_of(std::span<const TradeRow> trades) {
  std::string venues, symbols, ids;
  for (const auto& row : trades) {
    const char* const comma = venues.empty() ? "" : ",";
    fmt::format_to(std::back_inserter(venues), "{}{}", comma, row.market.venue);
    fmt::format_to(std::back_inserter(symbols), "{}{}", comma, row.market.symbol);
    fmt::format_to(std::back_inserter(ids), "{}{}", comma, row.trade().id);
  }
  return fmt::format("unnest('{{{}}}'::smallint[], '{{{}}}'::integer[], '{{{}}}'::bigint[])",
                     venues, symbols, ids);
}

// By the key of the part, whatever the planner believes of a table that it has no figures of yet.
constexpr const char* kByKey =
    "SET LOCAL enable_hashjoin = off; SET LOCAL enable_mergejoin = off; "
    "SET LOCAL enable_seqscan = off; SET LOCAL enable_bitmapscan = off; ";

std::string look_up(const std::string& keys, int day) {
  return fmt::format(
      "{}SELECT i.n, t.taker_side, t.order_type, t.price, t.quantity, t.exchange_time "
      "FROM {} WITH ORDINALITY AS i(venue, symbol, id, n) JOIN tickwitness.trades t "
      "ON t.venue = i.venue AND t.symbol = i.symbol AND t.id = i.id WHERE {}",
      kByKey, keys, within(day, "t.exchange_time"));
}

void count(const StoredTrade& there, const TradeRow& row, Stored& stored) {
  if (same(there, row.trade())) {
    ++stored.duplicates;
  } else {
    stored.conflicts.push_back({*row.tick, describe(there)});
  }
}

// What was not in the table may be in the batch twice: the first one is what the others find.
bool take_out_repeated(std::vector<TradeRow>& trades, Stored& stored) {
  std::unordered_map<Key, const TradeRow*, Key::Hash> first;
  first.reserve(trades.size());
  std::vector<TradeRow> rest;
  rest.reserve(trades.size());
  for (const auto& row : trades) {
    const auto [at, is_new] = first.try_emplace({row.market, row.trade().id}, &row);
    if (is_new) {
      rest.push_back(row);
      continue;
    }
    const auto& trade = at->second->trade();
    const auto price = trade.price.str(), quantity = trade.quantity.str();
    const bool known = trade.order_type != market::OrderType::unknown;
    count({.taker_side = word(trade.taker_side),
           .order_type = known ? word(trade.order_type) : std::string_view(),
           .price = price,
           .quantity = quantity,
           .exchange_time = trade.exchange_time.time_since_epoch().count()},
          row, stored);
  }
  const bool any = rest.size() != trades.size();
  trades = std::move(rest);
  return any;
}

}  // namespace

SinkResult<bool> take_out_known(Connection& connection, std::span<const int> days,
                                std::vector<TradeRow>& trades, Stored& stored) {
  const std::string keys = keys_of(trades);
  std::vector<bool> known(trades.size());
  bool any = false;
  for (const int day : days) {
    const auto there = connection.run(look_up(keys, day));
    if (!there) return std::unexpected(there.error());
    for (int row = 0; row < there->rows(); ++row) {
      const auto at = static_cast<std::size_t>(there->integer(row, 0) - 1);
      // In two parts only if somebody else wrote there.
      if (known.at(at)) continue;
      known[at] = any = true;
      count({.taker_side = there->text(row, 1),
             .order_type = there->text(row, 2),
             .price = there->text(row, 3),
             .quantity = there->text(row, 4),
             .exchange_time = there->integer(row, 5)},
            trades[at], stored);
    }
  }
  std::size_t at = 0;
  std::erase_if(trades, [&](const TradeRow&) { return known[at++]; });
  return take_out_repeated(trades, stored) || any;
}

}  // namespace tickwitness::store::postgres
