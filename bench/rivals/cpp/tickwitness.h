// Our telemetry core as a peer.
#pragma once

#include <chrono>
#include <cmath>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "bench/rivals/cpp/workload.h"
#include "telemetry/core/exposition.h"
#include "telemetry/core/registry.h"

namespace tickwitness::bench {

class Tickwitness {
 public:
  static constexpr std::string_view kName = "tickwitness";
  using Duration = std::chrono::nanoseconds;

  struct Counter {
    telemetry::core::Counter counter;
    void inc() const { counter.inc(); }
    std::uint64_t value() const { return counter.value(); }
  };
  struct Histogram {
    telemetry::core::Histogram histogram;
    void observe(Duration value) const { histogram.observe(value); }
    std::uint64_t count() const { return histogram.snapshot().count; }
  };

  Tickwitness();
  static Duration duration(double seconds) { return Duration(std::llround(seconds * 1e9)); }

  Counter counter() const { return {counter_}; }
  Histogram histogram() const { return {histogram_}; }
  Counter find(const Labels& labels) const {
    return {lookup_.at(labels.exchange, labels.symbol, labels.channel)};
  }

  void add_counter(std::size_t family, const Labels& labels, std::uint64_t value);
  void add_histogram(const std::string& symbol, std::span<const Duration> values);
  void scrape(std::string& body) const {
    body.clear();
    telemetry::core::Exposition exposition(registry_, {});
    while (exposition.next(body)) {
    }
  }

 private:
  telemetry::core::Registry registry_;
  telemetry::core::CounterFamily lookup_;
  std::vector<telemetry::core::CounterFamily> families_;
  telemetry::core::HistogramFamily histograms_;
  // outside the registry, so that a scrape shows only what was added for it
  telemetry::core::Registry single_;
  telemetry::core::Counter counter_;
  telemetry::core::Histogram histogram_;
};

}  // namespace tickwitness::bench
