// Binance's candles of a pair's own trades: beside prices and volume they tell which trades are in
// them and what takers bought.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string_view>

#include "sim/exchange/market_data.h"

namespace tickwitness::sim {

struct KlineInterval {
  std::string_view name;
  base::Duration length;  // zero: a calendar month
};
inline constexpr std::array<KlineInterval, 16> kKlineIntervals{{
    {"1s", std::chrono::seconds(1)},
    {"1m", std::chrono::minutes(1)},
    {"3m", std::chrono::minutes(3)},
    {"5m", std::chrono::minutes(5)},
    {"15m", std::chrono::minutes(15)},
    {"30m", std::chrono::minutes(30)},
    {"1h", std::chrono::hours(1)},
    {"2h", std::chrono::hours(2)},
    {"4h", std::chrono::hours(4)},
    {"6h", std::chrono::hours(6)},
    {"8h", std::chrono::hours(8)},
    {"12h", std::chrono::hours(12)},
    {"1d", std::chrono::days(1)},
    {"3d", std::chrono::days(3)},
    {"1w", std::chrono::weeks(1)},
    {"1M", base::Duration::zero()},
}};

struct Kline {
  base::WallTime begin, end;                            // end: the next one's begin
  std::int64_t open = 0, high = 0, low = 0, close = 0;  // units of price
  std::int64_t volume = 0, bought = 0;                  // units of quantity; of buying takers
  Wide notional = 0, notional_bought = 0;               // Σ price × quantity, in both units
  std::uint64_t first_id = 0, last_id = 0, trades = 0;
};

class KlineSeries {
 public:
  // `interval`: index into kKlineIntervals. Weeks begin on Monday, months on the first, UTC.
  explicit KlineSeries(std::size_t interval) : interval_(interval) {}

  // Times must not run backwards. The candle that it ended, if it did.
  std::optional<Kline> add(const Fill& fill);

  const std::optional<Kline>& running() const { return running_; }

 private:
  std::size_t interval_;
  std::optional<Kline> running_;
};

}  // namespace tickwitness::sim
