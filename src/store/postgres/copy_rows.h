// Trades as the binary form of COPY takes them. Pure.
#pragma once

#include <array>
#include <cstdint>
#include <string>
#include <string_view>

#include "base/decimal.h"
#include "pipeline/tick.h"
#include "store/postgres/names.h"

namespace tickwitness::store::postgres {

// A trade on its way into the table, with the tick that outlives it.
struct TradeRow {
  const pipeline::Tick* tick = nullptr;
  Market market;
  int day = 0;
  const market::Trade& trade() const { return *std::get_if<market::Trade>(&tick->event); }
};

inline constexpr std::string_view kCopyTrades =
    "COPY tickwitness.trades(id, exchange_time, received, symbol, venue, late, taker_side, "
    "order_type, origin, price, quantity) FROM STDIN (FORMAT binary)";

// Rows behind each other. Its memory is used again.
class CopyRows {
 public:
  // The head of the stream.
  void begin();
  void add(const TradeRow& row);
  // The end of the stream.
  void end();
  std::string_view bytes() const { return {bytes_.data(), length_}; }
  void clear() { length_ = 0; }

 private:
  void reserve(std::size_t more);
  std::string bytes_;
  std::size_t length_ = 0;
};

}  // namespace tickwitness::store::postgres
