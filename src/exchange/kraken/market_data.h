// Entries of the `data` arrays that arrive many times a second: trades, tickers, candles.
#pragma once

#include <simdjson.h>

#include "exchange/messages.h"

namespace tickwitness::exchange::kraken {

// Malformed::none and a filled `out`, or the first reason why the entry cannot be used.
// Malformed::json means that the rest of the frame cannot be read either.
Malformed read_trade(simdjson::ondemand::object entry, market::Trade& out);
Malformed read_quote(simdjson::ondemand::object entry, market::Quote& out);
Malformed read_candle(simdjson::ondemand::object entry, market::Candle& out);

// The text of a JSON string, valid until the next frame; Malformed::wrong_type if it is none.
Malformed read_text(simdjson::ondemand::value value, std::string_view& out);

}  // namespace tickwitness::exchange::kraken
