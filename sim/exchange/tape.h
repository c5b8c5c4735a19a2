// What the exchange has published of one pair so far: recent trades, candles, the day's figures,
// the best quote. Snapshots and REST pages are read from here, so they never run ahead of what
// subscribers were sent.
#pragma once

#include <cstdint>
#include <deque>
#include <optional>
#include <vector>

#include "sim/exchange/candles.h"
#include "sim/exchange/market_data.h"

namespace tickwitness::sim {

// A trade and how often it was handed to the wire, by which way.
struct TradeRecord {
  Fill fill;
  std::uint32_t updates_sent = 0;
  std::uint32_t snapshots_sent = 0;
  std::uint32_t rest_rows_sent = 0;
  bool before_start = false;
  bool dropped = false;  // left out of an update by fault

  // Whether anybody could have got it, by whichever way.
  bool offered() const { return updates_sent + snapshots_sent + rest_rows_sent > 0; }
};

// Rolling 24 hours, by whole minutes.
struct DayFigures {
  Candle sums;                      // begin: of the first minute
  std::int64_t change = 0;          // units of price
  std::int64_t change_percent = 0;  // hundredths of a percent
};

class Tape {
 public:
  static constexpr std::size_t kSnapshotCandles = 20;

  // `keep_fills`: of every trade, for whoever must know what was made long ago.
  explicit Tape(std::size_t trades_max, bool keep_fills = false);

  void apply(const Happening& happening, bool before_start);

  const std::deque<TradeRecord>& trades() const { return trades_; }
  std::deque<TradeRecord>& trades() { return trades_; }
  // nullptr for one that is not kept.
  TradeRecord* find(std::uint64_t id);
  const TradeRecord* find(std::uint64_t id) const;
  // As it was made, however long ago; nullptr for one that was not published or where fills are not
  // kept.
  const Fill* fill(std::uint64_t id) const;
  // Oldest trades that were let go because there were too many.
  std::uint64_t trades_forgotten() const { return trades_forgotten_; }
  const CandleSeries& candles(std::size_t interval) const { return candles_[interval]; }
  const BestQuote& quote() const { return quote_; }
  DayFigures day() const;

 private:
  void renew_day(base::WallTime now);

  std::size_t trades_max_;
  bool keep_fills_;
  std::deque<Fill> fills_;
  std::deque<TradeRecord> trades_;
  std::uint64_t trades_forgotten_ = 0;
  std::vector<CandleSeries> candles_;     // as kIntervals; that of one minute holds 24 hours
  std::optional<Candle> closed_minutes_;  // of the last 24 hours
  BestQuote quote_;
};

}  // namespace tickwitness::sim
