#include "telemetry/core/histogram_words.h"

#include <thread>

namespace tickwitness::telemetry::core {
namespace {

// A reader beside a writer that does nothing else succeeds with every other try. After so many the
// writer is in the middle of an observation and does not run: let it run. After very many it is
// held up for long.
constexpr int kTries = 64;
constexpr int kYields = 1000;

}  // namespace

bool HistogramWords::observe_slowly(std::int64_t value) const {
  if (lanes::get_owned(first_)) return observe(value);
  const Word bucket = first_ + kBuckets + buckets_->index(value);
  lanes::common(bucket).fetch_add(1, std::memory_order_relaxed);
  lanes::common(first_ + kSum)
      .fetch_add(static_cast<std::uint64_t>(value), std::memory_order_release);
  lanes::common(first_ + kCount).fetch_add(1, std::memory_order_release);
  return true;
}

template <class Load>
void HistogramWords::add_lane(HistogramSnapshot& out, const Load& load) const {
  std::vector<std::uint64_t>& seen = out.lane;
  seen.resize(buckets_->size());
  for (int tries = 0;; ++tries) {
    const std::uint64_t count = load(first_ + kCount, std::memory_order_acquire);
    if (count == 0) return;  // what is under way there comes with the next snapshot
#ifndef TW_BREAK_HISTOGRAM_ORDER
    const std::uint64_t sum = load(first_ + kSum, std::memory_order_acquire);
#endif
    std::uint64_t total = 0;
    for (std::uint32_t i = 0; i < seen.size(); ++i) {
      seen[i] = load(first_ + kBuckets + i, std::memory_order_relaxed);
      total += seen[i];
    }
#ifdef TW_BREAK_HISTOGRAM_ORDER  // a test of the test that looks for torn snapshots
    const std::uint64_t sum = load(first_ + kSum, std::memory_order_acquire);
#endif
    if (total != count && tries < kTries + kYields) {
      // outside-ok: some instructions of another thread, never in one
      if (tries >= kTries) std::this_thread::yield();
      continue;
    }
    for (std::size_t i = 0; i < seen.size(); ++i) out.buckets[i] += seen[i];
    out.count += total;
    out.sum += sum;
    return;
  }
}

void HistogramWords::add_to(HistogramSnapshot& out) const {
  out.buckets.resize(buckets_->size());
  add_lane(out, [](Word word, std::memory_order order) { return lanes::load_common(word, order); });
  for (std::uint32_t lane = lanes::count(); lane-- > 0;) {
    add_lane(out,
             [lane](Word word, std::memory_order order) { return lanes::load(lane, word, order); });
  }
}

HistogramSnapshot HistogramWords::snapshot() const {
  HistogramSnapshot out;
  add_to(out);
  return out;
}

}  // namespace tickwitness::telemetry::core
