// What the snapshot means in one word: for /health, ws_status and the page. Pure.
#pragma once

#include <string>
#include <vector>

#include "serve/status.h"

namespace tickwitness::serve {

// A snapshot older than this means that the engine's thread does not turn any more.
inline constexpr base::Duration kStatusAgeMax = std::chrono::seconds(5);

struct Component {
  std::string name;   // "engine", "kraken main", "kraken BTC-USD trade"
  std::string state;  // the component's own word
  bool ok = false;
  std::optional<base::Duration> age;  // of the last sign of life
  std::string detail;
};

// `status` may be null: the engine has not reported yet.
std::vector<Component> components(const EngineStatus* status, base::Instant now);

struct Readiness {
  bool ready = false;
  std::vector<std::string> missing;  // what is not there, in words
};
// Ready: every connection is up and every subscription was accepted.
Readiness readiness(const EngineStatus* status, base::Instant now);

// "connected"; "degraded": every link up but a subscription suspect, dead, being renewed or
// refused, or some link down; "disconnected": no link up. None while the engine has not reported.
std::optional<std::string_view> ws_status(const EngineStatus* status, base::Instant now);

struct SubscriptionTotals {
  std::uint64_t pending = 0, live = 0, quiet = 0, suspect = 0, zombie = 0, healing = 0, refused = 0;
  // Whose data is missed.
  std::uint64_t silent() const { return suspect + zombie + healing; }
};
SubscriptionTotals totals(const EngineStatus& status);

// The worst breaker of all connections (open, then half-open, then closed) with the latest trip of
// any.
struct BreakerSummary {
  feed::BreakerState state = feed::BreakerState::closed;
  std::optional<base::WallTime> last_trip, open_until;
  std::string reason;
};
std::optional<BreakerSummary> breaker(const EngineStatus& status);

}  // namespace tickwitness::serve
