// Where a Redis is, as its URL says it.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "base/result.h"
#include "runtime/message_channel.h"

namespace tickwitness::cache {

struct RedisAddress {
  runtime::Endpoint endpoint;  // its path is not used
  std::uint32_t database = 0;
  friend bool operator==(const RedisAddress&, const RedisAddress&) = default;
};

inline constexpr std::uint16_t kRedisPort = 6379;

// "redis://127.0.0.1", "rediss://cache.example:6380/2", "redis://[::1]:7000". A user or a password
// in it is an error that does not show it: what is in a URL gets into logs.
base::Result<RedisAddress> parse_redis_url(std::string_view url);

// "rediss://cache.example:6380/2"; without the database where it is 0.
std::string to_string(const RedisAddress& address);

}  // namespace tickwitness::cache
