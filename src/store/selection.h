// Which ticks are worth keeping: every trade that has an id, candles that nothing will change any
// more, and a quote of each market from time to time.
#pragma once

#include <optional>
#include <vector>

#include "base/index.h"
#include "pipeline/tick.h"

namespace tickwitness::store {

// Not thread-safe; on the core role's thread.
class Selection {
 public:
  explicit Selection(base::Duration quote_every) : quote_every_(quote_every) {}

  // The tick that is to be kept now, if there is one: this one, or a candle that came before and
  // that this one shows to be over.
  std::optional<pipeline::Tick> pick(const pipeline::Tick& tick);

 private:
  struct Key {
    market::Venue venue;
    market::Symbol symbol;
    std::uint32_t interval_minutes;  // of candles; 0: the market
    friend bool operator==(const Key&, const Key&) = default;
    struct Hash {
      std::size_t operator()(const Key& key) const {
        return market::Symbol::Hash()(key.symbol) * 31 + std::size_t{key.interval_minutes} * 4 +
               static_cast<std::size_t>(key.venue);
      }
    };
  };
  std::optional<pipeline::Tick> pick(const pipeline::Tick& tick, const market::Candle& candle);
  bool due(const pipeline::Tick& tick, const market::Quote& quote);

  base::Duration quote_every_;
  base::Index<Key> quote_index_, candle_index_;
  std::vector<base::Instant> quote_due_;
  std::vector<pipeline::Tick> candles_;  // the last of each market and interval
};

}  // namespace tickwitness::store
