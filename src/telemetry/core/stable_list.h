// A list that only grows and whose elements never move, read without a lock while one writer
// appends.
#pragma once

#include <array>
#include <atomic>
#include <bit>
#include <cstddef>
#include <memory>
#include <utility>

namespace tickwitness::telemetry::core {

// append(): one thread at a time. The rest: any thread.
template <class T>
class StableList {
 public:
  StableList() = default;
  StableList(const StableList&) = delete;
  StableList& operator=(const StableList&) = delete;
  ~StableList() {
    const std::size_t n = size();
    for (std::size_t i = 0; i < n; ++i) std::destroy_at(&(*this)[i]);
    for (std::size_t piece = 0; piece < pieces_.size(); ++piece) {
      T* const all = pieces_[piece].load(std::memory_order_relaxed);
      if (all != nullptr) std::allocator<T>().deallocate(all, length(piece));
    }
  }

  std::size_t size() const { return size_.load(std::memory_order_acquire); }
  // i < size().
  T& operator[](std::size_t i) const {
    const std::size_t piece = piece_of(i);
    return pieces_[piece].load(std::memory_order_relaxed)[i - begin(piece)];
  }

  template <class... Args>
  T& append(Args&&... args) {
    const std::size_t n = size_.load(std::memory_order_relaxed);
    const std::size_t piece = piece_of(n);
    T* all = pieces_[piece].load(std::memory_order_relaxed);
    if (all == nullptr) {
      all = std::allocator<T>().allocate(length(piece));
      pieces_[piece].store(all, std::memory_order_relaxed);
    }
    T& made = *std::construct_at(all + (n - begin(piece)), std::forward<Args>(args)...);
    size_.store(n + 1, std::memory_order_release);
    return made;
  }

 private:
  // Pieces of 4, 4, 8, 16, … elements.
  static constexpr std::size_t kFirst = 4;
  static std::size_t piece_of(std::size_t i) {
    return static_cast<std::size_t>(std::bit_width(i / kFirst));
  }
  static std::size_t begin(std::size_t piece) { return piece == 0 ? 0 : kFirst << (piece - 1); }
  static std::size_t length(std::size_t piece) { return piece == 0 ? kFirst : begin(piece); }

  std::array<std::atomic<T*>, 32> pieces_{};
  std::atomic<std::size_t> size_{0};
};

}  // namespace tickwitness::telemetry::core
