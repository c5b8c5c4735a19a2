#include "feed/clock_offset.h"

#include <algorithm>

namespace tickwitness::feed {
namespace {

constexpr base::Duration kOffsetMax = std::chrono::hours(24);

}  // namespace

void ClockOffset::on_ping(std::uint64_t id, base::Now sent) {
  pending_id_ = id;
  sent_ = sent;
}

std::optional<ClockOffset::Sample> ClockOffset::on_pong(
    std::uint64_t id, std::optional<base::WallTime> venue_received,
    std::optional<base::WallTime> venue_sent, base::Now received) {
  if (pending_id_ != id) return std::nullopt;
  pending_id_.reset();
  if (!venue_received || !venue_sent || *venue_sent < *venue_received) return std::nullopt;
  // Compared before subtracting: times of other centuries are no offset, and the difference does
  // not fit.
  if (*venue_received < sent_.wall - kOffsetMax || *venue_sent > sent_.wall + kOffsetMax) {
    return std::nullopt;
  }
  const base::Duration held = *venue_sent - *venue_received;
  const base::Duration elapsed =
      received.mono - sent_.mono;           // a wall clock that steps meanwhile must not count
  if (held > elapsed) return std::nullopt;  // the venue claims more time than passed
  const base::WallTime received_wall = sent_.wall + elapsed;
  last_ = Sample{.round_trip = elapsed - held,
                 .offset = ((*venue_received - sent_.wall) + (*venue_sent - received_wall)) / 2};
  ++samples_;
  kept_[next_] = {.at = received.mono,
                  .venue_zero = received_wall + last_->offset - received.mono.time_since_epoch(),
                  .round_trip = last_->round_trip};
  next_ = (next_ + 1) % kKeptMax;
  count_ = std::min(count_ + 1, kKeptMax);
  best_ = static_cast<std::size_t>(most_certain(received.mono) - kept_.data());
  return last_;
}

base::Duration ClockOffset::uncertainty(const Kept& kept, base::Instant now) const {
  return kept.round_trip / 2 + (now - kept.at) / 1'000'000 * kDriftPpm;
}

const ClockOffset::Kept* ClockOffset::most_certain(base::Instant now) const {
  const Kept* best = nullptr;
  for (std::size_t i = 0; i < count_; ++i) {
    const Kept& kept = kept_[i];
    if (now - kept.at > kKept) continue;
    if (best == nullptr || uncertainty(kept, now) < uncertainty(*best, now)) best = &kept;
  }
  return best;
}

std::optional<ClockOffset::Estimate> ClockOffset::at(base::Now now) const {
  if (count_ == 0) return std::nullopt;
  const Kept* best = &kept_[best_];
  if (now.mono - best->at > kKept) best = most_certain(now.mono);
  if (best == nullptr) return std::nullopt;
  const base::WallTime venue = best->venue_zero + now.mono.time_since_epoch();
  return Estimate{.offset = venue - now.wall, .uncertainty = uncertainty(*best, now.mono)};
}

}  // namespace tickwitness::feed
