// Whether a trade is the one that is stored under its key.
#pragma once

#include <string>
#include <string_view>

#include "market/events.h"

namespace tickwitness::store {

// As the columns are: a database may hold what this program never wrote.
struct StoredTrade {
  std::string_view taker_side, order_type;  // order_type is empty where it is not known
  std::string_view price, quantity;
  std::int64_t exchange_time = 0;
};

// Price and quantity by value, the side, the exchange's time within a millisecond (over REST it
// comes with fewer digits), the order's type if both are known.
bool same(const StoredTrade& stored, const market::Trade& trade);

// "buy 0.5 at 64000.1, 2026-11-22T05:00:00.123000Z"
std::string describe(const StoredTrade& stored);

}  // namespace tickwitness::store
