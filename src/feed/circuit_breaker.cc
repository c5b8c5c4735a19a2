#include "feed/circuit_breaker.h"

#include <algorithm>
#include <utility>

#include "base/planted.h"

namespace tickwitness::feed {

base::Instant CircuitBreaker::allowed_at(base::Instant now) const {
  if (base::planted(base::PlantedBug::breaker_never_half_opens) && state_ == BreakerState::open) {
    return now + std::chrono::hours(24);
  }
  return state_ == BreakerState::open ? std::max(now, since_ + settings_.timeout) : now;
}

void CircuitBreaker::on_attempt(base::Now now) {
  if (state_ != BreakerState::open) return;
  state_ = BreakerState::half_open;
  since_ = now.mono;
}

void CircuitBreaker::on_success() {
  state_ = BreakerState::closed;
  failures_ = 0;
}

void CircuitBreaker::on_failure(base::Now now, std::string why) {
  reason_ = std::move(why);
  ++failures_;
  if (state_ == BreakerState::half_open || failures_ >= settings_.max_failures) trip(now);
}

void CircuitBreaker::trip(base::Now now) {
  state_ = BreakerState::open;
  since_ = now.mono;
  failures_ = 0;
  ++trips_;
  last_trip_ = now.wall;
}

void CircuitBreaker::succeed(const CircuitBreaker& predecessor) {
  on_success();
  trips_ = predecessor.trips_;
  last_trip_ = predecessor.last_trip_;
  reason_ = predecessor.reason_;
}

std::optional<base::Instant> CircuitBreaker::probe_deadline() const {
  if (state_ != BreakerState::half_open) return std::nullopt;
  return since_ + settings_.half_open_timeout;
}

std::optional<base::WallTime> CircuitBreaker::open_until() const {
  if (state_ != BreakerState::open || !last_trip_) return std::nullopt;
  return *last_trip_ + settings_.timeout;
}

}  // namespace tickwitness::feed
