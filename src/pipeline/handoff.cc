#include "pipeline/handoff.h"

#include <algorithm>

namespace tickwitness::pipeline {

Handoff::Handoff(std::size_t capacity, OverloadPolicy policy, telemetry::Catalog& metrics,
                 telemetry::label::Ring name)
    : ring_(capacity),
      policy_(policy),
      received_(metrics.pipeline_ticks_received.at()),
      dropped_(metrics.pipeline_dropped.at(name)),
      blocked_(metrics.pipeline_blocked.at(name)),
      depth_gauge_(metrics.pipeline_ring_depth.at(name)),
      high_water_gauge_(metrics.pipeline_ring_high_water.at(name)) {
  metrics.pipeline_ring_capacity.at(name).set(static_cast<double>(ring_.capacity()));
  observe();
}

bool Handoff::push(Tick& tick) {
  if (!ring_.try_push(tick)) {
    if (policy_ == OverloadPolicy::backpressure) {
      blocked_.inc();
      return false;
    }
    dropped_.inc();
  }
  received_.inc();
  const std::size_t depth = ring_.size();
  high_water_ = std::max(high_water_, depth);
  return true;
}

void Handoff::observe() {
  depth_gauge_.set(static_cast<double>(ring_.size()));
  high_water_gauge_.set(static_cast<double>(high_water_));
  high_water_ = ring_.size();
}

}  // namespace tickwitness::pipeline
