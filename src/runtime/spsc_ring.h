// Bounded hand-over between exactly one producer and one consumer thread, without locks.
// Method: two indices that only grow, each written by one side, with the other side's last known
// value cached beside them (Rigtorp's SPSCQueue describes the idea), so that the common case
// touches no line of the other core.
#pragma once

#include <atomic>
#include <cstddef>
#include <memory>
#include <utility>

namespace tickwitness::runtime {

template <class T>
class SpscRing {
 public:
  // Capacity is rounded up to a power of two, at least 2.
  explicit SpscRing(std::size_t capacity_min) {
    while (capacity_ < capacity_min) capacity_ *= 2;
    slots_ = std::make_unique<T[]>(capacity_);
  }

  // Producer. False when full; `item` is left as it was.
  bool try_push(T& item) {
    const std::size_t head = head_.load(std::memory_order_relaxed);
    if (head - tail_seen_ == capacity_) {
      tail_seen_ = tail_.load(std::memory_order_acquire);
      if (head - tail_seen_ == capacity_) return false;
    }
    slots_[head & (capacity_ - 1)] = std::move(item);
    head_.store(head + 1, std::memory_order_release);
    return true;
  }

  // Consumer. False when empty.
  bool try_pop(T& out) {
    const std::size_t tail = tail_.load(std::memory_order_relaxed);
    if (tail == head_seen_) {
      head_seen_ = head_.load(std::memory_order_acquire);
      if (tail == head_seen_) return false;
    }
    out = std::move(slots_[tail & (capacity_ - 1)]);
    tail_.store(tail + 1, std::memory_order_release);
    return true;
  }

  // Any thread; a moment's value.
  std::size_t size() const {
    const std::size_t tail = tail_.load(std::memory_order_acquire);
    return head_.load(std::memory_order_acquire) - tail;
  }
  std::size_t capacity() const { return capacity_; }

 private:
  static constexpr std::size_t kLine = 64;
  std::size_t capacity_ = 2;
  std::unique_ptr<T[]> slots_;
  alignas(kLine) std::atomic<std::size_t> head_{0};  // next slot to fill; written by the producer
  std::size_t tail_seen_ = 0;                        // the producer's copy of tail_
  alignas(kLine) std::atomic<std::size_t> tail_{0};  // next slot to take; written by the consumer
  std::size_t head_seen_ = 0;                        // the consumer's copy of head_
};

}  // namespace tickwitness::runtime
