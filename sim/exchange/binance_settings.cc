#include "sim/exchange/binance_settings.h"

#include <algorithm>

namespace tickwitness::sim {

Settings binance_settings() {
  Settings settings;
  settings.connections = {std::chrono::seconds(1), 300};
  settings.pairs = {
      {.symbol = "BTC/USDT",
       .price_precision = 2,
       .quantity_precision = 5,
       .start_price = 6'183'763,
       .typical_quantity = 2'000,
       .quantity_min = 1,
       .trades_per_second = 6,
       .quotes_per_second = 15,
       .step_ppb = 25'000},
      {.symbol = "ETH/USDT",
       .price_precision = 2,
       .quantity_precision = 4,
       .start_price = 268'412,
       .typical_quantity = 4'000,
       .quantity_min = 1,
       .trades_per_second = 4,
       .quotes_per_second = 10,
       .step_ppb = 35'000},
      {.symbol = "SOL/USDT",
       .price_precision = 2,
       .quantity_precision = 3,
       .start_price = 15'538,
       .typical_quantity = 5'000,
       .quantity_min = 1,
       .trades_per_second = 2,
       .quotes_per_second = 8,
       .step_ppb = 55'000},
      {.symbol = "XRP/USDT",
       .price_precision = 4,
       .quantity_precision = 1,
       .start_price = 6'086,
       .typical_quantity = 6'000,
       .quantity_min = 10,
       .trades_per_second = 1,
       .quotes_per_second = 5,
       .step_ppb = 60'000},
  };
  return settings;
}

std::string binance_symbol(std::string_view symbol) {
  std::string name(symbol);
  std::erase(name, '/');
  return name;
}

}  // namespace tickwitness::sim
