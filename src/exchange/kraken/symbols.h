// Kraken v2's spelling of markets: "BTC/USD" is BTC-USD. Unlike v1 and REST it uses the common
// names (BTC, DOGE), so only the separator differs.
#pragma once

#include <string>
#include <string_view>

#include "market/symbol.h"

namespace tickwitness::exchange::kraken {

base::Result<market::Symbol> from_kraken(std::string_view text);
std::string to_kraken(const market::Symbol& symbol);

}  // namespace tickwitness::exchange::kraken
