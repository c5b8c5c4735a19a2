#include "telemetry/core/sketch.h"

#include <algorithm>
#include <bit>
#include <cmath>
#include <limits>

namespace tickwitness::telemetry::core {
namespace sketch {
namespace {

std::uint32_t magnitude_index(std::uint64_t magnitude) {
  if (magnitude < kSub) return static_cast<std::uint32_t>(magnitude);
  const int row = static_cast<int>(std::bit_width(magnitude)) - 1 - kSubBits;  // 0 for 64 … 127
  return static_cast<std::uint32_t>(row) * kSub + static_cast<std::uint32_t>(magnitude >> row);
}

double magnitude_value(std::uint32_t index) {
  if (index < 2 * kSub) return index;  // buckets of width 1
  const int row = static_cast<int>(index / kSub) - 1;
  const double low = std::ldexp(static_cast<double>(index % kSub + kSub), row);
  return low + std::ldexp(0.5, row);
}

}  // namespace

std::uint32_t index(std::int64_t ns) {
  if (ns >= 0) return kBucketsPerSign + magnitude_index(static_cast<std::uint64_t>(ns));
  return kBucketsPerSign - 1 - magnitude_index(0 - static_cast<std::uint64_t>(ns));
}

double value(std::uint32_t index) {
  if (index >= kBucketsPerSign) return magnitude_value(index - kBucketsPerSign);
  return -magnitude_value(kBucketsPerSign - 1 - index);
}

}  // namespace sketch

static_assert(sketch::kBuckets <= std::numeric_limits<std::uint16_t>::max());

SketchSlot SketchCell::take() {
  SketchSlot slot;
  for (std::uint32_t word = 0; word < marked_.size(); ++word) {
    // The marks go first: what is counted from now on marks its row again.
    for (std::uint64_t marks = marked_[word].exchange(0); marks != 0; marks &= marks - 1) {
      const std::uint32_t row = word * 64 + static_cast<std::uint32_t>(std::countr_zero(marks));
      for (std::uint32_t i = row * sketch::kRow; i < (row + 1) * sketch::kRow; ++i) {
        if (counts_[i].load() == 0) continue;
        std::uint32_t left = counts_[i].exchange(0);
        while (left != 0) {
          const std::uint32_t part = std::min<std::uint32_t>(left, 0xFFFF);
          slot.entries.push_back({static_cast<std::uint16_t>(i), static_cast<std::uint16_t>(part)});
          left -= part;
        }
      }
    }
  }
  slot.entries.shrink_to_fit();
  return slot;
}

void SketchSum::add(const SketchSlot& slot) {
  if (counts_.empty()) counts_.resize(sketch::kBuckets);
  for (const auto& entry : slot.entries) {
    std::uint32_t& count = counts_[entry.index];
    const std::uint32_t added = std::min<std::uint32_t>(entry.count, UINT32_MAX - count);
    count += added;
    rows_[entry.index / sketch::kRow] += added;
    count_ += added;
  }
}

std::optional<double> SketchSum::quantile(double q) const {
  if (count_ == 0) return std::nullopt;
  // Less a hair: 0.95 * 20 must not become rank 20 by rounding.
  const double rank = std::ceil(std::clamp(q, 0.0, 1.0) * static_cast<double>(count_) - 1e-9);
  std::uint64_t left = std::max<std::uint64_t>(1, static_cast<std::uint64_t>(rank));
  std::uint32_t row = 0;
  for (; rows_[row] < left; ++row) left -= rows_[row];  // ends: the rows add up to count_
  std::uint32_t i = row * sketch::kRow;
  for (; counts_[i] < left; ++i) left -= counts_[i];
  return sketch::value(i);
}

}  // namespace tickwitness::telemetry::core
