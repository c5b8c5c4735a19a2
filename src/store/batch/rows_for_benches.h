// What the benchmarks of stores put into them.
#pragma once

#include <chrono>
#include <string>
#include <vector>

#include "pipeline/tick.h"

namespace tickwitness::store::bench {

// Trades of eight markets, as they come: each is the next of one of them. The same for the same
// number and size; the ids of one number follow those of the number before.
inline std::vector<pipeline::Tick> make_batch(std::uint64_t number, std::size_t size) {
  static const auto symbols = [] {
    std::vector<market::Symbol> all;
    for (const char* base : {"BTC", "ETH", "SOL", "XRP", "ADA", "DOT", "LTC", "BCH"}) {
      all.push_back(*market::Symbol::parse(std::string(base) + "-USD"));
    }
    return all;
  }();
  std::vector<pipeline::Tick> ticks(size);
  for (std::uint64_t i = 0; i < size; ++i) {
    const std::uint64_t at = number * size + i;
    const std::uint64_t mixed = (at * 0x9e3779b97f4a7c15) >> 40U;
    market::Trade trade;
    trade.symbol = symbols[mixed % symbols.size()];
    trade.id = at + 1;
    trade.taker_side = static_cast<market::Side>(mixed / 8 % 2);
    trade.order_type = market::OrderType::market;
    trade.price = base::Decimal(static_cast<std::int64_t>(640'000 + mixed % 1000), 1);
    trade.quantity = base::Decimal(static_cast<std::int64_t>(mixed * 7 + 1), 8);
    trade.exchange_time =
        base::WallTime(std::chrono::seconds(1'772'323'200)) + std::chrono::microseconds(at * 50);
    ticks[i].event = trade;
    ticks[i].received.wall = trade.exchange_time + std::chrono::milliseconds(20);
  }
  return ticks;
}

// A number in place of the symbol's name, for a rival that looks none up.
inline std::int64_t symbol_number(const market::Trade& trade) {
  std::int64_t number = 0;
  for (const char c : trade.symbol.base()) number = number * 32 + (c - 'A');
  return number;
}

}  // namespace tickwitness::store::bench
