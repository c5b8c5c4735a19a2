#include "feed/status.h"

#include <fmt/format.h>

namespace tickwitness::feed {

std::string_view to_string(LinkState state) {
  switch (state) {
    case LinkState::idle:
      return "idle";
    case LinkState::waiting:
      return "waiting";
    case LinkState::connecting:
      return "connecting";
    case LinkState::connected:
      return "connected";
    case LinkState::stopped:
      return "stopped";
  }
  return "idle";
}

std::string_view to_string(BreakerState state) {
  switch (state) {
    case BreakerState::closed:
      return "closed";
    case BreakerState::open:
      return "open";
    case BreakerState::half_open:
      return "half_open";
  }
  return "closed";
}

std::string_view to_string(SubscriptionState state) {
  switch (state) {
    case SubscriptionState::pending:
      return "pending";
    case SubscriptionState::live:
      return "live";
    case SubscriptionState::stale:
      return "stale";
    case SubscriptionState::refused:
      return "refused";
  }
  return "pending";
}

std::string stream_name(const exchange::Subscription& subscription) {
  if (subscription.channel != exchange::Channel::ohlc)
    return std::string(to_string(subscription.channel));
  return fmt::format("ohlc-{}", subscription.interval_minutes);
}

}  // namespace tickwitness::feed
