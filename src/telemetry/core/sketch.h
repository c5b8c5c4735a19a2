// Quantiles of signed durations with a relative error of at most 1 %: log-linear buckets, 64 for
// each power of two (half a bucket's width is 1/128 of its lower end), exact below 64 ns. The idea
// is that of HdrHistogram; both signs, so that a latency under a wrong clock is still seen.
#pragma once

#include <array>
#include <atomic>
#include <cstdint>
#include <memory>
#include <optional>
#include <vector>

namespace tickwitness::telemetry::core {

namespace sketch {

inline constexpr int kSubBits = 6;
inline constexpr std::uint32_t kSub = 1U << kSubBits;
// Magnitudes 0 … 2^63: the linear part and one row for each power of two from 2^6 on.
inline constexpr std::uint32_t kBucketsPerSign = kSub * (64 - kSubBits + 1);
inline constexpr std::uint32_t kBuckets = 2 * kBucketsPerSign;
// Buckets are looked through row by row: most rows are empty.
inline constexpr std::uint32_t kRow = 64;
inline constexpr std::uint32_t kRows = kBuckets / kRow;
static_assert(kBuckets % kRow == 0);

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

// Lock-free to write; 30 KB. More than 2^32 values of one bucket between two take() are lost to it.
class SketchCell {
 public:
  SketchCell() : counts_(std::make_unique<std::atomic<std::uint32_t>[]>(sketch::kBuckets)) {}

  void add(std::int64_t ns) {
    const std::uint32_t index = sketch::index(ns);
    const std::uint32_t row = index / sketch::kRow;
    // In one order for everybody (seq_cst): who finds the row marked has counted before the reader
    // took the mark away, and so is seen by it.
    counts_[index].fetch_add(1);
    std::atomic<std::uint64_t>& marks = marked_[row / 64];
    const std::uint64_t mark = std::uint64_t{1} << row % 64;
    if ((marks.load() & mark) == 0) marks.fetch_or(mark);
  }
  // What was added since the last call. One reader at a time.
  SketchSlot take();

 private:
  std::unique_ptr<std::atomic<std::uint32_t>[]> counts_;
  std::array<std::atomic<std::uint64_t>, (sketch::kRows + 63) / 64> marked_{};  // rows with counts
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
  std::vector<std::uint32_t> counts_;  // more than 2^32 of one bucket are taken for as many
  std::array<std::uint64_t, sketch::kRows> rows_{};
  std::uint64_t count_ = 0;
};

}  // namespace tickwitness::telemetry::core
