#include "bench/rivals/cpp/prometheus_cpp.h"

#include <ostream>
#include <streambuf>

namespace tickwitness::bench {
namespace {

// Appends to a string: its serializer writes to any stream.
class Into : public std::streambuf {
 public:
  explicit Into(std::string& body) : body_(body) {}

 private:
  int_type overflow(int_type c) override {
    body_ += static_cast<char>(c);
    return c;
  }
  std::streamsize xsputn(const char* text, std::streamsize size) override {
    body_.append(text, static_cast<std::size_t>(size));
    return size;
  }
  std::string& body_;
};

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

void PrometheusCpp::scrape(std::string& body) const {
  body.clear();
  Into into(body);
  std::ostream out(&into);
  prometheus::TextSerializer().Serialize(out, registry_.Collect());
}

}  // namespace tickwitness::bench
