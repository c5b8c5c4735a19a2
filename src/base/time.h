// The two kinds of time, as types that cannot be mixed. Neither has a now(): time comes through
// runtime::Clock only.
#pragma once

#include <chrono>
#include <cstdint>

namespace tickwitness::base {

using Duration = std::chrono::nanoseconds;

// Never steps; its zero is arbitrary. Every deadline and every age is computed with it.
struct Monotonic {
  using duration = Duration;
  using rep = duration::rep;
  using period = duration::period;
  using time_point = std::chrono::time_point<Monotonic, duration>;
  static constexpr bool is_steady = true;
};
using Instant = Monotonic::time_point;

// Nanoseconds since 1970-01-01 UTC. May step; only stamped on things and compared with an
// exchange's own stamps.
using WallTime = std::chrono::sys_time<Duration>;

constexpr double seconds(Duration duration) {
  return std::chrono::duration<double>(duration).count();
}

constexpr double milliseconds(Duration duration) {
  return std::chrono::duration<double, std::milli>(duration).count();
}

// Both clocks read at one moment; what every step of a role is given.
struct Now {
  Instant mono;
  WallTime wall;
};

}  // namespace tickwitness::base
