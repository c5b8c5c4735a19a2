#include "serve/liveness.h"

#include <fmt/format.h>

#include <algorithm>

namespace tickwitness::serve {
namespace {

bool reported(const EngineStatus* status, base::Instant now) {
  return status != nullptr && now - status->at.mono <= kStatusAgeMax;
}

std::optional<base::Duration> age_of(std::optional<base::Instant> then, base::Instant now) {
  if (!then) return std::nullopt;
  return std::max(base::Duration::zero(), now - *then);
}

std::string subscription_name(std::string_view venue,
                              const feed::SubscriptionStatus& subscription) {
  return subscription.symbol.empty()
             ? fmt::format("{} {}", venue, subscription.stream)
             : fmt::format("{} {} {}", venue, subscription.symbol, subscription.stream);
}

std::string connection_detail(const feed::ConnectionStatus& connection, base::Instant now) {
  if (connection.state == feed::LinkState::connected) return "";
  std::string detail = connection.breaker.reason;
  if (connection.next_attempt) {
    const auto wait = std::max(base::Duration::zero(), *connection.next_attempt - now);
    detail +=
        fmt::format("{}next attempt in {:.1f} s", detail.empty() ? "" : "; ", base::seconds(wait));
  }
  return detail;
}

int severity(feed::BreakerState state) {
  switch (state) {
    case feed::BreakerState::open:
      return 2;
    case feed::BreakerState::half_open:
      return 1;
    case feed::BreakerState::closed:
      return 0;
  }
  return 0;
}

}  // namespace

std::vector<Component> components(const EngineStatus* status, base::Instant now) {
  std::vector<Component> all;
  const bool alive = reported(status, now);
  all.push_back({.name = "engine",
                 .state = alive ? "running" : "silent",
                 .ok = alive,
                 .age = status ? age_of(status->at.mono, now) : std::nullopt,
                 .detail = alive ? "" : "no report from the engine's thread"});
  if (status == nullptr) return all;
  for (const auto& feed : status->feeds) {
    const std::string_view venue = market::to_string(feed.venue);
    for (const auto& connection : feed.connections) {
      all.push_back({.name = fmt::format("{} {}", venue, connection.name),
                     .state = std::string(to_string(connection.state)),
                     .ok = connection.state == feed::LinkState::connected,
                     .age = age_of(connection.last_frame, now),
                     .detail = connection_detail(connection, now)});
    }
    for (const auto& subscription : feed.subscriptions) {
      all.push_back({.name = subscription_name(venue, subscription),
                     .state = std::string(to_string(subscription.state)),
                     .ok = subscription.state == feed::SubscriptionState::live ||
                           subscription.state == feed::SubscriptionState::quiet,
                     .age = age_of(subscription.last_data, now),
                     .detail = subscription.refusal});
    }
  }
  return all;
}

Readiness readiness(const EngineStatus* status, base::Instant now) {
  Readiness result;
  if (!reported(status, now)) result.missing.emplace_back("engine: no report");
  if (status != nullptr) {
    for (const auto& feed : status->feeds) {
      const std::string_view venue = market::to_string(feed.venue);
      for (const auto& connection : feed.connections) {
        if (connection.state == feed::LinkState::connected) continue;
        result.missing.push_back(
            fmt::format("{} {}: {}", venue, connection.name, to_string(connection.state)));
      }
      for (const auto& subscription : feed.subscriptions) {
        const bool refused = subscription.state == feed::SubscriptionState::refused;
        if (subscription.answered && !refused) continue;
        result.missing.push_back(fmt::format("{}: {}", subscription_name(venue, subscription),
                                             refused ? "refused" : "no answer yet"));
      }
    }
  }
  result.ready = result.missing.empty();
  return result;
}

std::optional<std::string_view> ws_status(const EngineStatus* status, base::Instant now) {
  if (!reported(status, now)) return std::nullopt;
  std::size_t up = 0;
  std::size_t links = 0;
  for (const auto& feed : status->feeds) {
    links += feed.connections.size();
    up += static_cast<std::size_t>(std::ranges::count(feed.connections, feed::LinkState::connected,
                                                      &feed::ConnectionStatus::state));
  }
  if (up == 0) return "disconnected";
  const SubscriptionTotals sums = totals(*status);
  return up == links && sums.silent() == 0 && sums.refused == 0 ? "connected" : "degraded";
}

SubscriptionTotals totals(const EngineStatus& status) {
  SubscriptionTotals sums;
  for (const auto& feed : status.feeds) {
    for (const auto& subscription : feed.subscriptions) {
      switch (subscription.state) {
        case feed::SubscriptionState::live:
          ++sums.live;
          break;
        case feed::SubscriptionState::pending:
          ++sums.pending;
          break;
        case feed::SubscriptionState::quiet:
          ++sums.quiet;
          break;
        case feed::SubscriptionState::suspect:
          ++sums.suspect;
          break;
        case feed::SubscriptionState::zombie:
          ++sums.zombie;
          break;
        case feed::SubscriptionState::healing:
          ++sums.healing;
          break;
        case feed::SubscriptionState::refused:
          ++sums.refused;
          break;
      }
    }
  }
  return sums;
}

std::optional<BreakerSummary> breaker(const EngineStatus& status) {
  std::optional<BreakerSummary> worst;
  for (const auto& feed : status.feeds) {
    for (const auto& connection : feed.connections) {
      const feed::BreakerStatus& one = connection.breaker;
      if (!worst) worst.emplace();
      if (severity(one.state) >= severity(worst->state) &&
          one.state != feed::BreakerState::closed) {
        worst->state = one.state;
        worst->open_until = std::max(worst->open_until, one.open_until);
        worst->reason = one.reason;
      }
      if (one.last_trip && (!worst->last_trip || *one.last_trip > *worst->last_trip)) {
        worst->last_trip = one.last_trip;
        if (worst->state == feed::BreakerState::closed) worst->reason = one.reason;
      }
    }
  }
  return worst;
}

}  // namespace tickwitness::serve
