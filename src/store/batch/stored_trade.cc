#include "store/batch/stored_trade.h"

#include <fmt/format.h>

#include "base/rfc3339.h"
#include "store/batch/words.h"

namespace tickwitness::store {
namespace {

bool same_value(std::string_view text, base::Decimal value) {
  const auto stored = base::Decimal::parse(text);
  return stored && *stored == value;
}

// Any two times, without overflow.
bool within_a_millisecond(std::int64_t a, std::int64_t b) {
  const auto apart = a < b ? static_cast<std::uint64_t>(b) - static_cast<std::uint64_t>(a)
                           : static_cast<std::uint64_t>(a) - static_cast<std::uint64_t>(b);
  return apart <= 1'000'000;
}

}  // namespace

bool same(const StoredTrade& stored, const market::Trade& trade) {
  const bool types_known =
      !stored.order_type.empty() && trade.order_type != market::OrderType::unknown;
  return stored.taker_side == word(trade.taker_side) && same_value(stored.price, trade.price) &&
         same_value(stored.quantity, trade.quantity) &&
         within_a_millisecond(stored.exchange_time,
                              trade.exchange_time.time_since_epoch().count()) &&
         (!types_known || stored.order_type == word(trade.order_type));
}

std::string describe(const StoredTrade& stored) {
  const base::WallTime time{base::Duration(stored.exchange_time)};
  return fmt::format("{} {} at {}, {}{}{}", stored.taker_side, stored.quantity, stored.price,
                     base::format_rfc3339(time), stored.order_type.empty() ? "" : ", ",
                     stored.order_type);
}

}  // namespace tickwitness::store
