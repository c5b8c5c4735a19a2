// The same random operations through our library and through prometheus-cpp 1.0: both hold the same
// values, and every text that either of them writes says so.
//
// Counters below 2^53, fractional counters, gauges, counts and buckets are the same double to the
// bit. Sums of histograms are not: ours are exact integers of nanoseconds until they are divided,
// theirs are n additions of doubles. Each of their additions, and the conversion of each value, is
// off by at most half an ulp of a number not above the sum S, our conversion and division by one
// ulp together: (n + 3) · 2^-53 · S.
#include <fmt/format.h>
#include <gtest/gtest.h>
#include <prometheus/counter.h>
#include <prometheus/gauge.h>
#include <prometheus/histogram.h>
#include <prometheus/registry.h>
#include <prometheus/text_serializer.h>

#include <cmath>
#include <cstdlib>
#include <limits>
#include <map>
#include <string>
#include <tuple>
#include <vector>

#include "base/prng.h"
#include "sim/clients/exposition.h"
#include "telemetry/core/exposition.h"
#include "telemetry/core/test_protobuf_reader.h"
#include "telemetry/core/test_text_reader.h"

namespace tickwitness {
namespace {

namespace core = telemetry::core;
using Labels = std::map<std::string, std::string>;
constexpr double kNoBound = -1;

// A sample's name, labels without `le`, and `le`.
using Key = std::tuple<std::string, Labels, double>;
using Samples = std::map<Key, double>;

std::string text_of(const Key& key) {
  std::string out = std::get<0>(key);
  for (const auto& [name, value] : std::get<1>(key)) out += fmt::format(" {}={:?}", name, value);
  return out + fmt::format(" le {}", std::get<2>(key));
}

void enter(Samples& samples, Key key, double value) {
  EXPECT_TRUE(samples.emplace(key, value).second) << "twice: " << text_of(key);
}

Samples of(const core::Page& page) {
  Samples out;
  for (const auto& family : page.families) {
    for (const auto& sample : family.samples) {
      const Labels labels(sample.labels.begin(), sample.labels.end());
      enter(out, {sample.name, labels, sample.le.value_or(kNoBound)}, sample.value);
    }
  }
  return out;
}

Samples of(const sim::Exposition& page) {
  Samples out;
  for (const auto& family : page.families()) {
    for (const auto& sample : family.samples) {
      Labels labels;
      double bound = kNoBound;
      for (const auto& [name, value] : sample.labels) {
        if (name == "le") bound = sim::scrape_number(value).value();
        if (name != "le") labels.emplace(name, value);
      }
      enter(out, {std::string(sample.name), labels, bound}, sample.value);
    }
  }
  return out;
}

Samples of(const std::vector<prometheus::MetricFamily>& families) {
  Samples out;
  for (const auto& family : families) {
    for (const auto& metric : family.metric) {
      Labels labels;
      for (const auto& label : metric.label) labels.emplace(label.name, label.value);
      const auto put = [&](const char* suffix, double bound, double value) {
        enter(out, {family.name + suffix, labels, bound}, value);
      };
      if (family.type == prometheus::MetricType::Counter) put("", kNoBound, metric.counter.value);
      if (family.type == prometheus::MetricType::Gauge) put("", kNoBound, metric.gauge.value);
      if (family.type != prometheus::MetricType::Histogram) continue;
      const auto& histogram = metric.histogram;
      put("_count", kNoBound, static_cast<double>(histogram.sample_count));
      put("_sum", kNoBound, histogram.sample_sum);
      for (const auto& bucket : histogram.bucket) {
        put("_bucket", bucket.upper_bound, static_cast<double>(bucket.cumulative_count));
      }
    }
  }
  return out;
}

// What a reader of prometheus-cpp's text gets: it prints 16 digits, one too few for some doubles.
double through_16_digits(double value) {
  return std::strtod(fmt::format("{:.16g}", value).c_str(), nullptr);
}

bool is_sum(const Key& key) {
  return std::get<0>(key).ends_with("_sum");
}

// `digits16`: theirs went through its text.
void expect_same(const Samples& ours, const Samples& theirs, bool digits16, const char* what) {
  EXPECT_EQ(ours.size(), theirs.size()) << what;
  for (const auto& [key, value] : ours) {
    const auto found = theirs.find(key);
    ASSERT_NE(found, theirs.end()) << what << " has no " << text_of(key);
    if (is_sum(key)) {
      auto [name, labels, bound] = key;
      name.replace(name.size() - 3, 3, "count");
      double allowed = (ours.at({name, labels, bound}) + 3) * 0x1p-53 * value;
      if (digits16) allowed += 0.5e-15 * value;
      ASSERT_NEAR(value, found->second, allowed) << what << ": " << text_of(key);
      continue;
    }
    const double expected = digits16 ? through_16_digits(value) : value;
    const bool same =
        std::isnan(expected) ? std::isnan(found->second) : core::same_bits(expected, found->second);
    ASSERT_TRUE(same) << what << ": " << text_of(key) << ": ours " << value << ", theirs "
                      << found->second;
  }
}

// The same operation on both.
class Both {
 public:
  explicit Both(std::uint64_t seed)
      : prng_(seed),
        hits_(ours_.counter("hits_total", "Hits.", {"a", "b"})),
        busy_(ours_.fractional_counter("busy_seconds_total", "Busy.", {"a"})),
        level_(ours_.gauge("level", "Level.", {"a", "b"})),
        their_hits_(prometheus::BuildCounter().Name("hits_total").Help("Hits.").Register(theirs_)),
        their_busy_(
            prometheus::BuildCounter().Name("busy_seconds_total").Help("Busy.").Register(theirs_)),
        their_level_(prometheus::BuildGauge().Name("level").Help("Level.").Register(theirs_)) {
    for (int i = 0; i < 4; ++i) add_histogram(fmt::format("delay{}_seconds", i));
  }

  void step() {
    switch (prng_.below(6)) {
      case 0:
        return hit();
      case 1:
        return work();
      case 2:
        return move_gauge();
      default:
        return observe();
    }
  }

  void compare() const {
    const auto collected = theirs_.Collect();
    const Samples theirs = of(collected);
    const std::string text = core::render(ours_);
    const auto read = sim::Exposition::parse(text);
    ASSERT_TRUE(read) << read.error().message;
    const Samples ours = of(*read);
    expect_same(ours, theirs, false, "their values");

    std::string their_text = prometheus::TextSerializer().Serialize(collected);
    for (std::size_t at = 0; (at = their_text.find(" Nan\n", at)) != std::string::npos; ++at) {
      their_text.replace(at, 5, " NaN\n");  // as Prometheus reads it
    }
    const auto their_read = sim::Exposition::parse(their_text);
    ASSERT_TRUE(their_read) << their_read.error().message;
    expect_same(ours, of(*their_read), true, "their text");

    const auto open = core::render(ours_, {.format = core::Format::openmetrics_1_0});
    const auto open_page = core::TextReader(open, true).read();
    ASSERT_TRUE(open_page) << open;
    expect_same(of(*open_page), theirs, false, "OpenMetrics and their values");
    const auto protobuf = core::render(ours_, {.format = core::Format::protobuf});
    const auto page = core::ProtobufReader::read(protobuf);
    ASSERT_TRUE(page);
    expect_same(of(*page), theirs, false, "protobuf and their values");
  }

 private:
  struct HistogramPair {
    core::HistogramFamily ours;
    prometheus::Family<prometheus::Histogram>* theirs;
    std::vector<std::int64_t> bounds;  // ns
  };

  std::string text() {
    static const std::vector<std::string> parts{"\"", "\\", "\n", "\\n", "é", "日本", "😀", "{",
                                                "}",  ",",  "=",  " ",   "x", "a=\"", "\t"};
    std::string out;
    for (std::uint64_t n = prng_.below(4); n > 0; --n) out += parts[prng_.below(parts.size())];
    return out;
  }
  // Any finite double, or a small decimal.
  double real() {
    const double any = std::bit_cast<double>(prng_.next());
    const double decimal = static_cast<double>(prng_.below(2'000'000)) / 1000 - 1000;
    return prng_.below(2) == 0 && std::isfinite(any) ? any : decimal;
  }

  void add_histogram(const std::string& name) {
    core::FamilyDecl decl{.name = name, .kind = core::Kind::histogram, .help = "Delay."};
    decl.labels = {"a"};
    decl.native = prng_.below(2) == 0;
    std::int64_t bound = 0;
    for (std::uint64_t n = prng_.below(12); n > 0; --n) {
      bound += 1 + static_cast<std::int64_t>(prng_.below(std::uint64_t{1} << prng_.below(50)));
      decl.bounds.push_back(bound);
    }
    auto& theirs = prometheus::BuildHistogram().Name(name).Help("Delay.").Register(theirs_);
    histograms_.push_back(
        {core::HistogramFamily(ours_.add(decl)), &theirs, std::move(decl.bounds)});
  }

  void hit() {
    const std::string a = text();
    const std::string b = text();
    const std::uint64_t n = prng_.below(1'000'000);
    hits_.at(a, b).add(n);
    their_hits_.Add({{"a", a}, {"b", b}}).Increment(static_cast<double>(n));
  }

  void work() {
    const std::string a = text();
    const double x = prng_.below(50) == 0 ? std::numeric_limits<double>::infinity() : real();
    busy_.at(a).add(x);
    their_busy_.Add({{"a", a}}).Increment(x);
  }

  void move_gauge() {
    constexpr double kInf = std::numeric_limits<double>::infinity();
    constexpr std::array kOdd{std::numeric_limits<double>::quiet_NaN(),
                              kInf,
                              -kInf,
                              -0.0,
                              0.0,
                              5e-324,
                              1e-300,
                              9007199254740993.0,
                              0.1 + 0.2};
    const std::string a = text();
    const std::string b = text();
    const double x = prng_.below(3) == 0 ? kOdd[prng_.below(kOdd.size())] : real();
    auto& theirs = their_level_.Add({{"a", a}, {"b", b}});
    if (prng_.below(2) == 0) {
      level_.at(a, b).set(x);
      theirs.Set(x);
    } else {
      level_.at(a, b).add(x);
      theirs.Increment(x);
    }
  }

  void observe() {
    HistogramPair& pair = histograms_[prng_.below(histograms_.size())];
    const std::string a = text();
    std::int64_t value =
        static_cast<std::int64_t>(prng_.below(std::uint64_t{1} << prng_.below(48)));
    if (!pair.bounds.empty() && prng_.below(2) == 0) {
      // On a bound, or one nanosecond beside it.
      value = pair.bounds[prng_.below(pair.bounds.size())];
      value += static_cast<std::int64_t>(prng_.below(3)) - 1;
    }
    EXPECT_TRUE(pair.ours.at(a).observe(std::chrono::nanoseconds(value)));
    std::vector<double> bounds;
    for (const std::int64_t bound : pair.bounds) bounds.push_back(static_cast<double>(bound) / 1e9);
    pair.theirs->Add({{"a", a}}, bounds).Observe(static_cast<double>(value) / 1e9);
  }

  base::Prng prng_;
  core::Registry ours_;
  prometheus::Registry theirs_;
  core::CounterFamily hits_;
  core::FractionalCounterFamily busy_;
  core::GaugeFamily level_;
  prometheus::Family<prometheus::Counter>& their_hits_;
  prometheus::Family<prometheus::Counter>& their_busy_;
  prometheus::Family<prometheus::Gauge>& their_level_;
  std::vector<HistogramPair> histograms_;
};

TEST(PrometheusCpp, SameOperationsSameValues) {
  for (std::uint64_t seed = 1; seed <= 20; ++seed) {
    SCOPED_TRACE(seed);
    Both both(seed);
    for (int step = 0; step < 3000; ++step) both.step();
    both.compare();
    if (HasFatalFailure()) return;
  }
}

}  // namespace
}  // namespace tickwitness
