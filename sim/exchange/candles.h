// Open, high, low, close, volume and volume-weighted price of a pair's own trades, per interval.
#pragma once

#include <array>
#include <cstdint>
#include <deque>
#include <optional>

#include "sim/exchange/market_data.h"

namespace tickwitness::sim {

// Minutes; what Kraken's ohlc channel offers.
inline constexpr std::array<std::uint32_t, 9> kIntervals{1, 5, 15, 30, 60, 240, 1440, 10080, 21600};
// Index into kIntervals.
std::optional<std::size_t> interval_index(std::uint64_t minutes);

struct Candle {
  base::WallTime begin;
  std::int64_t open = 0, high = 0, low = 0, close = 0;  // units of price
  std::int64_t volume = 0;                              // units of quantity
  Wide notional = 0;                                    // Σ price × quantity, in both units
  std::uint64_t trades = 0;

  void merge(const Candle& later);
  std::int64_t vwap() const;  // units of price, rounded half up
};

class CandleSeries {
 public:
  CandleSeries(std::uint32_t interval_minutes, std::size_t past_max)
      : interval_(std::chrono::minutes(interval_minutes)), past_max_(past_max) {}

  // Times must not run backwards. True when the fill began a new candle.
  bool add(const Fill& fill);

  const std::optional<Candle>& running() const { return running_; }
  // Closed candles, oldest first; minutes without a trade have none.
  const std::deque<Candle>& past() const { return past_; }

 private:
  base::Duration interval_;
  std::size_t past_max_;
  std::optional<Candle> running_;
  std::deque<Candle> past_;
};

}  // namespace tickwitness::sim
