// The bounded hand-over of ticks from ingest to core, with a declared policy for when it is full
// and metrics that say how full it is and was.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>

#include "pipeline/tick.h"
#include "runtime/spsc_ring.h"
#include "telemetry/catalog.gen.h"

namespace tickwitness::pipeline {

enum class OverloadPolicy : std::uint8_t {
  backpressure,  // the producer lets the consumer drain and pushes again; counted as blocked
  drop_newest,   // the tick is dropped and counted
};

// push() on the producer's thread, drain() on the consumer's (they may be one), observe() on the
// producer's.
class Handoff {
 public:
  Handoff(std::size_t capacity, OverloadPolicy policy, telemetry::Catalog& metrics,
          telemetry::label::Ring name);

  // False only under backpressure and only when the ring is full: drain, then push the same tick
  // again.
  [[nodiscard]] bool push(Tick& tick);

  // Hands up to `most` ticks to `consume(Tick&)`, oldest first; returns how many.
  template <class Consume>
  std::size_t drain(std::size_t most, Consume&& consume) {
    std::size_t count = 0;
    for (Tick tick; count < most && ring_.try_pop(tick); ++count) consume(tick);
    return count;
  }

  // Sets the gauges; a few times a second.
  void observe(base::Instant now);

  std::size_t depth() const { return ring_.size(); }
  std::size_t capacity() const { return ring_.capacity(); }
  // The deepest it was in the last minute, as of the last observe().
  std::size_t high_water() const;

 private:
  runtime::SpscRing<Tick> ring_;
  OverloadPolicy policy_;
  std::size_t deepest_ = 0;  // since the last observe()
  // By second, so that a scraper of any interval sees the peak of the last minute.
  std::array<std::size_t, 60> deepest_of_second_{};
  std::int64_t second_ = 0;
  telemetry::Counter received_, dropped_, blocked_;
  telemetry::Gauge depth_gauge_, high_water_gauge_;
};

}  // namespace tickwitness::pipeline
