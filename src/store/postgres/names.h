// Small numbers in place of the names of venues and symbols.
#pragma once

#include <array>
#include <cstdint>
#include <string_view>
#include <unordered_map>

#include "market/symbol.h"
#include "market/venue.h"
#include "store/postgres/connection.h"

namespace tickwitness::store::postgres {

struct Market {
  std::int16_t venue = 0;
  std::int32_t symbol = 0;
  friend auto operator<=>(const Market&, const Market&) = default;
};

// Outside of transactions: a name keeps its number whatever becomes of the rows that need it.
class Names {
 public:
  // The numbers, given now where there are none.
  SinkResult<Market> find(Connection& connection, market::Venue venue,
                          const market::Symbol& symbol);

 private:
  std::array<std::int16_t, market::kVenues> venues_{};
  std::unordered_map<market::Symbol, std::int32_t, market::Symbol::Hash> symbols_;
};

}  // namespace tickwitness::store::postgres
