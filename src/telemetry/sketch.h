// Quantiles of signed durations with a relative error of at most 1 %: log-linear buckets, 64 for
// each power of two (half a bucket's width is 1/128 of its lower end), exact below 64 ns. The idea
// is that of HdrHistogram; both signs, so that a latency under a wrong clock is still seen.
#pragma once

#include <atomic>
#include <cstdint>
#include <memory>
#include <optional>
#include <vector>

namespace tickwitness::telemetry {

namespace sketch {

inline constexpr int kSubBits = 6;
inline constexpr std::uint32_t kSub = 1U << kSubBits;
// Magnitudes 0 … 2^63: the linear part and one row for each power of two from 2^6 on.
inline constexpr std::uint32_t kBucketsPerSign = kSub * (64 - kSubBits + 1);
inline constexpr std::uint32_t kBuckets = 2 * kBucketsPerSign;

// Ascending in `ns`: the negative ones first.
std::uint32_t index(std::int64_t ns);
// The middle of a bucket, ns.
double value(std::uint32_t index);

}  // namespace sketch

// What came within a stretch of time, sparse: indices ascending.
struct SketchSlot {
  struct Entry {
    std::uint16_t index;
    std::uint16_t count;  // larger counts take several entries
  };
  std::vector<Entry> entries;
};

// Lock-free to write; 30 KB.
class SketchCell {
 public:
  SketchCell() : counts_(std::make_unique<std::atomic<std::uint32_t>[]>(sketch::kBuckets)) {}
  void add(std::int64_t ns) { counts_[sketch::index(ns)].fetch_add(1, std::memory_order_relaxed); }
  // What was added since the last call. One reader at a time.
  SketchSlot take();

 private:
  std::unique_ptr<std::atomic<std::uint32_t>[]> counts_;
};

// Slots of any number of series added up.
class SketchSum {
 public:
  void add(const SketchSlot& slot);
  std::uint64_t count() const { return count_; }
  // The smallest value that at least the share `q` (0 … 1) of all values does not exceed, ns;
  // absent when there is no value.
  std::optional<double> quantile(double q) const;

 private:
  std::vector<std::uint64_t> counts_;
  std::uint64_t count_ = 0;
};

}  // namespace tickwitness::telemetry
