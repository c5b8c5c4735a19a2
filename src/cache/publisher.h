// Each second: what the engine measures, the health of the process and the last prices, as others
// read them in Redis. docs/redis.md is its specification.
#pragma once

#include <utility>
#include <vector>

#include "cache/last_prices.h"
#include "cache/redis_client.h"
#include "cache/stream.h"
#include "telemetry/catalog.gen.h"

namespace tickwitness::cache {

inline constexpr const char* kKrakenStream = "metrics:kraken";
inline constexpr const char* kSystemStream = "metrics:system";
inline constexpr const char* kPricesKey = "prices:last";

// Of one second. A value that is not known has no field.
struct Second {
  StreamFields kraken, system;
  std::vector<std::pair<market::Venue, market::Symbol>> markets;  // whose trades are followed
};

// On the client's thread.
class Publisher {
 public:
  // The references outlive the publisher.
  Publisher(RedisClient& client, const LastPrices& prices, telemetry::Catalog& metrics);
  // Waits for nothing; what Redis does not take within two seconds is given up, and counted.
  void publish(const Second& second);

 private:
  void add(const char* stream, const StreamFields& fields);
  void write_prices(const Second& second);

  RedisClient& client_;
  const LastPrices& prices_;
  telemetry::Counter failures_;
};

// A field of the hash of prices, and its value: "kraken:BTC-USD",
// {"price":65000.1,"timestamp":1700000000123}.
std::pair<std::string, std::string> price_field(const LastPrice& price);

}  // namespace tickwitness::cache
