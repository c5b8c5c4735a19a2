// Small numbers in place of the names of venues and symbols.
#pragma once

#include <array>
#include <cstdint>
#include <unordered_map>

#include "market/symbol.h"
#include "market/venue.h"
#include "store/sqlite/connection.h"

namespace tickwitness::store::sqlite {

// Within transactions of the connection it was made for; to be forgotten when one fails, because
// the names that it gave numbers to are gone then.
class Names {
 public:
  static SinkResult<Names> make(Connection& connection);

  // The number, given now if there is none. 0 after an error of the connection.
  std::int64_t number(market::Venue venue);
  std::int64_t number(const market::Symbol& symbol);

 private:
  struct Table {
    Statement find, add;
    std::int64_t number(std::string_view name, sqlite3* handle);
  };
  static SinkResult<Table> table(Connection& connection, std::string_view name);

  sqlite3* handle_ = nullptr;
  Table venues_, symbols_;
  std::array<std::int64_t, market::kVenues> by_venue_{};
  std::unordered_map<market::Symbol, std::int64_t, market::Symbol::Hash> by_symbol_;
  // Ticks of one symbol often follow each other.
  market::Symbol last_symbol_;
  std::int64_t last_number_ = 0;
};

}  // namespace tickwitness::store::sqlite
