#include "feed/latency_split.h"

#include <algorithm>

#include "feed/labels.h"

namespace tickwitness::feed {
namespace {

constexpr base::Duration kDistanceMax = std::chrono::hours(24);

// Compared before subtracting: the difference of far times does not fit.
std::optional<base::Duration> between(base::WallTime from, base::WallTime to) {
  if (from < to - kDistanceMax || from > to + kDistanceMax) return std::nullopt;
  return to - from;
}

// When the newest of what the frame tells happened, by the venue's clock.
std::optional<base::WallTime> event_time(const exchange::Frame& frame) {
  if (frame.snapshot) return std::nullopt;  // of the past
  if (frame.kind == exchange::FrameKind::trades && !frame.trades.empty()) {
    return frame.trades.back().exchange_time;
  }
  if (frame.kind == exchange::FrameKind::quotes && !frame.quotes.empty()) {
    return frame.quotes.back().exchange_time;
  }
  return std::nullopt;
}

}  // namespace

LatencySplit::LatencySplit(market::Venue venue, telemetry::Catalog& metrics)
    : network_(metrics.feed_network_seconds.at(label_of(venue))),
      venue_(metrics.feed_venue_seconds.at(label_of(venue))),
      handler_(metrics.feed_handler_seconds.at(label_of(venue))),
      network_negative_(metrics.feed_network_negative.at(label_of(venue))) {}

LatencySplit::Parts LatencySplit::parts(base::WallTime received, const exchange::Frame& frame,
                                        const std::optional<ClockOffset::Estimate>& clock) {
  const bool pong = frame.kind == exchange::FrameKind::pong;
  const auto sent = pong ? frame.time_out : frame.sent;
  if (!sent) return {};
  Parts parts;
  if (clock) {
    if (const auto apart = between(*sent, received)) parts.network = *apart + clock->offset;
  }
  const auto begun = pong ? frame.time_in : event_time(frame);
  if (!begun) return parts;
  const auto held = between(*begun, *sent);
  if (held && *held >= base::Duration::zero()) parts.venue = held;
  return parts;
}

void LatencySplit::on_frame(base::WallTime received, const exchange::Frame& frame,
                            const std::optional<ClockOffset::Estimate>& clock) {
  const Parts said = parts(received, frame, clock);
  if (said.venue) venue_.observe(*said.venue);
  if (!said.network) return;
  const bool explained = *said.network >= -clock->uncertainty;
  if (!explained) network_negative_.inc();
  network_.observe(explained ? std::max(*said.network, base::Duration::zero()) : *said.network);
}

}  // namespace tickwitness::feed
