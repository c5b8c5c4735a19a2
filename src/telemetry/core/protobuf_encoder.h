// Prometheus' protobuf format: io.prometheus.client.MetricFamily messages, each after its length.
// The only format that has native histograms.
// https://github.com/prometheus/client_model/blob/master/io/prometheus/client/metrics.proto
#pragma once

#include "telemetry/core/encoder.h"
#include "telemetry/core/protobuf_writer.h"

namespace tickwitness::telemetry::core {

class ProtobufEncoder final : public Encoder {
 public:
  void begin(const Head& head) override { head_ = head; }
  void counter(const SeriesText& series, const Number& value, const ExportedExemplar* exemplar,
               std::uint32_t created) override;
  void gauge(const SeriesText& series, const Number& value) override;
  void histogram(const SeriesText& series, const HistogramSample& sample) override;
  void summary(const SeriesText& series, const SummarySample& sample) override;
  bool native() const override { return true; }
  void end() override;
  void finish() override {}

 private:
  // A metric with these labels and a value as field `field` goes into the family.
  void add_metric(std::string_view labels, unsigned field, const ProtobufWriter& value);

  Head head_;
  // What is written so far, from the outside in: a message is known to be complete, and its length
  // known, before it goes into the one around it.
  ProtobufWriter family_;
  std::size_t metrics_ = 0;
  ProtobufWriter metric_, value_;
};

}  // namespace tickwitness::telemetry::core
