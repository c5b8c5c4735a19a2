// The words of one histogram: count, sum, and one for each bucket, in every lane. Values are whole
// numbers of a small unit (nanoseconds, bytes): their sum is exact, in any order.
//
// A writer adds to the bucket, then to the sum, then to the count. A reader takes the count, then
// the sum, then the buckets, and believes them if the buckets add up to the count: a bucket that
// was written after the count was read would make them more. So every snapshot is that of a moment
// of each thread. The idea is that of https://github.com/wyfo/split-histogram.
#pragma once

#include <cstdint>
#include <vector>

#include "telemetry/core/buckets.h"
#include "telemetry/core/lanes.h"

namespace tickwitness::telemetry::core {

struct HistogramSnapshot {
  std::uint64_t count = 0;
  std::uint64_t sum = 0;               // in the observed unit, modulo 2^64
  std::vector<std::uint64_t> buckets;  // not cumulative; the last one is above every bound
  std::vector<std::uint64_t> lane;     // what add_to() read last: memory that is used again
};

class HistogramWords {
 public:
  // `buckets` outlives it and its copies.
  HistogramWords(Word first, const Buckets& buckets) : first_(first), buckets_(&buckets) {}
  static std::uint32_t words(const Buckets& buckets) {
    return kBuckets + static_cast<std::uint32_t>(buckets.size());
  }

  const Buckets& buckets() const { return *buckets_; }

  // False: `value` is negative. It is not counted: the sum of a histogram must not fall.
  bool observe(std::int64_t value) const {
    if (value < 0) [[unlikely]]
      return false;
    if (!lanes::owned(first_)) [[unlikely]]
      return observe_slowly(value);
    std::uint64_t* const mine = lanes::own.words + first_;
    const Word bucket = kBuckets + buckets_->index(value);
    add(mine[bucket], 1, std::memory_order_relaxed);
    add(mine[kSum], static_cast<std::uint64_t>(value), std::memory_order_release);
    add(mine[kCount], 1, std::memory_order_release);
    return true;
  }

  // Adds to `out`, whose buckets are as many as ours or none. Waits for no writer: of one that is
  // held up within an observation for long, the sum may lack that observation.
  void add_to(HistogramSnapshot& out) const;
  HistogramSnapshot snapshot() const;

 private:
  static constexpr Word kCount = 0;
  static constexpr Word kSum = 1;
  static constexpr Word kBuckets = 2;

  static void add(std::uint64_t& word, std::uint64_t n, std::memory_order order) {
    const std::atomic_ref mine(word);
    mine.store(mine.load(std::memory_order_relaxed) + n, order);
  }
  [[gnu::cold]] bool observe_slowly(std::int64_t value) const;
  template <class Load>
  void add_lane(HistogramSnapshot& out, const Load& load) const;

  Word first_;
  const Buckets* buckets_;
};

}  // namespace tickwitness::telemetry::core
