#include "app/settings_map.h"

#include <fmt/format.h>

#include <optional>
#include <string_view>
#include <utility>

#include "config/exchanges.h"
#include "exchange/venues/venues.h"
#include "net/http_client.h"

namespace tickwitness::app {
namespace {

exchange::Channel channel_of(config::Stream stream) {
  switch (stream) {
    case config::Stream::trade:
      return exchange::Channel::trade;
    case config::Stream::spread:
      return exchange::Channel::spread;
    case config::Stream::ohlc:
      return exchange::Channel::ohlc;
    case config::Stream::book:
      return exchange::Channel::book;
    case config::Stream::agg_trade:
      return exchange::Channel::agg_trade;
  }
  return exchange::Channel::trade;
}

feed::SessionSettings session_settings(const config::Exchange& exchange) {
  feed::SessionSettings session;
  session.ping_interval = exchange.ping_interval;
  session.link_timeout = exchange.link_timeout;
  session.ack_timeout = exchange.ack_timeout;
  session.healthy_after = exchange.healthy_after;
  session.stale_after = {.trade = exchange.stale_after.trade,
                         .spread = exchange.stale_after.spread,
                         .ohlc = exchange.stale_after.ohlc};
  session.backoff.first = exchange.backoff.first;
  session.backoff.max = exchange.backoff.max;
  session.backoff.jitter = exchange.backoff.jitter;
  session.breaker = {.max_failures = static_cast<int>(exchange.breaker.max_failures),
                     .timeout = exchange.breaker.timeout,
                     .half_open_timeout = exchange.breaker.half_open_timeout};
  return session;
}

// Not a venue's own word: by the name that configuration and metrics share.
std::optional<market::Venue> venue_of(std::string_view key) {
  for (std::size_t i = 0; i < market::kVenues; ++i) {
    const auto venue = static_cast<market::Venue>(i);
    if (to_string(venue) == key) return venue;
  }
  return std::nullopt;
}

base::Result<void> set_addresses(const config::ExchangeKind& kind, const config::Exchange& exchange,
                                 feed::FeedSettings& feed) {
  auto endpoint = runtime::parse_endpoint(exchange.url);
  if (!endpoint) {
    return base::fail(fmt::format("exchanges.{}.url: {}", kind.key, endpoint.error().message));
  }
  feed.endpoint = *std::move(endpoint);
  feed.endpoint.ca_file = exchange.ca_file;
  if (feed.endpoint.path == "/") feed.endpoint.path = exchange::venues::stream_path(feed.venue);
  if (exchange.rest_url.empty()) return {};
  auto rest = net::parse_http_url(exchange.rest_url);
  if (!rest) {
    return base::fail(fmt::format("exchanges.{}.rest_url: {}", kind.key, rest.error().message));
  }
  rest->ca_file = exchange.ca_file;
  feed.rest = *std::move(rest);
  return {};
}

base::Result<VenueSettings> venue_settings(const config::ExchangeKind& kind,
                                           const config::Exchange& exchange, std::uint64_t seed) {
  const auto known = venue_of(kind.key);
  if (!known) return base::fail(fmt::format("exchanges.{}: nobody speaks to it", kind.key));
  VenueSettings venue{.feed = {.venue = *known}, .book_depth = exchange.book_depth};
  feed::FeedSettings& feed = venue.feed;
  if (auto set = set_addresses(kind, exchange, feed); !set) return std::unexpected(set.error());
  feed.trades.backfill = feed.rest.has_value();
  feed.channel.message_bytes_max = exchange.message_bytes_max;
  feed.channel.connect_timeout = exchange.connect_timeout;
  feed.session = session_settings(exchange);
  feed.attempts_per_10_minutes = exchange.attempts_per_10_minutes;
  if (exchange.max_age > base::Duration::zero()) feed.max_age = exchange.max_age;
  feed.seed = seed + static_cast<std::uint64_t>(*known);  // no two venues wait alike
  feed.subscriptions = exchange::venues::reference_data(*known);
  for (const auto& wanted : config::subscriptions(exchange.streams)) {
    const auto symbol = market::Symbol::parse(wanted.pair);
    if (!symbol) return base::fail(fmt::format("pair {}: {}", wanted.pair, symbol.error().message));
    feed.subscriptions.push_back({.channel = channel_of(wanted.stream),
                                  .symbol = *symbol,
                                  .interval_minutes = wanted.interval_minutes});
  }
  return venue;
}

}  // namespace

base::Result<EngineSettings> engine_settings(const config::Settings& settings, std::uint64_t seed) {
  EngineSettings engine;
  for (const config::ExchangeKind& kind : config::exchange_kinds()) {
    const config::Exchange& exchange = kind.in(settings);
    if (!exchange.enabled) continue;
    auto venue = venue_settings(kind, exchange, seed);
    if (!venue) return std::unexpected(venue.error());
    engine.feeds.push_back(*std::move(venue));
  }
  engine.ring_capacity = settings.pipeline.ring_capacity;
  engine.overload = settings.pipeline.overload == config::Overload::drop_newest
                        ? pipeline::OverloadPolicy::drop_newest
                        : pipeline::OverloadPolicy::backpressure;
  return engine;
}

base::Result<cache::RedisSettings> redis_settings(const config::Settings& settings,
                                                  std::uint64_t seed) {
  auto address = cache::parse_redis_url(settings.redis.url);
  if (!address) return base::fail(fmt::format("redis.url: {}", address.error().message));
  address->endpoint.ca_file = settings.redis.ca_file;
  cache::RedisSettings redis;
  redis.address = *std::move(address);
  redis.user = settings.redis.user;
  redis.password = settings.redis.password;
  redis.client_name = settings.instance;
  redis.seed = seed;
  return redis;
}

serve::ServerSettings server_settings(const config::Settings& settings) {
  serve::ServerSettings server;
  for (const auto& address : settings.listen) {
    server.listen.push_back({.address = address.host == "localhost" ? "127.0.0.1" : address.host,
                             .port = address.port,
                             .certificate_file = settings.tls.certificate_file,
                             .key_file = settings.tls.key_file});
  }
  server.limits.header_bytes_max = settings.http.header_bytes_max;
  server.limits.body_bytes_max = settings.http.body_bytes_max;
  server.limits.connections_max = settings.http.connections_max;
  server.limits.streams_max = settings.http.event_streams_max;
  return server;
}

serve::ServiceSettings service_settings(const config::Settings& settings) {
  return {.dialects = settings.dialects,
          .metrics = settings.metrics_endpoint,
          .token = settings.auth_token};
}

}  // namespace tickwitness::app
