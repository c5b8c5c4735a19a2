#include "cache/redis_url.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <optional>

namespace tickwitness::cache {
namespace {

constexpr std::uint32_t kDatabaseMax = 65535;

std::optional<std::uint32_t> number(std::string_view text, std::uint32_t max) {
  std::uint32_t value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc() || end != text.data() + text.size() || text.empty() || value > max)
    return std::nullopt;
  return value;
}

}  // namespace

base::Result<RedisAddress> parse_redis_url(std::string_view url) {
  const auto bad = [](std::string_view why) {
    return base::fail(fmt::format(
        "the URL of a Redis {}; write rediss://host:6379, or redis://host:6379/2 without TLS",
        why));
  };
  // Never shown: it would be a password.
  if (url.find('@') != url.npos || url.find("password=") != url.npos)
    return base::fail(
        "a user or a password in the URL of a Redis is not taken (not shown); they belong in "
        "settings or variables of their own");
  RedisAddress address;
  address.endpoint = {.tls = url.starts_with("rediss://"), .host = {}, .port = kRedisPort};
  if (!address.endpoint.tls && !url.starts_with("redis://"))
    return bad("begins with rediss:// or redis://");
  std::string_view rest = url.substr(url.find("://") + 3);
  if (!std::ranges::all_of(rest, [](char c) { return c > ' ' && c <= '~'; }) ||
      rest.find_first_of("?#\\\"'") != rest.npos)
    return bad("has only a host, a port and a database");
  const std::size_t slash = std::min(rest.find('/'), rest.size());
  const std::string_view database = rest.substr(std::min(slash + 1, rest.size()));
  std::string_view host = rest.substr(0, slash);
  const std::size_t bracket = host.rfind(']');
  const std::size_t colon = host.rfind(':');
  if (colon != host.npos && (bracket == host.npos || colon > bracket)) {
    const auto port = number(host.substr(colon + 1), 65535);
    if (!port || *port == 0) return bad("has a port from 1 to 65535");
    address.endpoint.port = static_cast<std::uint16_t>(*port);
    host = host.substr(0, colon);
  }
  if (host.starts_with('[') && host.ends_with(']')) host = host.substr(1, host.size() - 2);
  if (host.empty() || host.find_first_of("[]") != host.npos) return bad("names a host");
  address.endpoint.host = host;
  if (!database.empty()) {
    const auto chosen = number(database, kDatabaseMax);
    if (!chosen) return bad("ends with the number of a database");
    address.database = *chosen;
  }
  return address;
}

std::string to_string(const RedisAddress& address) {
  const auto& [tls, host, port, path, ca_file] = address.endpoint;
  const bool v6 = host.find(':') != host.npos;
  return fmt::format("redis{}://{}{}{}:{}{}", tls ? "s" : "", v6 ? "[" : "", host, v6 ? "]" : "",
                     port, address.database == 0 ? "" : fmt::format("/{}", address.database));
}

}  // namespace tickwitness::cache
