// prometheus-cpp as a peer.
#pragma once

#include <prometheus/counter.h>
#include <prometheus/family.h>
#include <prometheus/histogram.h>
#include <prometheus/registry.h>
#include <prometheus/text_serializer.h>

#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "bench/rivals/cpp/workload.h"

namespace tickwitness::bench {

class PrometheusCpp {
 public:
  static constexpr std::string_view kName = "prometheus_cpp";
  using Duration = double;  // seconds

  struct Counter {
    prometheus::Counter* counter;
    void inc() const { counter->Increment(); }
    std::uint64_t value() const { return static_cast<std::uint64_t>(counter->Value()); }
  };
  struct Histogram {
    prometheus::Histogram* histogram;
    void observe(Duration value) const { histogram->Observe(value); }
    std::uint64_t count() const { return histogram->Collect().histogram.sample_count; }
  };

  PrometheusCpp();
  static Duration duration(double seconds) { return seconds; }
  static prometheus::Labels prebuild(const Labels& labels) {
    return {{"exchange", labels.exchange}, {"symbol", labels.symbol}, {"channel", labels.channel}};
  }

  Counter counter() const { return {counter_}; }
  Histogram histogram() const { return {histogram_}; }
  Counter find(const Labels& labels) {
    return {&lookup_->Add(
        {{"exchange", labels.exchange}, {"symbol", labels.symbol}, {"channel", labels.channel}})};
  }
  Counter find(const prometheus::Labels& labels) { return {&lookup_->Add(labels)}; }

  void add_counter(std::size_t family, const Labels& labels, std::uint64_t value);
  void add_histogram(const std::string& symbol, std::span<const Duration> values);
  // Its exposer gathers and serializes likewise.
  void scrape(std::string& body) const;

 private:
  prometheus::Registry registry_;
  // Made with the peer: the registry keeps families in the order in which they were added. Those
  // without series are not exposed.
  prometheus::Family<prometheus::Counter>* lookup_;
  std::vector<prometheus::Family<prometheus::Counter>*> families_;
  prometheus::Family<prometheus::Histogram>* histograms_;
  // outside the registry, so that a scrape shows only what was added for it
  prometheus::Counter single_;
  prometheus::Histogram single_histogram_;
  prometheus::Counter* counter_ = &single_;
  prometheus::Histogram* histogram_ = &single_histogram_;
};

}  // namespace tickwitness::bench
