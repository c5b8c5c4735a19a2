// The trades of one market in the order of their ids, each once: what is missing is known as a
// hole, and what comes behind a hole waits a while for it to be filled.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <span>
#include <vector>

#include "base/time.h"
#include "market/events.h"
#include "pipeline/tick.h"

namespace tickwitness::feed {

using TradeOrigin = pipeline::Origin;

struct SequencedTrade {
  market::Trade trade;
  base::Now received;  // of the frame or reply that carried it
  TradeOrigin origin = TradeOrigin::live;
  bool late = false;  // trades with higher ids were given out before it
};

// A stretch of ids that were never received, both ends included.
struct TradeHole {
  std::uint64_t from = 0, to = 0;
  base::Now since;
  base::WallTime before{};        // exchange's time of the last trade below it
  std::uint64_t entry = 0;        // in the gap ledger; 0: not there yet
  bool blocking = true;           // what lies behind it is held back
  bool after_disconnect = false;  // found by the first trade of a new connection
  bool given_up = false;          // nobody expects it any more; it is taken if it comes
  std::uint64_t count() const { return to - from + 1; }
};

struct TradeSequenceLimits {
  std::size_t held_max = 10'000;  // trades that wait behind holes; more release the oldest hole
  std::size_t holes_max = 4096;   // more give up the oldest
  // Stretches given up that are remembered; of more, those with the lowest ids are forgotten, and
  // what comes of them is taken for a duplicate.
  std::size_t given_up_max = 1024;
};

// Not thread-safe; pure. Costs two comparisons per trade while nothing is missing.
class TradeSequence {
 public:
  explicit TradeSequence(const TradeSequenceLimits& limits) : limits_(limits) {}

  // The first trade ever begins the sequence: what lies below it is not missing. A trade that
  // fills a hole is told to `on_filled(const TradeHole&)`, with what was left of the hole before
  // it; so is one that was given up. Appends to `out` what may be given out now. False: the trade
  // was there already.
  template <class OnFilled>
  bool on_trade(base::Now received, const market::Trade& trade, TradeOrigin origin,
                std::vector<SequencedTrade>& out, OnFilled&& on_filled);

  // Of an earlier process, before the first trade: `top` was the highest id, `holes` (by id, below
  // it, with given_up as it was) are all that was not received. What comes of them is late.
  void restore(std::uint64_t top, base::WallTime top_time, const std::vector<TradeHole>& holes);

  // Never received, and on_trade() would take it: expected or given up.
  bool is_missing(std::uint64_t id) const {
    return find(holes_, id) < holes_.size() || find(given_up_, id) < given_up_.size();
  }
  // Ids in order; may be changed in `entry` and `blocking` only, then release() is to be called.
  std::span<TradeHole> holes() { return holes_; }
  std::span<const TradeHole> holes() const { return holes_; }
  // These ids are not expected any more: nothing waits for them. No hole is left in the stretch.
  void give_up(std::uint64_t from, std::uint64_t to, std::vector<SequencedTrade>& out);
  // Gives out what is not behind a blocking hole any more.
  void release(std::vector<SequencedTrade>& out);

  bool begun() const { return top_ != 0; }
  std::uint64_t top() const { return top_; }  // highest id received; 0: none
  // The exchange's time of that trade.
  base::WallTime top_time() const { return top_time_; }
  std::size_t held() const { return held_.size(); }
  bool too_many_held() const { return held_.size() > limits_.held_max; }
  bool too_many_holes() const { return holes_.size() > limits_.holes_max; }

 private:
  using Holes = std::vector<TradeHole>;
  bool blocked(std::uint64_t id) const { return first_blocking_ != 0 && id > first_blocking_; }
  void find_first_blocking();
  // The index of the one that has this id; the size when there is none.
  static std::size_t find(const Holes& in, std::uint64_t id);
  void take_out(Holes& from, std::size_t index, std::uint64_t id);
  void remember(TradeHole hole, std::uint64_t from, std::uint64_t to);
  void forget_the_lowest();
  void give_out(const SequencedTrade& trade, std::vector<SequencedTrade>& out);

  TradeSequenceLimits limits_;
  std::uint64_t top_ = 0;
  std::uint64_t given_ = 0;  // highest id given out
  base::WallTime top_time_{};
  Holes holes_;                       // by id, as all of these
  Holes given_up_;                    // that have not come
  std::uint64_t first_blocking_ = 0;  // `from` of the first blocking hole; 0: none
  std::map<std::uint64_t, SequencedTrade> held_;
};

template <class OnFilled>
bool TradeSequence::on_trade(base::Now received, const market::Trade& trade, TradeOrigin origin,
                             std::vector<SequencedTrade>& out, OnFilled&& on_filled) {
  const bool ahead = trade.id > top_;
  if (ahead) {
    if (top_ != 0 && trade.id != top_ + 1) {
      holes_.push_back(
          {.from = top_ + 1, .to = trade.id - 1, .since = received, .before = top_time_});
      if (first_blocking_ == 0) first_blocking_ = holes_.back().from;
    }
    top_ = trade.id;
    top_time_ = trade.exchange_time;
  } else {
    Holes* from = &holes_;
    std::size_t index = find(*from, trade.id);
    if (index == from->size()) {
      from = &given_up_;
      index = find(*from, trade.id);
    }
    if (index == from->size()) return false;
    on_filled(static_cast<const TradeHole&>((*from)[index]));
    take_out(*from, index, trade.id);
  }
  if (blocked(trade.id)) {
    held_.emplace(trade.id, SequencedTrade{trade, received, origin, false});
  } else {
    give_out({trade, received, origin, false}, out);
  }
  if (!ahead) release(out);
  return true;
}

}  // namespace tickwitness::feed
