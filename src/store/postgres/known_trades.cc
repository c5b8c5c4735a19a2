#include "store/postgres/known_trades.h"

#include <fmt/format.h>

#include <algorithm>
#include <string>

#include "store/batch/stored_trade.h"
#include "store/batch/words.h"
#include "store/postgres/days.h"

namespace tickwitness::store::postgres {
namespace {

// A trade of the batch by its key; of those with one key the first to come is the first.
struct Entry {
  Market market;
  std::uint64_t id = 0;
  std::size_t at = 0;
  friend auto operator<=>(const Entry&, const Entry&) = default;
  bool same_key(const Entry& other) const { return market == other.market && id == other.id; }
};

std::vector<Entry> entries_of(std::span<const TradeRow> trades) {
  std::vector<Entry> entries;
  entries.reserve(trades.size());
  for (const auto& row : trades) {
    entries.push_back({row.market, row.trade().id, entries.size()});
  }
  std::ranges::sort(entries);
  return entries;
}

// To read past so many rows that nobody asked for costs less than to descend the index again.
constexpr std::uint64_t kGapMax = 64;

// The keys as runs of ids, as arrays for all parts alike.
std::string runs_of(std::span<const Entry> entries) {
  std::string venues, symbols, firsts, lasts;
  const auto add = [](std::string& column, std::uint64_t value) {
    if (!column.empty()) column += ',';
    const fmt::format_int digits(value);
    column.append(digits.data(), digits.size());
  };
  for (std::size_t i = 0; i < entries.size();) {
    const Entry& first = entries[i];
    std::uint64_t last = first.id;
    for (;
         i < entries.size() && entries[i].market == first.market && entries[i].id - last <= kGapMax;
         ++i) {
      last = entries[i].id;
    }
    add(venues, static_cast<std::uint64_t>(first.market.venue));
    add(symbols, static_cast<std::uint64_t>(first.market.symbol));
    add(firsts, first.id);
    add(lasts, last);
  }
  return fmt::format(
      "unnest('{{{}}}'::smallint[], '{{{}}}'::integer[], '{{{}}}'::bigint[], '{{{}}}'::bigint[])",
      venues, symbols, firsts, lasts);
}

// By the key of the part, whatever the planner believes of a table that it has no figures of yet.
constexpr const char* kByKey =
    "SET LOCAL enable_hashjoin = off; SET LOCAL enable_mergejoin = off; "
    "SET LOCAL enable_seqscan = off; SET LOCAL enable_bitmapscan = off; ";

std::string look_up(const std::string& runs, int day) {
  return fmt::format(
      "{}SELECT t.venue, t.symbol, t.id, t.taker_side, t.order_type, t.price, t.quantity, "
      "t.exchange_time FROM {} AS i(venue, symbol, first_id, last_id) JOIN tickwitness.trades t "
      "ON t.venue = i.venue AND t.symbol = i.symbol AND t.id BETWEEN i.first_id AND i.last_id "
      "WHERE {}",
      kByKey, runs, within(day, "t.exchange_time"));
}

void count(const StoredTrade& there, const TradeRow& row, Stored& stored) {
  if (same(there, row.trade())) {
    ++stored.duplicates;
  } else {
    stored.conflicts.push_back({*row.tick, describe(there)});
  }
}

// What is in the table; marks it as known.
void count_known(const Answer& there, std::span<const Entry> entries,
                 std::span<const TradeRow> trades, std::vector<bool>& known, Stored& stored) {
  for (int row = 0; row < there.rows(); ++row) {
    const Entry key{{static_cast<std::int16_t>(there.integer(row, 0)),
                     static_cast<std::int32_t>(there.integer(row, 1))},
                    static_cast<std::uint64_t>(there.integer(row, 2)),
                    0};
    for (auto entry = std::ranges::lower_bound(entries, key);
         entry != entries.end() && entry->same_key(key); ++entry) {
      // In two parts only if somebody else wrote there.
      if (known[entry->at]) continue;
      known[entry->at] = true;
      count({.taker_side = there.text(row, 3),
             .order_type = there.text(row, 4),
             .price = there.text(row, 5),
             .quantity = there.text(row, 6),
             .exchange_time = there.integer(row, 7)},
            trades[entry->at], stored);
    }
  }
}

// What is not in the table may be in the batch twice: the others find the first one.
void count_repeated(std::span<const Entry> entries, std::span<const TradeRow> trades,
                    std::vector<bool>& known, Stored& stored) {
  std::size_t first = 0;
  for (std::size_t i = 1; i < entries.size(); ++i) {
    if (!entries[i].same_key(entries[first])) first = i;
    if (i == first || known[entries[i].at]) continue;
    known[entries[i].at] = true;
    const auto& trade = trades[entries[first].at].trade();
    const auto price = trade.price.str(), quantity = trade.quantity.str();
    const bool typed = trade.order_type != market::OrderType::unknown;
    count({.taker_side = word(trade.taker_side),
           .order_type = typed ? word(trade.order_type) : std::string_view(),
           .price = price,
           .quantity = quantity,
           .exchange_time = trade.exchange_time.time_since_epoch().count()},
          trades[entries[i].at], stored);
  }
}

}  // namespace

SinkResult<bool> take_out_known(Connection& connection, std::span<const int> days,
                                std::vector<TradeRow>& trades, Stored& stored) {
  const auto entries = entries_of(trades);
  const std::string runs = runs_of(entries);
  std::vector<bool> known(trades.size());
  for (const int day : days) {
    const auto there = connection.run(look_up(runs, day));
    if (!there) return std::unexpected(there.error());
    count_known(*there, entries, trades, known, stored);
  }
  count_repeated(entries, trades, known, stored);
  std::size_t at = 0;
  return std::erase_if(trades, [&](const TradeRow&) { return known[at++]; }) > 0;
}

}  // namespace tickwitness::store::postgres
