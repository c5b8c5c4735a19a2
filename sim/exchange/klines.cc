#include "sim/exchange/klines.h"

#include <algorithm>
#include <chrono>

namespace tickwitness::sim {
namespace {

using std::chrono::days;

std::pair<base::WallTime, base::WallTime> span_of(base::WallTime time, std::size_t interval) {
  const base::Duration length = kKlineIntervals[interval].length;
  if (length == base::Duration::zero()) {
    const std::chrono::year_month_day date(std::chrono::floor<days>(time));
    const std::chrono::year_month month = date.year() / date.month();
    const std::chrono::year_month next = month + std::chrono::months(1);
    return {std::chrono::sys_days(month / 1), std::chrono::sys_days(next / 1)};
  }
  // The epoch was a Thursday.
  const base::Duration shift = length == std::chrono::weeks(1) ? days(3) : days(0);
  const base::Duration since = time.time_since_epoch() + shift;
  const base::WallTime begin(since - since % length - shift);
  return {begin, begin + length};
}

}  // namespace

std::optional<Kline> KlineSeries::add(const Fill& fill) {
  std::optional<Kline> ended;
  if (!running_ || fill.time >= running_->end) {
    ended = running_;
    const auto [begin, end] = span_of(fill.time, interval_);
    running_ = Kline{.begin = begin,
                     .end = end,
                     .open = fill.price,
                     .high = fill.price,
                     .low = fill.price,
                     .first_id = fill.id};
  }
  Kline& kline = *running_;
  const Wide notional = static_cast<Wide>(fill.price) * fill.quantity;
  kline.high = std::max(kline.high, fill.price);
  kline.low = std::min(kline.low, fill.price);
  kline.close = fill.price;
  kline.volume += fill.quantity;
  kline.notional += notional;
  if (fill.taker_side == market::Side::buy) {
    kline.bought += fill.quantity;
    kline.notional_bought += notional;
  }
  kline.last_id = fill.id;
  ++kline.trades;
  return ended;
}

}  // namespace tickwitness::sim
