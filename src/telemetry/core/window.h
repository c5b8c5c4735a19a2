// The last 60 seconds as rings of snapshots that Registry::tick takes: nobody's scrape resets
// anything, so every reader sees the same window.
#pragma once

#include <array>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <optional>

#include "telemetry/core/sketch.h"

namespace tickwitness::telemetry::core {

// Since the arbitrary zero of a clock that never steps.
using Moment = std::chrono::nanoseconds;

inline constexpr std::chrono::nanoseconds kWindow = std::chrono::seconds(60);
// Ticks nearer together than this are one, so that 60 s always fit into the rings.
inline constexpr std::chrono::nanoseconds kTickMin = std::chrono::milliseconds(500);
// Ticks further apart than this have a gap between them: whoever takes them stood still.
inline constexpr std::chrono::nanoseconds kTickMax = std::chrono::seconds(2);
// How far from 60 s the window may be because ticks come a little late or early.
inline constexpr std::chrono::nanoseconds kTickSlack = std::chrono::milliseconds(500);
inline constexpr std::size_t kSnapshots = 122;  // 60 s of the fastest ticks, both ends, and a spare

// When snapshots were taken, numbered from 0 on.
class TickRing {
 public:
  // False: too soon after the last one, ignored.
  bool push(Moment now);
  // Number of the next tick; 0: there was none yet.
  std::uint64_t next() const { return next_; }
  // n must be one of the last kSnapshots.
  Moment at(std::uint64_t n) const { return times_[n % kSnapshots]; }
  // Where the window of what grew begins: the oldest tick not older than the window before the last
  // one; after a gap in the ticks the one before the gap, since what piled up in it came with the
  // ticks behind it. Only after a tick.
  std::uint64_t window_begin() const;
  // The oldest slot of the window: what ended with this tick. The slot that ended with tick 0 began
  // at an unknown time, but it is no reason to hide what a young process has seen.
  std::uint64_t first_slot() const;

 private:
  std::uint64_t oldest() const { return next_ > kSnapshots ? next_ - kSnapshots : 0; }
  // The oldest tick not older than the window before the last one.
  std::uint64_t oldest_inside() const;

  std::array<Moment, kSnapshots> times_{};
  std::uint64_t next_ = 0;
};

// The unit in which windows keep counters of fractions.
inline constexpr double kFractionsPerUnit = 1e9;

// A counter's values at the ticks.
class CounterWindow {
 public:
  // Called for every tick from the first after the series was made.
  void push(std::uint64_t tick, std::uint64_t value);
  // Absent before the first push.
  std::optional<std::uint64_t> first_tick() const;
  // 0 for ticks before the first: the series was not there yet. n within the ring.
  std::uint64_t at(std::uint64_t tick) const;

 private:
  std::array<std::uint64_t, kSnapshots> values_{};
  std::optional<std::uint64_t> first_;
};

// What was observed between two ticks, for each tick of the window.
class SketchWindow {
 public:
  void push(std::uint64_t tick, SketchSlot slot);
  // Adds the slots that ended with the ticks `first` to `last`.
  void add_to(SketchSum& sum, std::uint64_t first, std::uint64_t last) const;

 private:
  struct Slot {
    std::uint64_t tick = UINT64_MAX;
    SketchSlot values;
  };
  std::array<Slot, kSnapshots> slots_;
};

}  // namespace tickwitness::telemetry::core
