// What one pair's market does next: a fair value that wanders in calm, ordinary and busy spells,
// quotes around it, and trades that take from them. Whole numbers only; the same seed gives the
// same market whoever watches.
#pragma once

#include "base/prng.h"
#include "sim/exchange/market_data.h"
#include "sim/exchange/settings.h"

namespace tickwitness::sim {

// Of one order, in units: much dust, some round lots, a few large ones.
std::int64_t draw_quantity(base::Prng& prng, const PairSettings& pair);

class PriceProcess {
 public:
  // `settings` must outlive it.
  PriceProcess(const PairSettings& settings, base::Prng prng);

  // Times to the next event of each sort, by the present spell's pace.
  base::Duration until_trades();
  base::Duration until_quote();

  // Makes the event of a moment; stamps never run backwards, whatever is given, and two trade
  // events never share a microsecond.
  void make_trades(base::WallTime stamp, Happening& out);
  void make_quote(base::WallTime stamp, Happening& out);

 private:
  void renew_quote();
  void renew_spell(base::WallTime stamp);
  base::WallTime advance(base::WallTime stamp, base::Duration least);
  std::int64_t fair_units() const;

  const PairSettings& settings_;
  base::Prng prng_;
  std::int64_t fair_ = 0;  // units << kFraction
  std::int64_t anchor_;    // the start value, towards which it is drawn very weakly
  BestQuote quote_;
  std::uint64_t next_id_;
  market::Side last_side_ = market::Side::buy;
  std::int64_t pace_percent_ = 100;
  base::WallTime spell_end_{};
  base::WallTime last_stamp_{};
};

}  // namespace tickwitness::sim
