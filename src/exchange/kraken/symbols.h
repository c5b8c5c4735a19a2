// Kraken's spellings of markets: "BTC/USD" of v2, "XBT/USD" of v1, "XBTUSD" of REST. v2 uses the
// common names, the older two have XBT for BTC and XDG for DOGE.
#pragma once

#include <string>
#include <string_view>

#include "market/symbol.h"

namespace tickwitness::exchange::kraken {

base::Result<market::Symbol> from_kraken(std::string_view text);
std::string to_kraken(const market::Symbol& symbol);

base::Result<market::Symbol> from_kraken_v1(std::string_view text);
std::string to_kraken_v1(const market::Symbol& symbol);

// As REST is asked. Its answers may carry another name ("XXBTZUSD"), which nothing is read from.
std::string to_rest(const market::Symbol& symbol);

}  // namespace tickwitness::exchange::kraken
