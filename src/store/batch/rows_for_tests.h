// Ticks and what a store must hold of them, for the tests of stores: each reads its database by SQL
// of its own.
#pragma once

#include <algorithm>
#include <string>
#include <utility>
#include <vector>

#include "base/prng.h"
#include "store/batch/sink.h"

namespace tickwitness::store::test {

inline constexpr base::WallTime kNow{std::chrono::sys_days{std::chrono::year{2026} / 3 / 1}};
inline constexpr std::uint64_t kSpool = 0xfedcba9876543210;  // more than a signed number holds

inline market::Symbol symbol(std::string_view text) {
  return *market::Symbol::parse(text);
}

inline base::Decimal decimal(std::string_view text) {
  return *base::Decimal::parse(text);
}

inline market::Trade trade(std::uint64_t id, std::string_view price = "64000.10",
                           std::string_view quantity = "0.50000000") {
  return {.symbol = symbol("BTC-USD"),
          .id = id,
          .taker_side = market::Side::buy,
          .order_type = market::OrderType::limit,
          .price = decimal(price),
          .quantity = decimal(quantity),
          .exchange_time = kNow + std::chrono::milliseconds(id % 1'000'000)};
}

inline pipeline::Tick tick(const market::Event& event) {
  return {.event = event, .received = {.mono = {}, .wall = kNow}};
}

// A trade's row as each store's kAllTrades gives it: the fields with '|' between them.
inline std::string row(const pipeline::Tick& tick) {
  const auto& trade = std::get<market::Trade>(tick.event);
  const char* const types[] = {"NULL", "market", "limit"};
  const char* const origins[] = {"live", "snapshot", "rest"};
  return std::string(to_string(tick.venue)) + "|" + std::string(trade.symbol.str()) + "|" +
         std::to_string(trade.id) + "|" + (trade.taker_side == market::Side::buy ? "buy" : "sell") +
         "|" + types[static_cast<int>(trade.order_type)] + "|" + trade.price.str() + "|" +
         trade.quantity.str() + "|" +
         std::to_string(trade.exchange_time.time_since_epoch().count()) + "|" +
         std::to_string(tick.received.wall.time_since_epoch().count()) + "|" +
         origins[static_cast<int>(tick.origin)] + "|" + (tick.late ? "1" : "0");
}

inline constexpr int kBatch = 60;

// Trades of two venues and three markets, each id once; the same for the same number. From 1 on.
inline std::vector<pipeline::Tick> batch(std::uint64_t number) {
  base::Prng prng(number);
  std::vector<pipeline::Tick> ticks;
  for (std::uint64_t i = 0; i < kBatch; ++i) {
    market::Trade made;
    made.symbol = symbol(std::vector{"BTC-USD", "ETH-USD", "SOL-EUR"}[i % 3]);
    made.id = (number - 1) * kBatch + i + 1;
    made.taker_side = static_cast<market::Side>(prng.below(2));
    made.order_type = static_cast<market::OrderType>(prng.below(3));
    const auto price = static_cast<std::int64_t>(prng.below(10'000'000) * 10);
    made.price = base::Decimal(price, static_cast<int>(prng.below(9)));
    const auto quantity = static_cast<std::int64_t>(prng.below(1'000'000'000) * 100);
    made.quantity = base::Decimal(quantity, static_cast<int>(prng.below(19)));
    made.exchange_time = kNow + base::Duration(made.id * 1'000'003);
    auto& added = ticks.emplace_back(tick(made));
    added.venue = prng.below(2) == 0 ? market::Venue::kraken : market::Venue::binance;
    added.origin = static_cast<pipeline::Origin>(prng.below(3));
    added.late = prng.below(8) == 0;
    added.received.wall = made.exchange_time + std::chrono::milliseconds(7);
  }
  return ticks;
}

// By text.
inline std::vector<std::string> sorted(std::vector<std::string> rows) {
  std::ranges::sort(rows);
  return rows;
}

// What a store must have of batches 1 to `last`.
inline std::vector<std::string> rows_of_batches(std::uint64_t last) {
  std::vector<std::string> rows;
  for (std::uint64_t number = 1; number <= last; ++number) {
    for (const auto& one : batch(number)) rows.push_back(row(one));
  }
  return sorted(std::move(rows));
}

}  // namespace tickwitness::store::test
