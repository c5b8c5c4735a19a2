// Kraken's public REST interface, as far as it is served: Trades, SystemStatus, Time.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "sim/exchange/market_feed.h"
#include "sim/exchange/rate_limit.h"
#include "sim/exchange/truth.h"

namespace tickwitness::sim {

struct HttpReply {
  int status = 200;
  std::string content_type = "application/json";
  std::string body;
};

class Rest {
 public:
  // All arguments must outlive it.
  Rest(const Settings& settings, MarketFeed& feed, Truth& truth);

  // `target` as in the request line: "/0/public/Trades?pair=XBTUSD&since=…". `stamp` is the
  // exchange's own time.
  HttpReply serve(std::string_view method, std::string_view target, base::Instant now,
                  base::WallTime stamp);

 private:
  HttpReply trades(std::string_view query, base::Instant now);
  HttpReply error(std::string_view text);

  const Settings& settings_;
  MarketFeed& feed_;
  Truth& truth_;
  std::vector<RestNames> names_;   // as Settings::pairs
  std::vector<RateLimit> limits_;  // as Settings::pairs
};

}  // namespace tickwitness::sim
