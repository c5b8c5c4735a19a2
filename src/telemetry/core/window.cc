#include "telemetry/core/window.h"

#include <utility>

namespace tickwitness::telemetry::core {

bool TickRing::push(Moment now) {
  if (next_ != 0 && now - at(next_ - 1) < kTickMin) return false;
  times_[next_ % kSnapshots] = now;
  ++next_;
  return true;
}

std::uint64_t TickRing::oldest_inside() const {
  const std::uint64_t last = next_ - 1;
  std::uint64_t begin = last;
  while (begin > oldest() && at(last) - at(begin - 1) <= kWindow + kTickSlack) --begin;
  return begin;
}

std::uint64_t TickRing::window_begin() const {
  const std::uint64_t begin = oldest_inside();
  const bool after_gap = begin > oldest() && at(begin) - at(begin - 1) > kTickMax;
  return after_gap ? begin - 1 : begin;
}

std::uint64_t TickRing::first_slot() const {
  const std::uint64_t begin = oldest_inside();
  const bool young = begin == 0 && at(next_ - 1) - at(0) < kWindow - kTickSlack;
  return young ? 0 : begin + 1;
}

void CounterWindow::push(std::uint64_t tick, std::uint64_t value) {
  if (!first_) first_ = tick;
  values_[tick % kSnapshots] = value;
}

std::optional<std::uint64_t> CounterWindow::first_tick() const {
  return first_;
}

std::uint64_t CounterWindow::at(std::uint64_t tick) const {
  return first_ && tick >= *first_ ? values_[tick % kSnapshots] : 0;
}

void SketchWindow::push(std::uint64_t tick, SketchSlot slot) {
  slots_[tick % kSnapshots] = {tick, std::move(slot)};
}

void SketchWindow::add_to(SketchSum& sum, std::uint64_t first, std::uint64_t last) const {
  for (std::uint64_t tick = first; tick <= last; ++tick) {
    const Slot& slot = slots_[tick % kSnapshots];
    if (slot.tick == tick) sum.add(slot.values);
  }
}

}  // namespace tickwitness::telemetry::core
