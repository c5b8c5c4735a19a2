// Where the time went between an event at the venue and the end of our work on it: inside the
// venue, on the way, in our own handling. What waits after that is the hand-off's to measure.
#pragma once

#include <optional>

#include "exchange/messages.h"
#include "feed/clock_offset.h"
#include "market/venue.h"
#include "telemetry/catalog.gen.h"

namespace tickwitness::feed {

// Not thread-safe. No allocation.
class LatencySplit {
 public:
  LatencySplit(market::Venue venue, telemetry::Catalog& metrics);

  // `received`: when the frame's bytes were there. `clock`: as known then; without it nothing is
  // said of the way.
  void on_frame(base::WallTime received, const exchange::Frame& frame,
                const std::optional<ClockOffset::Estimate>& clock);
  // Decoding and bookkeeping took so long.
  void on_handled(base::Duration took) { handler_.observe(took); }

  // What one frame says; absent where it says nothing, or what no latency can be.
  struct Parts {
    std::optional<base::Duration> network;  // corrected, signed
    std::optional<base::Duration> venue;
  };
  static Parts parts(base::WallTime received, const exchange::Frame& frame,
                     const std::optional<ClockOffset::Estimate>& clock);

 private:
  telemetry::Histogram network_, venue_, handler_;
  telemetry::Counter network_negative_;
};

}  // namespace tickwitness::feed
