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
  observe({});
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
  deepest_ = std::max(deepest_, depth);
  return true;
}

std::size_t Handoff::high_water() const {
  return *std::ranges::max_element(deepest_of_second_);
}

void Handoff::observe(base::Instant now) {
  const std::int64_t second =
      std::chrono::floor<std::chrono::seconds>(now.time_since_epoch()).count();
  const auto slots = static_cast<std::int64_t>(deepest_of_second_.size());
  for (std::int64_t past = std::max(second_ + 1, second - slots + 1); past <= second; ++past) {
    deepest_of_second_[static_cast<std::size_t>(past % slots)] = 0;
  }
  second_ = second;
  std::size_t& deepest = deepest_of_second_[static_cast<std::size_t>(second % slots)];
  deepest = std::max({deepest, deepest_, ring_.size()});
  deepest_ = 0;
  depth_gauge_.set(static_cast<double>(ring_.size()));
  high_water_gauge_.set(static_cast<double>(high_water()));
}

}  // namespace tickwitness::pipeline
