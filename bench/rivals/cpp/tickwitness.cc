#include "bench/rivals/cpp/tickwitness.h"

namespace tickwitness::bench {
namespace {

namespace core = telemetry::core;

core::HistogramFamily latencies(core::Registry& registry, std::vector<std::string> labels) {
  core::FamilyDecl decl{.name = "bench_latency_seconds",
                        .kind = core::Kind::histogram,
                        .help = "Delays measured.",
                        .labels = std::move(labels)};
  for (const double bound : bounds()) decl.bounds.push_back(Tickwitness::duration(bound).count());
  return core::HistogramFamily(registry.add(std::move(decl)));
}

}  // namespace

Tickwitness::Tickwitness()
    : lookup_(registry_.counter("bench_lookup_total", "Events counted.",
                                {"exchange", "symbol", "channel"})),
      histograms_(latencies(registry_, {"symbol"})),
      counter_(single_.counter("bench_total", "Events counted.").at()),
      histogram_(latencies(single_, {}).at()) {
  for (std::size_t i = 0; i < kFamilies; ++i) {
    families_.push_back(
        registry_.counter(family_name(i), "Events counted.", {"exchange", "symbol", "channel"}));
  }
}

void Tickwitness::add_counter(std::size_t family, const Labels& labels, std::uint64_t value) {
  families_[family].at(labels.exchange, labels.symbol, labels.channel).add(value);
}

void Tickwitness::add_histogram(const std::string& symbol, std::span<const Duration> values) {
  const auto one = histograms_.at(symbol);
  for (const auto value : values) one.observe(value);
}

}  // namespace tickwitness::bench
