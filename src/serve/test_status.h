// Snapshots of an engine as tests of this room want them.
#pragma once

#include <string>
#include <utility>

#include "serve/status.h"

namespace tickwitness::serve::test {

using namespace std::chrono_literals;

// 1000 s after the monotonic clock's zero, at a round wall time.
inline base::Now at(base::Duration since = {}) {
  return {base::Instant(1000s) + since, base::WallTime(1'700'000'000s) + since};
}

inline feed::ConnectionStatus connection(std::string name, feed::LinkState state) {
  return {.name = std::move(name), .state = state};
}

inline feed::SubscriptionStatus subscription(std::string symbol, std::string stream,
                                             feed::SubscriptionState state) {
  return {.symbol = std::move(symbol),
          .stream = std::move(stream),
          .connection = "main",
          .state = state,
          .answered = state != feed::SubscriptionState::pending};
}

// One feed, reported at at().
inline EngineStatus engine(std::vector<feed::ConnectionStatus> connections,
                           std::vector<feed::SubscriptionStatus> subscriptions = {}) {
  EngineStatus status{.at = at()};
  status.feeds.push_back({.venue = market::Venue::kraken,
                          .at = at(),
                          .connections = std::move(connections),
                          .subscriptions = std::move(subscriptions)});
  return status;
}

}  // namespace tickwitness::serve::test
