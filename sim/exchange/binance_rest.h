// Binance's public REST interface, as far as it is served: depth, trades, historicalTrades,
// ticker/bookTicker, exchangeInfo, time, ping, and the wallet's system status.
#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "sim/exchange/binance_books.h"
#include "sim/exchange/binance_settings.h"
#include "sim/exchange/http_reply.h"
#include "sim/exchange/truth.h"

namespace tickwitness::sim {

class BinanceRest {
 public:
  // All of these must outlive it.
  BinanceRest(const Settings& settings, const BinanceLimits& limits, MarketFeed& feed,
              BinanceBooks& books, Truth& truth);

  // `target` as in the request line: "/api/v3/depth?symbol=BTCUSDT&limit=100". `stamp` is the
  // exchange's own time, by whose minutes weights are counted.
  HttpReply serve(std::string_view method, std::string_view target, base::Instant now,
                  base::WallTime stamp);

  // Index into Settings::pairs; of this pair it knows nothing.
  void refuse(std::optional<std::size_t> pair) { refused_ = pair; }

  // What is answered to one who asks too much: status 429, or 418 to one who is banned.
  static HttpReply too_many(int status, std::chrono::seconds retry_after,
                            const BinanceLimits& limits, base::WallTime stamp);

 private:
  HttpReply route(std::string_view path, std::string_view query, base::WallTime stamp);
  HttpReply trades(std::string_view query, bool historical);
  HttpReply depth(std::string_view query);
  HttpReply book_tickers(std::string_view query);
  HttpReply exchange_info(std::string_view query, base::WallTime stamp);
  // A reply instead, if too much was asked for already.
  std::optional<HttpReply> over_limit(base::Instant now, base::WallTime stamp);
  std::optional<std::size_t> pair_of(std::string_view name) const;
  // The pair, or why there is none.
  std::optional<std::size_t> asked_pair(std::string_view query, HttpReply& why);
  // nullopt: `why` says so.
  std::optional<std::uint64_t> asked_number(std::string_view query, std::string_view name,
                                            std::uint64_t usual, HttpReply& why);
  HttpReply error(int status, int code, std::string_view text);

  const Settings& settings_;
  const BinanceLimits& limits_;
  MarketFeed& feed_;
  BinanceBooks& books_;
  Truth& truth_;
  std::vector<std::string> symbols_;  // as Settings::pairs
  std::optional<std::size_t> refused_;

  std::uint64_t weight_ = 0;   // of what is asked now
  std::int64_t minute_ = 0;    // since 1970
  std::uint64_t used_ = 0;     // weight in this minute
  std::uint32_t ignored_ = 0;  // refusals in this minute
  base::Instant banned_until_ = base::Instant::min();
};

}  // namespace tickwitness::sim
