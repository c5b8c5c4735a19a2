// A trading signal, as producers add it to signals:paper or signals:live. docs/redis.md is its
// specification. Pure.
#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "base/decimal.h"
#include "base/result.h"
#include "base/time.h"
#include "cache/stream.h"
#include "market/events.h"
#include "market/symbol.h"

namespace tickwitness::cache {

struct Signal {
  market::Symbol symbol;
  market::Side side = market::Side::buy;
  base::WallTime made;
  std::string id, strategy;                                              // empty: not told
  std::optional<double> confidence;                                      // 0 … 1
  std::optional<base::Decimal> price, quantity, stop_loss, take_profit;  // above 0
};

inline constexpr std::size_t kSignalFieldsMax = 64;
inline constexpr std::size_t kSignalNameMax = 64;     // bytes, of a field
inline constexpr std::size_t kSignalValueMax = 1024;  // bytes

// Fields that are not known are left to who knows them. The error says what is wrong with which
// field, without what was in it.
base::Result<Signal> read_signal(const StreamFields& fields);

}  // namespace tickwitness::cache
