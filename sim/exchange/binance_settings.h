// What the simulated Binance is made of, beside the settings of every simulated exchange.
#pragma once

#include <chrono>
#include <cstdint>
#include <string>
#include <string_view>

#include "base/time.h"
#include "sim/exchange/settings.h"

namespace tickwitness::sim {

struct BinanceLimits {
  base::Duration connection_life = std::chrono::hours(24);
  // From serverShutdown to the close, at the end of a life and by fault rotation.
  base::Duration shutdown_notice = std::chrono::seconds(10);
  std::uint32_t messages_per_second = 5;  // of a connection; beyond, it is closed
  std::size_t streams_max = 1024;         // of a connection
  std::uint64_t weight_per_minute = 6000;
  std::uint32_t refusals_before_ban = 10;  // requests in spite of HTTP 429
  base::Duration ban = std::chrono::minutes(2);
};

// BTC/USDT, ETH/USDT, SOL/USDT, XRP/USDT; 300 connection attempts in 5 minutes.
Settings binance_settings();

// "BTCUSDT" for "BTC/USDT".
std::string binance_symbol(std::string_view symbol);

}  // namespace tickwitness::sim
