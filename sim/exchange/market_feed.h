// All pairs' markets over time: events are made at their moment, stamped, held back for the network
// delay and then published in order. What is published is on the pair's tape.
#pragma once

#include <cstdint>
#include <deque>
#include <queue>
#include <vector>

#include "base/prng.h"
#include "sim/exchange/exchange_clock.h"
#include "sim/exchange/price_process.h"
#include "sim/exchange/settings.h"
#include "sim/exchange/tape.h"

namespace tickwitness::sim {

struct Publication {
  std::size_t pair = 0;  // index into Settings::pairs
  Happening what;
};

class MarketFeed {
 public:
  // Trades through `settings.history` at once. `settings` must outlive it.
  MarketFeed(const Settings& settings, base::Prng prng, const ExchangeClock& clock,
             base::Instant start);

  // Nothing becomes due before; Instant::max() when nothing ever will.
  base::Instant next_deadline() const;

  // The next publication due until then, already on its tape, and valid until the next call;
  // nullptr when there is none. Events made on the way are stamped by `clock`.
  const Publication* poll(base::Instant until, const ExchangeClock& clock);

  // From `now` on trades come `pace` (≥ 1) times as often as the settings say. All that is due by
  // `now` has been polled.
  void set_trade_pace(int pace, base::Instant now);

  // What was made is due at once. All that is due by now has been polled.
  void release();
  // Nothing is made until then; afterwards the market goes on where it was. All that is due by
  // `now` has been polled.
  void pause(base::Instant now, base::Instant until);
  // It goes on now, if it pauses.
  void resume(base::Instant now);

  // Nothing more is made; what was made is due at once.
  void stop();

  const Tape& tape(std::size_t pair) const { return pairs_[pair].tape; }
  Tape& tape(std::size_t pair) { return pairs_[pair].tape; }

 private:
  enum class Kind : std::uint8_t { publish, trades, quote };
  struct Timer {
    base::Instant at;
    Kind kind;
    std::uint32_t pair;
    // At most one timer per kind and pair: the order is total, hence the same on every machine.
    friend auto operator<=>(const Timer&, const Timer&) = default;
  };
  struct Held {
    base::Instant due;
    Happening what;
  };
  struct Pair {
    PriceProcess process;
    base::Prng delays;
    Tape tape;
    std::deque<Held> held;
    base::Instant last_due{};
  };

  void trade_through(Pair& pair, const ExchangeClock& clock, base::Instant from, base::Instant to);
  void defer(base::Duration by);
  void hold(std::uint32_t index, base::Instant made);
  base::Duration draw_delay(base::Prng& prng) const;
  base::Duration until_next(Pair& pair, Kind kind);
  static void make(Pair& pair, Kind kind, base::WallTime stamp, Happening& out);

  const Settings& settings_;
  std::vector<Pair> pairs_;
  std::priority_queue<Timer, std::vector<Timer>, std::greater<>> timers_;
  int trade_pace_ = 1;
  base::Instant paused_until_ = base::Instant::min();
  Happening made_;
  Publication current_;
};

}  // namespace tickwitness::sim
