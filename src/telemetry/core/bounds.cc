#include "telemetry/core/bounds.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <stdexcept>

#include "telemetry/core/text.h"

namespace tickwitness::telemetry::core {
namespace {

constexpr double kTop = 9.2e18;  // below 2^63

// The same bucket at half the resolution: (i + 1) / 2 rounded down also below 0.
std::int32_t halved(std::int32_t index) {
  return (index + 1) >> 1;
}

}  // namespace

BoundText::BoundText(std::string_view bound) {
  // The longest double has 24 characters.
  const auto end = std::ranges::copy(bound, tail.begin()).out;
  std::ranges::copy(std::string_view("\"} "), end);
  tail_size = static_cast<std::uint8_t>(bound.size() + 3);
}

HistogramBounds::Native HistogramBounds::native_bounds(double per_unit) {
  // Whole numbers: v is in bucket i when v <= floor(2^(i/8) · per_unit). Small bounds that come out
  // equal hold nothing but the first of them.
  Native out;
  out.bounds.push_back(0);  // the zero bucket
  out.indices.push_back(0);
  const int first = static_cast<int>(std::floor(8 * std::log2(1 / per_unit)));
  for (std::int32_t i = first;; ++i) {
    const double bound = std::floor(std::exp2(i / 8.0) * per_unit);
    if (bound >= kTop) break;
    if (bound < 1 || static_cast<std::int64_t>(bound) == out.bounds.back()) continue;
    out.bounds.push_back(static_cast<std::int64_t>(bound));
    out.indices.push_back(i);
  }
  out.indices.push_back(out.indices.back() + 1);  // above all bounds
  return out;
}

std::vector<std::int64_t> HistogramBounds::joined(std::span<const std::int64_t> classic,
                                                  const Native& native) {
  std::vector<std::int64_t> out(classic.begin(), classic.end());
  out.insert(out.end(), native.bounds.begin(), native.bounds.end());
  std::ranges::sort(out);
  const auto doubled = std::ranges::unique(out);
  out.erase(doubled.begin(), doubled.end());
  return out;
}

HistogramBounds::HistogramBounds(std::span<const std::int64_t> classic, double per_unit,
                                 bool native)
    : classic_(classic.begin(), classic.end()),
      per_unit_(per_unit),
      buckets_(native ? joined(classic, native_bounds(per_unit)) : classic_) {
  const Native exponential = native ? native_bounds(per_unit) : Native();
  for (std::size_t i = 0; i < buckets_.size(); ++i) {
    const bool last = i == buckets_.bounds().size();
    const std::int64_t bound =
        last ? std::numeric_limits<std::int64_t>::max() : buckets_.bounds()[i];
    classic_of_.push_back(
        static_cast<std::uint16_t>(std::ranges::lower_bound(classic_, bound) - classic_.begin()));
    if (native) {
      const auto at = std::ranges::lower_bound(exponential.bounds, bound);
      native_index_.push_back(
          exponential.indices[static_cast<std::size_t>(at - exponential.bounds.begin())]);
    }
  }
  for (const std::int64_t bound : classic_) {
    std::string text;
    append_bound(text, exported(static_cast<double>(bound)));
    if (text == "+Inf" || (!texts_.empty() && texts_.back().text() == text)) {
      throw std::invalid_argument("histogram bounds must differ as doubles");
    }
    texts_.emplace_back(text);
  }
  texts_.emplace_back("+Inf");
}

void HistogramBounds::fold_classic(HistogramSnapshot& snapshot) const {
  if (!native()) return;
  std::vector<std::uint64_t> classic(classic_.size() + 1);
  for (std::size_t i = 0; i < snapshot.buckets.size(); ++i) {
    classic[classic_of_[i]] += snapshot.buckets[i];
  }
  snapshot.buckets = std::move(classic);
}

NativeHistogram HistogramBounds::fold_native(const HistogramSnapshot& snapshot,
                                             std::size_t buckets_max) const {
  NativeHistogram out;
  for (std::size_t i = 0; i < snapshot.buckets.size(); ++i) {
    const std::uint64_t count = snapshot.buckets[i];
    if (count == 0) continue;
    if (i == 0) {
      out.zeros = count;
    } else if (!out.buckets.empty() && out.buckets.back().index == native_index_[i]) {
      out.buckets.back().count += count;
    } else {
      out.buckets.push_back({native_index_[i], count});
    }
  }
  while (out.buckets.size() > buckets_max && out.schema > -4) {
    --out.schema;
    std::vector<NativeHistogram::Bucket> wider;
    for (const auto& bucket : out.buckets) {
      const std::int32_t index = halved(bucket.index);
      if (!wider.empty() && wider.back().index == index) {
        wider.back().count += bucket.count;
      } else {
        wider.push_back({index, bucket.count});
      }
    }
    out.buckets = std::move(wider);
  }
  return out;
}

}  // namespace tickwitness::telemetry::core
