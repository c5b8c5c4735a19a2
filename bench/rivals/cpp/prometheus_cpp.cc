#include "bench/rivals/cpp/prometheus_cpp.h"

namespace tickwitness::bench {
namespace {

prometheus::Family<prometheus::Counter>& counters(prometheus::Registry& registry,
                                                  const std::string& name) {
  return prometheus::BuildCounter().Name(name).Help("Events counted.").Register(registry);
}

}  // namespace

PrometheusCpp::PrometheusCpp()
    : lookup_(&counters(registry_, "bench_lookup_total")),
      histograms_(&prometheus::BuildHistogram()
                       .Name("bench_latency_seconds")
                       .Help("Delays measured.")
                       .Register(registry_)),
      single_histogram_(bounds()) {
  for (std::size_t i = 0; i < kFamilies; ++i) {
    families_.push_back(&counters(registry_, family_name(i)));
  }
}

void PrometheusCpp::add_counter(std::size_t family, const Labels& labels, std::uint64_t value) {
  families_[family]->Add(prebuild(labels)).Increment(static_cast<double>(value));
}

void PrometheusCpp::add_histogram(const std::string& symbol, std::span<const Duration> values) {
  auto& histogram = histograms_->Add({{"symbol", symbol}}, bounds());
  for (const auto value : values) histogram.Observe(value);
}

}  // namespace tickwitness::bench
