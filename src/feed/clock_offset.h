// Round-trip time and offset of the venue's clock, from ping exchanges.
#pragma once

#include <array>
#include <cstdint>
#include <optional>

#include "base/time.h"

namespace tickwitness::feed {

// Method as NTP's (RFC 5905 §8): with t1 sent, t2 received there, t3 sent there, t4 received here,
// the offset is
// ((t2-t1)+(t3-t4))/2 and cannot be wrong by more than half the round trip. Of the samples of the
// last ten minutes the one with the shortest round trip speaks, since what made others longer
// mostly came on one way only. Not thread-safe.
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

  struct Estimate {
    base::Duration offset;       // venue's clock minus our wall clock
    base::Duration uncertainty;  // it is not further from the truth than this
  };
  // Absent while no sample is younger than kKept. Our wall clock may have stepped since: samples
  // are kept against the monotonic one.
  std::optional<Estimate> at(base::Now now) const;

  static constexpr base::Duration kKept = std::chrono::minutes(10);
  // Of a quartz clock that nobody disciplines, in parts per million.
  static constexpr std::int64_t kDriftPpm = 50;

 private:
  struct Kept {
    base::Instant at{};
    base::WallTime venue_zero{};  // what the venue's clock showed at Instant{}
    base::Duration round_trip{};
  };
  base::Duration uncertainty(const Kept& kept, base::Instant now) const;
  const Kept* most_certain(base::Instant now) const;

  static constexpr std::size_t kKeptMax = 32;
  std::optional<std::uint64_t> pending_id_;
  base::Now sent_{};
  std::optional<Sample> last_;
  std::uint64_t samples_ = 0;
  std::array<Kept, kKeptMax> kept_{};
  std::size_t count_ = 0;  // of kept_
  std::size_t next_ = 0;   // to be overwritten: the oldest
  std::size_t best_ = 0;   // as of the last pong; all lose certainty alike, so it stays the best
};

}  // namespace tickwitness::feed
