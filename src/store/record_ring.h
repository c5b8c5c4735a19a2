// The bounded hand-over of what is to be kept from the core role to the spool's thread. It never
// holds the core role up: what finds it full is lost and counted.
#pragma once

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <utility>
#include <variant>

#include "pipeline/record_tap.h"
#include "runtime/spsc_ring.h"
#include "store/selection.h"

namespace tickwitness::store {

class RecordRing final : public pipeline::RecordTap {
 public:
  // Entries of the gap ledger are rare, and larger than ticks.
  using Item = std::variant<pipeline::Tick, std::unique_ptr<const pipeline::GapEntry>>;

  RecordRing(std::size_t capacity, base::Duration quote_every)
      : selection_(quote_every), ring_(capacity) {}

  void on_tick(const pipeline::Tick& tick) override {
    auto kept = selection_.pick(tick);
    if (kept) push(*kept);
  }
  bool on_gap(const pipeline::GapEntry& gap) override {
    Item item = std::make_unique<const pipeline::GapEntry>(gap);
    return ring_.try_push(item);
  }

  // On the consumer's thread.
  bool try_pop(Item& item) { return ring_.try_pop(item); }
  // Any thread.
  std::size_t size() const { return ring_.size(); }
  std::uint64_t lost() const { return lost_.load(std::memory_order_relaxed); }

 private:
  void push(Item item) {
    if (!ring_.try_push(item)) lost_.fetch_add(1, std::memory_order_relaxed);
  }

  Selection selection_;
  runtime::SpscRing<Item> ring_;
  std::atomic<std::uint64_t> lost_{0};
};

}  // namespace tickwitness::store
