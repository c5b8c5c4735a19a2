// Any bytes at all as a reply of Kraken's REST interface.
#include "exchange/kraken/rest.h"
#include "exchange/rest_checks.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace tickwitness;
  const exchange::kraken::KrakenRest rest;
  const market::Symbol symbol = *market::Symbol::parse("BTC-USD");
  exchange::checks::check_any_reply(rest, symbol, 61044952, data, size);
  return 0;
}
