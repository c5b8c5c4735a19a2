// Any bytes at all as a reply of Binance's REST interface.
#include "exchange/binance/rest.h"
#include "exchange/rest_checks.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace tickwitness;
  const exchange::binance::BinanceRest rest;
  const market::Symbol symbol = *market::Symbol::parse("BTC-USDT");
  exchange::checks::check_any_reply(rest, symbol, 28456, data, size);
  return 0;
}
