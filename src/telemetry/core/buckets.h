// Which bucket a value falls into, for any ascending list of bounds, without a search: a table by
// the exponent and the first bits of the mantissa gives a bucket at most `steps` too low, and that
// many comparisons, which no branch predictor has to guess, give the right one.
#pragma once

#include <array>
#include <bit>
#include <cstdint>
#include <span>
#include <vector>

namespace tickwitness::telemetry::core {

// Immutable; any thread.
class Buckets {
 public:
  // Upper bounds, inclusive, ascending, ≥ 0, below 2^63 - 1, at most 60,000. A bucket above all of
  // them is added.
  explicit Buckets(std::span<const std::int64_t> bounds);

  std::size_t size() const { return bounds_.size(); }  // buckets
  std::span<const std::int64_t> bounds() const { return bounds_as_given_; }

  // The first bucket whose bound is not below `value` ≥ 0.
  std::uint32_t index(std::int64_t value) const {
    // Unsigned, so that a comparison becomes an addition with carry.
    const auto wanted = static_cast<std::uint64_t>(value);
    std::uint64_t at = start_[key(wanted)];
    at += bounds_[at] < wanted;  // of most lists of bounds that is all
    for (std::uint32_t step = 1; step < steps_; ++step) at += bounds_[at] < wanted;
    return static_cast<std::uint32_t>(at);
  }

 private:
  static constexpr unsigned kBits = 4;  // of the mantissa
  static constexpr std::uint32_t kKeys = (64 - kBits + 1) << kBits;

  // Ascending with the value; exact below 2^(kBits + 1).
  static std::uint32_t key(std::uint64_t value) {
    const auto top = 63U ^ static_cast<unsigned>(std::countl_zero(value | (1U << kBits)));
    const unsigned shift = top - kBits;
    return static_cast<std::uint32_t>((shift << kBits) + (value >> shift));
  }
  // The lowest value of a key.
  static std::uint64_t lowest(std::uint32_t key);

  std::vector<std::uint64_t> bounds_;  // the last one is above everything
  std::vector<std::int64_t> bounds_as_given_;
  std::array<std::uint16_t, kKeys> start_{};
  std::uint32_t steps_ = 0;
};

}  // namespace tickwitness::telemetry::core
