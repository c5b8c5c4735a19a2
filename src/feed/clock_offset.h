// Round-trip time and offset of the venue's clock, from ping exchanges.
#pragma once

#include <cstdint>
#include <optional>

#include "base/time.h"

namespace tickwitness::feed {

// Method as NTP's (RFC 5905 §8): with t1 sent, t2 received there, t3 sent there, t4 received here,
// the offset is
// ((t2-t1)+(t3-t4))/2 and cannot be wrong by more than half the round trip. Not thread-safe.
class ClockOffset {
 public:
  void on_ping(std::uint64_t id, base::Now sent);
  struct Sample {
    base::Duration round_trip;  // without the time that the venue held the ping
    base::Duration offset;      // venue's clock minus ours; positive: the venue is ahead
  };
  // Empty when the pong answers no ping of ours or lacks the venue's times.
  std::optional<Sample> on_pong(std::uint64_t id, std::optional<base::WallTime> venue_received,
                                std::optional<base::WallTime> venue_sent, base::Now received);
  const std::optional<Sample>& last() const { return last_; }
  std::uint64_t samples() const { return samples_; }

 private:
  std::optional<std::uint64_t> pending_id_;
  base::Now sent_{};
  std::optional<Sample> last_;
  std::uint64_t samples_ = 0;
};

}  // namespace tickwitness::feed
