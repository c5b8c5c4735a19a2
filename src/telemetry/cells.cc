#include "telemetry/cells.h"

#include <thread>

namespace tickwitness::telemetry {

HistogramCell::HistogramCell(std::span<const std::int64_t> bounds_ns, bool sketched)
    : bounds_ns_(bounds_ns) {
  for (Half& half : halves_) {
    half.buckets = std::make_unique<std::atomic<std::uint64_t>[]>(bounds_ns_.size() + 1);
  }
  if (sketched) sketch_ = std::make_unique<SketchCell>();
}

bool HistogramCell::observe(base::Duration value) {
  const std::int64_t ns = value.count();
  if (sketch_) sketch_->add(ns);
  if (ns < 0) return false;
  const auto bucket = std::lower_bound(bounds_ns_.begin(), bounds_ns_.end(), ns);
  // Acquire: a half that was emptied by a snapshot is seen empty before it is filled again.
  const std::uint64_t ticket = started_.fetch_add(1, std::memory_order_acquire);
  Half& half = halves_[(ticket & kHotBit) != 0];
  half.buckets[static_cast<std::size_t>(bucket - bounds_ns_.begin())].fetch_add(
      1, std::memory_order_relaxed);
  half.sum_ns.fetch_add(static_cast<std::uint64_t>(ns), std::memory_order_relaxed);
  half.finished.fetch_add(1, std::memory_order_release);
  return true;
}

HistogramSnapshot HistogramCell::snapshot() const {
  const std::lock_guard lock(reading_);
  const std::uint64_t ticket = started_.fetch_add(kHotBit, std::memory_order_acq_rel);
  const bool was_hot = (ticket & kHotBit) != 0;
  Half& cold = halves_[was_hot];
  Half& hot = halves_[!was_hot];

  HistogramSnapshot out;
  out.count = ticket & ~kHotBit;
  while (cold.finished.load(std::memory_order_acquire) != out.count) {
    std::this_thread::yield();  // outside-ok: some instructions of another thread, never in one
  }
  out.sum_ns = cold.sum_ns.load(std::memory_order_relaxed);
  out.buckets.resize(bounds_ns_.size() + 1);
  for (std::size_t i = 0; i < out.buckets.size(); ++i) {
    out.buckets[i] = cold.buckets[i].load(std::memory_order_relaxed);
    hot.buckets[i].fetch_add(out.buckets[i], std::memory_order_relaxed);
    cold.buckets[i].store(0, std::memory_order_relaxed);
  }
  hot.sum_ns.fetch_add(out.sum_ns, std::memory_order_relaxed);
  cold.sum_ns.store(0, std::memory_order_relaxed);
  cold.finished.store(0, std::memory_order_relaxed);
  hot.finished.fetch_add(out.count, std::memory_order_release);
  return out;
}

}  // namespace tickwitness::telemetry
