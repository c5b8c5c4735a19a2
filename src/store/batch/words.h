// How enumerations are written into the columns of a database, and read from them.
#pragma once

#include <optional>
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

inline std::optional<market::Side> side_of(std::string_view text) {
  for (const auto side : {market::Side::buy, market::Side::sell}) {
    if (text == word(side)) return side;
  }
  return {};
}

inline std::optional<market::OrderType> order_type_of(std::string_view text) {
  for (const auto type : {market::OrderType::market, market::OrderType::limit}) {
    if (text == word(type)) return type;
  }
  return {};
}

inline std::optional<pipeline::Origin> origin_of(std::string_view text) {
  for (const auto origin :
       {pipeline::Origin::live, pipeline::Origin::snapshot, pipeline::Origin::rest}) {
    if (text == word(origin)) return origin;
  }
  return {};
}

}  // namespace tickwitness::store
