#include "telemetry/core/protobuf_encoder.h"

#include <limits>

#include "telemetry/core/text.h"

namespace tickwitness::telemetry::core {
namespace {

// Numbers of fields and values of metrics.proto.
namespace family {
constexpr unsigned kName = 1, kHelp = 2, kType = 3, kMetric = 4;
constexpr unsigned kCounterType = 0, kGaugeType = 1, kSummaryType = 2, kHistogramType = 4;
}  // namespace family
namespace metric {
constexpr unsigned kLabel = 1, kGauge = 2, kCounter = 3, kSummary = 4, kHistogram = 7;
}  // namespace metric
namespace summary {
constexpr unsigned kCount = 1, kSum = 2, kQuantile = 3;
}  // namespace summary
namespace histogram {
constexpr unsigned kCount = 1, kSum = 2, kBucket = 3, kSchema = 5, kZeroThreshold = 6,
                   kZeroCount = 7, kPositiveSpan = 12, kPositiveDelta = 13;
}  // namespace histogram
constexpr unsigned kLabelName = 1, kLabelValue = 2;
constexpr unsigned kValue = 1;            // of counters and gauges
constexpr unsigned kCounterExemplar = 2;  // of a counter
constexpr unsigned kBucketCount = 1, kBucketBound = 2, kBucketExemplar = 3;
constexpr unsigned kQuantileShare = 1, kQuantileValue = 2;
constexpr unsigned kSpanOffset = 1, kSpanLength = 2;
constexpr unsigned kExemplarLabel = 1, kExemplarValue = 2, kExemplarTime = 3;
constexpr unsigned kSeconds = 1, kNanos = 2;

// A family with more series comes in several messages, so that no message has to be held whole.
constexpr std::size_t kMetricsMax = 1000;
// The width of the zero bucket: whole units are observed, and 0 alone is below the smallest.
constexpr double kZeroThreshold = 0x1p-128;

std::string label_pair(std::string_view name, std::string_view value) {
  ProtobufWriter out;
  out.bytes_field(kLabelName, name);
  out.bytes_field(kLabelValue, value);
  return out.bytes();
}

std::string exemplar_message(const ExportedExemplar& exported) {
  const Exemplar& exemplar = exported.exemplar;
  constexpr std::int64_t kSecond = 1'000'000'000;
  const auto seconds = std::chrono::floor<std::chrono::seconds>(exemplar.at);
  // Also of the earliest time, whose whole second has no nanoseconds that fit.
  const std::int64_t nanos = (exemplar.at.time_since_epoch().count() % kSecond + kSecond) % kSecond;
  ProtobufWriter time;
  time.unsigned_field(kSeconds, static_cast<std::uint64_t>(seconds.time_since_epoch().count()));
  time.unsigned_field(kNanos, static_cast<std::uint64_t>(nanos));
  ProtobufWriter out;
  out.bytes_field(kExemplarLabel, label_pair(exemplar.name, valid_utf8(exemplar.value)));
  out.double_field(kExemplarValue, exported.value);
  out.bytes_field(kExemplarTime, time.bytes());
  return out.bytes();
}

void write_classic(ProtobufWriter& out, const HistogramSample& sample) {
  ProtobufWriter bucket;
  std::uint64_t below = 0;
  auto next = sample.exemplars.begin();
  for (std::size_t i = 0; i <= sample.bounds.size(); ++i) {
    below += sample.classic->buckets[i];
    bucket.clear();
    bucket.unsigned_field(kBucketCount, below);
    bucket.double_field(kBucketBound, i < sample.bounds.size()
                                          ? static_cast<double>(sample.bounds[i]) / sample.per_unit
                                          : std::numeric_limits<double>::infinity());
    if (next != sample.exemplars.end() && next->bucket == i) {
      bucket.bytes_field(kBucketExemplar, exemplar_message(*next++));
    }
    out.bytes_field(histogram::kBucket, bucket.bytes());
  }
}

// Spans of neighbouring buckets; counts as differences from the bucket before.
void write_native(ProtobufWriter& out, const NativeHistogram& native) {
  out.signed_field(histogram::kSchema, native.schema);
  out.double_field(histogram::kZeroThreshold, kZeroThreshold);
  out.unsigned_field(histogram::kZeroCount, native.zeros);
  ProtobufWriter span;
  ProtobufWriter deltas;
  std::int64_t last_count = 0;
  std::int32_t expected = 0;  // index after the last span
  for (std::size_t begin = 0; begin < native.buckets.size();) {
    std::size_t end = begin;
    for (; end < native.buckets.size() &&
           native.buckets[end].index ==
               native.buckets[begin].index + static_cast<std::int32_t>(end - begin);
         ++end) {
      const auto count = static_cast<std::int64_t>(native.buckets[end].count);
      deltas.varint(ProtobufWriter::zigzag(count - last_count));
      last_count = count;
    }
    span.clear();
    span.signed_field(kSpanOffset, native.buckets[begin].index - expected);
    span.unsigned_field(kSpanLength, end - begin);
    out.bytes_field(histogram::kPositiveSpan, span.bytes());
    expected = native.buckets[end - 1].index + 1;
    begin = end;
  }
  // A histogram without observations is told by an empty span from one without a native part.
  if (native.buckets.empty()) {
    span.signed_field(kSpanOffset, 0);
    span.unsigned_field(kSpanLength, 0);
    out.bytes_field(histogram::kPositiveSpan, span.bytes());
  } else {
    out.bytes_field(histogram::kPositiveDelta, deltas.bytes());
  }
}

}  // namespace

void ProtobufEncoder::add_metric(std::string_view labels, unsigned field,
                                 const ProtobufWriter& value) {
  metric_.clear();
  for (LabelReader reader(labels); reader.next();) {
    metric_.bytes_field(metric::kLabel, label_pair(reader.name(), reader.value()));
  }
  metric_.bytes_field(field, value.bytes());
  family_.bytes_field(family::kMetric, metric_.bytes());
  if (++metrics_ == kMetricsMax) end();
}

void ProtobufEncoder::counter(const SeriesText& series, const Number& value,
                              const ExportedExemplar* exemplar, std::uint32_t) {
  value_.clear();
  value_.double_field(kValue, value.approx());
  if (exemplar != nullptr) value_.bytes_field(kCounterExemplar, exemplar_message(*exemplar));
  add_metric(series.labels, metric::kCounter, value_);
}

void ProtobufEncoder::gauge(const SeriesText& series, const Number& value) {
  value_.clear();
  value_.double_field(kValue, value.approx());
  add_metric(series.labels, metric::kGauge, value_);
}

void ProtobufEncoder::histogram(const SeriesText& series, const HistogramSample& sample) {
  value_.clear();
  value_.unsigned_field(histogram::kCount, sample.classic->count);
  value_.double_field(histogram::kSum, static_cast<double>(sample.classic->sum) / sample.per_unit);
  write_classic(value_, sample);
  if (sample.native != nullptr) write_native(value_, *sample.native);
  add_metric(series.labels, metric::kHistogram, value_);
}

void ProtobufEncoder::summary(const SeriesText& series, const SummarySample& sample) {
  value_.clear();
  value_.unsigned_field(summary::kCount, sample.count);
  value_.double_field(summary::kSum, sample.sum);
  for (const auto& [quantile, found] : sample.quantiles) {
    ProtobufWriter one;
    one.double_field(kQuantileShare, quantile);
    one.double_field(kQuantileValue, found);
    value_.bytes_field(summary::kQuantile, one.bytes());
  }
  add_metric(series.labels, metric::kSummary, value_);
}

void ProtobufEncoder::end() {
  if (metrics_ == 0) return;
  metrics_ = 0;
  unsigned type = family::kGaugeType;
  if (head_.kind == Kind::counter) type = family::kCounterType;
  if (head_.kind == Kind::summary) type = family::kSummaryType;
  if (head_.kind == Kind::histogram) type = family::kHistogramType;
  ProtobufWriter head;
  head.bytes_field(family::kName, head_.name);
  head.bytes_field(family::kHelp, head_.help);
  head.unsigned_field(family::kType, type);
  ProtobufWriter length;
  length.varint(head.bytes().size() + family_.bytes().size());
  out().append(length.bytes()).append(head.bytes()).append(family_.bytes());
  family_.clear();
}

}  // namespace tickwitness::telemetry::core
