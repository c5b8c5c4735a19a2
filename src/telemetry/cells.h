// Where the numbers are: one cell for each series. Every write is lock-free and waits for nobody; a
// scrape reads while writers go on.
#pragma once

#include <algorithm>
#include <atomic>
#include <bit>
#include <cstdint>
#include <limits>
#include <memory>
#include <mutex>
#include <span>
#include <vector>

#include "base/time.h"
#include "telemetry/sketch.h"

namespace tickwitness::telemetry {

// Counts and fractions apart, so that counts stay exact up to 2^64.
class CounterCell {
 public:
  void add(std::uint64_t n) { whole_.fetch_add(n, std::memory_order_relaxed); }
  void add_fraction(double x) { fraction_.fetch_add(x, std::memory_order_relaxed); }
  std::uint64_t whole() const { return whole_.load(std::memory_order_relaxed); }
  double fraction() const { return fraction_.load(std::memory_order_relaxed); }

 private:
  std::atomic<std::uint64_t> whole_{0};
  std::atomic<double> fraction_{0};
};

// A value or nothing, in one word: a NaN that no arithmetic makes stands for nothing.
class GaugeCell {
 public:
  void set(double value) {
    const bool is_nan = value != value;
    bits_.store(std::bit_cast<std::uint64_t>(is_nan ? kNan : value), std::memory_order_relaxed);
  }
  void clear() { bits_.store(kAbsent, std::memory_order_relaxed); }
  bool present() const { return bits_.load(std::memory_order_relaxed) != kAbsent; }
  // False: nothing was observed; `out` is left alone.
  bool get(double& out) const {
    const std::uint64_t bits = bits_.load(std::memory_order_relaxed);
    if (bits == kAbsent) return false;
    out = std::bit_cast<double>(bits);
    return true;
  }

 private:
  static constexpr double kNan = std::numeric_limits<double>::quiet_NaN();
  static constexpr std::uint64_t kAbsent = 0x7FF8'7469'636B'7769ULL;
  std::atomic<std::uint64_t> bits_{kAbsent};
};

// Which state of a stateset holds, or none yet.
class StateCell {
 public:
  static constexpr std::uint32_t kAbsent = 0xFFFF'FFFF;
  void set(std::uint32_t state) { state_.store(state, std::memory_order_relaxed); }
  void clear() { set(kAbsent); }
  std::uint32_t get() const { return state_.load(std::memory_order_relaxed); }

 private:
  std::atomic<std::uint32_t> state_{kAbsent};
};

struct HistogramSnapshot {
  std::uint64_t count = 0;
  std::uint64_t sum_ns = 0;
  std::vector<std::uint64_t> buckets;  // not cumulative; the last one is above every bound
};

// Durations in integer nanoseconds. Two halves: writers fill the hot one; a snapshot makes the
// other one hot, waits until the writers that were on their way have arrived, and so reads a half
// in which count, sum and buckets belong together (the way of client_golang's histogram). Writers
// never wait.
class HistogramCell {
 public:
  // `sketched`: keep the values for quantiles over a window as well.
  HistogramCell(std::span<const std::int64_t> bounds_ns, bool sketched);

  // False: negative; not in the histogram, whose sum would fall, but in the window.
  bool observe(base::Duration value);

  // Any thread; snapshots wait for one another.
  HistogramSnapshot snapshot() const;

  // The values since the last call that took them; nullptr when not sketched.
  SketchCell* sketch() const { return sketch_.get(); }

 private:
  struct Half {
    std::atomic<std::uint64_t> finished{0};
    std::atomic<std::uint64_t> sum_ns{0};
    std::unique_ptr<std::atomic<std::uint64_t>[]> buckets;
  };
  static constexpr std::uint64_t kHotBit = 1ULL << 63;

  std::span<const std::int64_t> bounds_ns_;
  mutable std::atomic<std::uint64_t> started_{0};  // highest bit: which half is hot
  mutable Half halves_[2];
  mutable std::mutex reading_;
  std::unique_ptr<SketchCell> sketch_;
};

}  // namespace tickwitness::telemetry
