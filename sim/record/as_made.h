// Whether a trade that somebody kept is the one that the exchange made.
#pragma once

#include <chrono>

#include "market/events.h"
#include "sim/exchange/market_data.h"
#include "sim/exchange/settings.h"

namespace tickwitness::sim {

// The wire of one venue has whole milliseconds.
inline constexpr base::Duration kTimeCutOff = std::chrono::milliseconds(1);

inline bool as_made(const market::Trade& kept, const Fill& made, const PairSettings& pair) {
  const base::Duration off = made.time - kept.exchange_time;
  return kept.price == base::Decimal(made.price, pair.price_precision) &&
         kept.quantity == base::Decimal(made.quantity, pair.quantity_precision) &&
         kept.taker_side == made.taker_side && off >= base::Duration::zero() && off < kTimeCutOff;
}

}  // namespace tickwitness::sim
