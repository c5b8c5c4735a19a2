#include "sim/exchange/candles.h"

#include <algorithm>

namespace tickwitness::sim {

std::optional<std::size_t> interval_index(std::uint64_t minutes) {
  const auto* const found = std::ranges::find(kIntervals, minutes);
  if (found == kIntervals.end()) return std::nullopt;
  return static_cast<std::size_t>(found - kIntervals.begin());
}

void Candle::merge(const Candle& later) {
  high = std::max(high, later.high);
  low = std::min(low, later.low);
  close = later.close;
  volume += later.volume;
  notional += later.notional;
  trades += later.trades;
}

std::int64_t Candle::vwap() const {
  return static_cast<std::int64_t>((notional + volume / 2) / volume);
}

bool CandleSeries::add(const Fill& fill) {
  const Wide notional = static_cast<Wide>(fill.price) * fill.quantity;
  if (running_ && fill.time < running_->begin + interval_) {
    running_->merge({running_->begin, fill.price, fill.price, fill.price, fill.price, fill.quantity,
                     notional, 1});
    return false;
  }
  if (running_) {
    past_.push_back(*running_);
    if (past_.size() > past_max_) past_.pop_front();
  }
  const base::Duration since_epoch = fill.time.time_since_epoch();
  running_ = Candle{base::WallTime(since_epoch - since_epoch % interval_),
                    fill.price,
                    fill.price,
                    fill.price,
                    fill.price,
                    fill.quantity,
                    notional,
                    1};
  return true;
}

}  // namespace tickwitness::sim
