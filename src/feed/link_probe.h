// What one connection exports. The session counts for itself; the probe carries its sums into the
// registry. Two connections of one name add to the same counters, since both happen; of states and
// ages only the one in service speaks, so that one name has one truth.
#pragma once

#include <array>
#include <optional>
#include <string>
#include <vector>

#include "feed/session.h"
#include "feed/status.h"
#include "market/venue.h"
#include "telemetry/catalog.gen.h"

namespace tickwitness::feed {

// Not thread-safe; lives beside its session.
class LinkProbe {
 public:
  // Not `in_service`: it counts only, until serve().
  LinkProbe(market::Venue venue, const std::string& connection, telemetry::Catalog& metrics,
            bool in_service);

  // After anything that may have changed counts or states; cheap.
  void sync(const Session& session);
  void on_closed(runtime::CloseReason reason, bool was_connected);
  // A zombie was found so long after its last data.
  void on_found(base::Duration after) { detection_.observe(after); }
  void on_verdict(Verdict verdict);
  // Once a second: ages and the state of each subscription.
  void observe(const Session& session, base::Instant now);
  // The connection is no longer configured, or replaced: from now on only what it still counts is
  // said.
  void retire();
  // From now on it speaks for its name. `session` has taken over what another one had counted and
  // exported.
  void serve(const Session& session, base::Instant now);

 private:
  LinkProbe(telemetry::label::Exchange exchange, telemetry::label::Connection name,
            telemetry::Catalog& metrics, bool in_service);
  struct Stream {
    exchange::Subscription subscription;
    telemetry::StateSet<telemetry::label::SubscriptionState> state;
    telemetry::Gauge age, threshold;
    telemetry::Counter stale;
    std::uint64_t stale_seen = 0;
    bool wanted = true;
  };
  Stream& stream(const exchange::Subscription& subscription);

  telemetry::label::Exchange exchange_;
  std::string name_;
  telemetry::Catalog& metrics_;
  telemetry::Counter attempts_, reconnect_attempts_, reconnects_, acks_, refusals_, overdue_,
      dropped_, trips_;
  telemetry::Gauge connected_, last_frame_age_, last_trip_;
  telemetry::StateSet<telemetry::label::BreakerState> breaker_state_;
  telemetry::Histogram rtt_, detection_;
  std::array<telemetry::Counter, 4> heals_;  // by HealResult
  std::array<std::uint64_t, 4> heals_seen_{};
  SessionCounts seen_;
  std::uint64_t trips_seen_ = 0;
  std::uint64_t pongs_seen_ = 0;
  std::vector<Stream> streams_;
  bool in_service_;
};

}  // namespace tickwitness::feed
