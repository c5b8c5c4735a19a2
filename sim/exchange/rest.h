// Kraken's public REST interface, as far as it is served: Trades, Depth, Ticker, AssetPairs,
// SystemStatus, Time.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "sim/exchange/books.h"
#include "sim/exchange/http_reply.h"
#include "sim/exchange/market_feed.h"
#include "sim/exchange/rate_limit.h"
#include "sim/exchange/truth.h"

namespace tickwitness::sim {

class Rest {
 public:
  // All arguments must outlive it.
  Rest(const Settings& settings, MarketFeed& feed, Books& books, Truth& truth);

  // `target` as in the request line: "/0/public/Trades?pair=XBTUSD&since=…". `stamp` is the
  // exchange's own time.
  HttpReply serve(std::string_view method, std::string_view target, base::Instant now,
                  base::WallTime stamp);

  // SystemStatus says so; nothing of the market is told meanwhile.
  void set_maintenance(bool on) { maintenance_ = on; }
  // Index into Settings::pairs; of this pair it knows nothing.
  void refuse(std::optional<std::size_t> pair) { refused_ = pair; }

 private:
  HttpReply market(std::string_view name, std::string_view query, base::Instant now);
  HttpReply trades(std::string_view query, std::size_t pair, base::Instant now);
  HttpReply depth(std::string_view query, std::size_t pair);
  HttpReply ticker(std::size_t pair);
  HttpReply asset_pairs(std::optional<std::size_t> only);
  std::optional<std::size_t> pair_of(std::string_view name) const;
  HttpReply error(std::string_view text);

  const Settings& settings_;
  MarketFeed& feed_;
  Books& books_;
  Truth& truth_;
  std::vector<RestNames> names_;   // as Settings::pairs
  std::vector<RateLimit> limits_;  // as Settings::pairs
  bool maintenance_ = false;
  std::optional<std::size_t> refused_;
};

}  // namespace tickwitness::sim
