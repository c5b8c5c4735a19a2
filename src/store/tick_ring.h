// The bounded hand-over of what is to be kept from the core role to the spool's thread. It never
// holds the core role up: what finds it full is lost and counted.
#pragma once

#include <atomic>
#include <cstddef>
#include <cstdint>

#include "pipeline/tick_tap.h"
#include "runtime/spsc_ring.h"
#include "store/selection.h"

namespace tickwitness::store {

class TickRing final : public pipeline::TickTap {
 public:
  TickRing(std::size_t capacity, base::Duration quote_every)
      : selection_(quote_every), ring_(capacity) {}

  void on_tick(const pipeline::Tick& tick) override {
    auto kept = selection_.pick(tick);
    if (kept && !ring_.try_push(*kept)) lost_.fetch_add(1, std::memory_order_relaxed);
  }

  // On the consumer's thread.
  bool try_pop(pipeline::Tick& tick) { return ring_.try_pop(tick); }
  // Any thread.
  std::size_t size() const { return ring_.size(); }
  std::uint64_t lost() const { return lost_.load(std::memory_order_relaxed); }

 private:
  Selection selection_;
  runtime::SpscRing<pipeline::Tick> ring_;
  std::atomic<std::uint64_t> lost_{0};
};

}  // namespace tickwitness::store
