// JSON of REST replies: small helpers over simdjson that no exchange has to itself.
#pragma once

#include <simdjson.h>

#include <string_view>
#include <vector>

#include "exchange/rest.h"

namespace tickwitness::exchange {

// One parsed reply; elements are valid while it lives.
class RestJson {
 public:
  // A failure of kind `malformed` when it is too large or no JSON.
  RestResult<simdjson::dom::element> parse(market::Venue venue, std::string_view body);

 private:
  simdjson::dom::parser parser_;
  simdjson::padded_string text_;
};

// "kraken's reply cannot be used: `what`".
std::unexpected<RestFailure> unreadable(market::Venue venue, std::string_view what);

// A number in quotes, not negative.
bool read_number(simdjson::simdjson_result<simdjson::dom::element> value, base::Decimal& out);

// [[price, quantity, …], …], best first: false when a row cannot be read, there are more than
// kRestRowsMax, or prices do not strictly fall (bids) or rise.
bool read_rest_levels(simdjson::simdjson_result<simdjson::dom::element> rows, bool bids,
                      std::vector<market::Level>& out);

// Rows as read become what TradePage promises.
void order_trades(std::vector<market::Trade>& trades, std::uint64_t after_id);

}  // namespace tickwitness::exchange
