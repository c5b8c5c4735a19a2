// How long a stream is usually silent, learned from its own arrivals, and so how long a silence may
// last before it is worth a question.
#pragma once

#include <array>
#include <cstdint>
#include <optional>

#include "base/time.h"

namespace tickwitness::feed {

// Intervals between arrivals in buckets of a quarter octave, from a millisecond to a day. The past
// fades: all counts are halved after kFadeAfter arrivals and after each hour. Constant time for
// each arrival, no allocation, no floating point. Not thread-safe.
class ArrivalModel {
 public:
  // What arrives together is one arrival: call it once for each frame.
  void on_arrival(base::Instant now);
  // The time since the last arrival is no interval of this stream: a connection was lost, a
  // subscription renewed, a snapshot came.
  void restart() { last_.reset(); }

  // Silence that is improbable, at least kFloor; absent before kArrivalsMin intervals were seen.
  // Twice the interval that one in a thousand exceeds (with fewer than a thousand seen: twice the
  // longest), but kBusy where of the last intervals, some 64, at most one in ten was longer than
  // that. So a stream with an arrival each second is asked about after 4 s, one with an arrival a
  // minute after many.
  std::optional<base::Duration> threshold() const { return threshold_; }
  std::uint64_t intervals() const { return seen_; }

  static constexpr base::Duration kFloor = std::chrono::seconds(2);
  static constexpr base::Duration kBusy = std::chrono::seconds(4);
  static constexpr std::uint64_t kArrivalsMin = 20;
  static constexpr std::uint32_t kFadeAfter = 4096;
  static constexpr base::Duration kFadeEvery = std::chrono::hours(1);

 private:
  void fade(base::Instant now);
  void learn();

  static constexpr std::size_t kBuckets = 108;  // 27 octaves of milliseconds, more than a day
  std::array<std::uint32_t, kBuckets> weight_{};
  std::uint32_t total_ = 0;
  std::uint64_t seen_ = 0;
  std::uint32_t since_learned_ = 0;
  std::int32_t long_share_ = 0;  // of the last intervals: longer than kBusy
  std::optional<base::Instant> last_;
  std::optional<base::Instant> faded_;
  std::optional<base::Duration> threshold_;

  static std::size_t bucket_of(base::Duration interval);
  static base::Duration upper_edge(std::size_t bucket);
  // The upper edge of the bucket beyond which at most `most` of the weight lies.
  base::Duration exceeded_by(std::uint32_t most) const;
};

}  // namespace tickwitness::feed
