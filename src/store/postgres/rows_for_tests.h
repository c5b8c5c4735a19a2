// What the tables of PostgreSQL have, read by SQL of the tests' own.
#pragma once

#include <string>
#include <vector>

#include "store/batch/rows_for_tests.h"
#include "store/postgres/test_server.h"

namespace tickwitness::store::postgres::test {

using namespace store::test;

inline constexpr const char* kAllTrades =
    "SELECT v.name, s.name, t.id, taker_side, order_type, price, quantity, exchange_time, "
    "received, origin, late::integer FROM tickwitness.trades t JOIN tickwitness.venues v ON v.id = "
    "venue "
    "JOIN tickwitness.symbols s ON s.id = symbol ORDER BY v.name, s.name, t.id";

// Sorted by text.
inline std::vector<std::string> stored_trades(const std::string& connection) {
  return sorted(query(connection, kAllTrades));
}

}  // namespace tickwitness::store::postgres::test
