#include "feed/clock_offset.h"

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
  return last_;
}

}  // namespace tickwitness::feed
