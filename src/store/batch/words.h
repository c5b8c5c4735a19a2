// How enumerations are written into the columns of a database, and read from them.
#pragma once

#include <string_view>

#include "market/events.h"
#include "pipeline/tick.h"

namespace tickwitness::store {

constexpr std::string_view word(market::Side side) {
  return side == market::Side::buy ? "buy" : "sell";
}

// Of a type that is known; the column of an unknown one is NULL.
constexpr std::string_view word(market::OrderType type) {
  return type == market::OrderType::market ? "market" : "limit";
}

constexpr std::string_view word(pipeline::Origin origin) {
  switch (origin) {
    case pipeline::Origin::live:
      return "live";
    case pipeline::Origin::snapshot:
      return "snapshot";
    case pipeline::Origin::rest:
      break;
  }
  return "rest";
}

}  // namespace tickwitness::store
