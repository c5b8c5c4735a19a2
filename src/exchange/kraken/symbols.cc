#include "exchange/kraken/symbols.h"

#include <fmt/format.h>

namespace tickwitness::exchange::kraken {

base::Result<market::Symbol> from_kraken(std::string_view text) {
  if (text.find('/') == std::string_view::npos)
    return base::fail(fmt::format("\"{:.40}\" is not a Kraken v2 symbol such as BTC/USD", text));
  return market::Symbol::parse(text);
}

std::string to_kraken(const market::Symbol& symbol) {
  return symbol.with('/');
}

}  // namespace tickwitness::exchange::kraken
