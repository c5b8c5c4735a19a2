// Stops hammering a venue that keeps failing: closed → open after `max_failures` in a row →
// half-open with one probe.
#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "base/time.h"

namespace tickwitness::feed {

// Keys as in seed 000's circuit_breaker.yaml.
struct BreakerSettings {
  int max_failures = 5;                               // consecutive, ≥ 1
  base::Duration timeout = std::chrono::seconds(60);  // open for this long
  base::Duration half_open_timeout =
      std::chrono::seconds(30);  // the probe must succeed within this
};

enum class BreakerState : std::uint8_t { closed, open, half_open };

// Pure: time comes in, nothing goes out but state. Not thread-safe.
class CircuitBreaker {
 public:
  explicit CircuitBreaker(const BreakerSettings& settings) : settings_(settings) {}

  // The earliest moment ≥ now at which an attempt is allowed.
  base::Instant allowed_at(base::Instant now) const;
  // An attempt is being made now; from open (its time over) this enters half-open.
  void on_attempt(base::Now now);
  void on_success();
  // `why` is kept for the operator. Trips when it was one failure too many, or the probe.
  void on_failure(base::Now now, std::string why);
  // When the half-open probe has run out of time: the caller then ends it and reports on_failure.
  std::optional<base::Instant> probe_deadline() const;
  // This connection replaces another in good order: what failed on the way is forgotten, what the
  // other had counted stays.
  void succeed(const CircuitBreaker& predecessor);
  // New limits at a reload; the present state stays until its next event.
  void set_settings(const BreakerSettings& settings) { settings_ = settings; }

  BreakerState state() const { return state_; }
  std::uint64_t trips() const { return trips_; }
  std::optional<base::WallTime> last_trip() const { return last_trip_; }
  // Wall time at which the open state ends; only while open.
  std::optional<base::WallTime> open_until() const;
  const std::string& reason() const { return reason_; }

 private:
  void trip(base::Now now);

  BreakerSettings settings_;
  BreakerState state_ = BreakerState::closed;
  int failures_ = 0;
  std::uint64_t trips_ = 0;
  base::Instant since_{};  // of the present open or half-open state
  std::optional<base::WallTime> last_trip_;
  std::string reason_;
};

}  // namespace tickwitness::feed
