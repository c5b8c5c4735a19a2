// What happens on a market, as plain values. Whether a number is known is part of its type.
#pragma once

#include <cstdint>
#include <optional>
#include <variant>

#include "base/decimal.h"
#include "base/time.h"
#include "market/symbol.h"

namespace tickwitness::market {

enum class Side : std::uint8_t { buy, sell };

// Of the order that took; not every venue tells.
enum class OrderType : std::uint8_t { unknown, market, limit };

struct Trade {
  Symbol symbol;
  std::uint64_t id = 0;         // unique per exchange and symbol, from 1; 0: the venue gives none
  Side taker_side = Side::buy;  // buy: the aggressor bought
  OrderType order_type = OrderType::unknown;
  base::Decimal price;
  base::Decimal quantity;
  base::WallTime exchange_time;
};

// Best bid and offer.
struct Quote {
  Symbol symbol;
  std::optional<base::Decimal> bid,
      bid_quantity;  // absent: that side of the book is empty or unknown
  std::optional<base::Decimal> ask, ask_quantity;
  std::optional<base::WallTime> exchange_time;  // not every venue, nor every server, sends one
  // The venue's number of the book that it is the best of; an older one must not replace a newer
  // (Binance).
  std::optional<std::uint64_t> update_id;
};

struct Candle {
  Symbol symbol;
  std::uint32_t interval_minutes = 0;
  std::optional<bool> closed;  // nothing will change it any more; not every venue tells
  base::WallTime begin;
  base::Decimal open, high, low, close, volume;
  std::optional<base::Decimal> vwap;  // not every venue tells it
  std::uint64_t trades = 0;
};

using Event = std::variant<Trade, Quote, Candle>;

}  // namespace tickwitness::market
