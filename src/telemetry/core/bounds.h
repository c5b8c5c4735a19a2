// The bounds of one histogram family: the classic ones that were asked for and, for a native
// histogram, those of its exponential buckets, all in one list. One observation touches one bucket,
// and both expositions are exact sums of the same buckets.
// https://prometheus.io/docs/specs/native_histograms/
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <span>
#include <string_view>
#include <vector>

#include "telemetry/core/histogram_words.h"

namespace tickwitness::telemetry::core {

// Eight buckets for each power of two: bucket i holds (2^((i-1)/8), 2^(i/8)] of the exported unit.
inline constexpr int kNativeSchema = 3;

// The end of a bucket's line up to its number, `0.005"} `, padded.
inline constexpr std::size_t kBoundMax = 32;
struct BoundText {
  explicit BoundText(std::string_view bound);
  std::string_view text() const { return std::string_view(tail.data(), tail_size - 3U); }
  std::array<char, kBoundMax> tail{};
  std::uint8_t tail_size = 0;
};

// As Prometheus wants it: buckets that hold something, ascending.
struct NativeHistogram {
  struct Bucket {
    std::int32_t index;
    std::uint64_t count;
  };
  int schema = kNativeSchema;
  std::uint64_t zeros = 0;  // values of exactly 0
  std::vector<Bucket> buckets;
};

// Immutable; any thread.
class HistogramBounds {
 public:
  // `per_unit`: how many of the observed units are one of the exported unit (1e9: nanoseconds are
  // observed, seconds exported). `native`: with exponential buckets.
  HistogramBounds(std::span<const std::int64_t> classic, double per_unit, bool native);

  const Buckets& buckets() const { return buckets_; }
  std::span<const std::int64_t> classic() const { return classic_; }
  // Of the classic bounds, "+Inf" last.
  std::span<const BoundText> texts() const { return texts_; }
  double per_unit() const { return per_unit_; }
  bool native() const { return !native_index_.empty(); }
  double exported(double units) const { return units / per_unit_; }

  // Of a snapshot of all buckets, those of the classic bounds; not cumulative.
  void fold_classic(HistogramSnapshot& snapshot) const;
  // Its exponential buckets, of a schema so low that there are at most `buckets_max` (≥ 2) of them.
  NativeHistogram fold_native(const HistogramSnapshot& snapshot, std::size_t buckets_max) const;
  // The classic bucket in which one of buckets() lies.
  std::uint32_t classic_of(std::uint32_t bucket) const { return classic_of_[bucket]; }

 private:
  struct Native {
    std::vector<std::int64_t> bounds;
    std::vector<std::int32_t> indices;
  };
  static Native native_bounds(double per_unit);
  static std::vector<std::int64_t> joined(std::span<const std::int64_t> classic,
                                          const Native& native);

  std::vector<std::int64_t> classic_;
  double per_unit_;
  Buckets buckets_;
  std::vector<std::uint16_t> classic_of_;
  std::vector<std::int32_t> native_index_;  // of each of buckets(); empty: not native
  std::vector<BoundText> texts_;
};

}  // namespace tickwitness::telemetry::core
