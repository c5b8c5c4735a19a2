#include "sim/exchange/tape.h"

#include <chrono>
#include <utility>

namespace tickwitness::sim {
namespace {
constexpr std::size_t kMinutesPerDay = 1440;
}

Tape::Tape(std::size_t trades_max, bool keep_fills)
    : trades_max_(trades_max), keep_fills_(keep_fills) {
  candles_.reserve(kIntervals.size());
  for (const std::uint32_t minutes : kIntervals)
    candles_.emplace_back(minutes, minutes == 1 ? kMinutesPerDay : kSnapshotCandles - 1);
}

void Tape::apply(const Happening& happening, bool before_start) {
  quote_ = happening.quote;
  for (const Fill& fill : happening.fills()) {
    trades_.push_back({.fill = fill, .before_start = before_start});
    if (keep_fills_) fills_.push_back(fill);
    if (trades_.size() > trades_max_) {
      trades_.pop_front();
      ++trades_forgotten_;
    }
    const bool minute_began = candles_[0].add(fill);
    if (minute_began) renew_day(fill.time);
    for (std::size_t i = 1; i < candles_.size(); ++i) candles_[i].add(fill);
  }
}

TradeRecord* Tape::find(std::uint64_t id) {
  return const_cast<TradeRecord*>(std::as_const(*this).find(id));
}

const TradeRecord* Tape::find(std::uint64_t id) const {
  if (trades_.empty() || id < trades_.front().fill.id || id > trades_.back().fill.id)
    return nullptr;
  return &trades_[id - trades_.front().fill.id];  // ids have no gap
}

const Fill* Tape::fill(std::uint64_t id) const {
  if (fills_.empty() || id < fills_.front().id || id > fills_.back().id) return nullptr;
  return &fills_[id - fills_.front().id];
}

DayFigures Tape::day() const {
  DayFigures day;
  if (!candles_[0].running()) return day;
  day.sums = closed_minutes_.value_or(*candles_[0].running());
  if (closed_minutes_) day.sums.merge(*candles_[0].running());
  day.change = day.sums.close - day.sums.open;
  day.change_percent = day.change * 10'000 / day.sums.open;
  return day;
}

void Tape::renew_day(base::WallTime now) {
  closed_minutes_.reset();
  for (const Candle& minute : candles_[0].past()) {
    if (minute.begin + std::chrono::hours(24) < now) continue;
    if (closed_minutes_) {
      closed_minutes_->merge(minute);
    } else {
      closed_minutes_ = minute;
    }
  }
}

}  // namespace tickwitness::sim
