#include "app/settings_map.h"

#include <fmt/format.h>

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
  }
  return exchange::Channel::trade;
}

feed::SessionSettings session_settings(const config::Kraken& kraken) {
  feed::SessionSettings session;
  session.ping_interval = kraken.ping_interval;
  session.link_timeout = kraken.link_timeout;
  session.ack_timeout = kraken.ack_timeout;
  session.healthy_after = kraken.healthy_after;
  session.stale_after = {.trade = kraken.stale_after.trade,
                         .spread = kraken.stale_after.spread,
                         .ohlc = kraken.stale_after.ohlc};
  session.backoff.first = kraken.backoff.first;
  session.backoff.max = kraken.backoff.max;
  session.backoff.jitter = kraken.backoff.jitter;
  session.breaker = {.max_failures = static_cast<int>(kraken.breaker.max_failures),
                     .timeout = kraken.breaker.timeout,
                     .half_open_timeout = kraken.breaker.half_open_timeout};
  return session;
}

base::Result<VenueSettings> venue_settings(const config::Kraken& kraken, std::uint64_t seed) {
  VenueSettings venue{.book_depth = kraken.book_depth};
  feed::FeedSettings& feed = venue.feed;
  auto endpoint = runtime::parse_endpoint(kraken.url);
  if (!endpoint) {
    return base::fail(fmt::format("exchanges.kraken.url: {}", endpoint.error().message));
  }
  feed.endpoint = *std::move(endpoint);
  feed.endpoint.ca_file = kraken.ca_file;
  if (!kraken.rest_url.empty()) {
    auto rest = net::parse_http_url(kraken.rest_url);
    if (!rest) {
      return base::fail(fmt::format("exchanges.kraken.rest_url: {}", rest.error().message));
    }
    rest->ca_file = kraken.ca_file;
    feed.rest = *std::move(rest);
  }
  feed.trades.backfill = feed.rest.has_value();
  feed.channel.message_bytes_max = kraken.message_bytes_max;
  feed.channel.connect_timeout = kraken.connect_timeout;
  feed.session = session_settings(kraken);
  feed.attempts_per_10_minutes = kraken.attempts_per_10_minutes;
  feed.seed = seed;
  feed.subscriptions.push_back({.channel = exchange::Channel::instrument});
  for (const auto& wanted : config::subscriptions(kraken.streams)) {
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
  auto kraken = venue_settings(settings.kraken, seed);
  if (!kraken) return std::unexpected(kraken.error());
  engine.feeds.push_back(*std::move(kraken));
  engine.ring_capacity = settings.pipeline.ring_capacity;
  engine.overload = settings.pipeline.overload == config::Overload::drop_newest
                        ? pipeline::OverloadPolicy::drop_newest
                        : pipeline::OverloadPolicy::backpressure;
  return engine;
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
