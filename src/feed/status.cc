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
    case SubscriptionState::quiet:
      return "quiet";
    case SubscriptionState::suspect:
      return "suspect";
    case SubscriptionState::zombie:
      return "zombie";
    case SubscriptionState::healing:
      return "healing";
    case SubscriptionState::refused:
      return "refused";
  }
  return "pending";
}

std::string_view to_string(Verdict verdict) {
  switch (verdict) {
    case Verdict::active:
      return "active";
    case Verdict::quiet:
      return "quiet";
    case Verdict::unknown:
      return "unknown";
  }
  return "unknown";
}

std::string_view to_string(HealResult result) {
  switch (result) {
    case HealResult::healed:
      return "healed";
    case HealResult::silent:
      return "silent";
    case HealResult::refused:
      return "refused";
    case HealResult::lost:
      return "lost";
  }
  return "lost";
}

std::string stream_name(const exchange::Subscription& subscription) {
  if (subscription.channel != exchange::Channel::ohlc)
    return std::string(to_string(subscription.channel));
  return fmt::format("ohlc-{}", subscription.interval_minutes);
}

}  // namespace tickwitness::feed
