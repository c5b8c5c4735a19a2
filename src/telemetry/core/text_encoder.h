// Prometheus text 0.0.4 and OpenMetrics 1.0.0. Names of samples are the same in both.
// https://prometheus.io/docs/instrumenting/exposition_formats/
#pragma once

#include "telemetry/core/encoder.h"

namespace tickwitness::telemetry::core {

class TextEncoder final : public Encoder {
 public:
  TextEncoder(bool openmetrics, EncoderOptions options)
      : open_(openmetrics), created_(openmetrics && options.created) {}

  void begin(const Head& head) override {
    head_ = head;
    head_due_ = true;
  }
  void counter(const SeriesText& series, const Number& value, const ExportedExemplar* exemplar,
               std::uint32_t created) override;
  void gauge(const SeriesText& series, const Number& value) override;
  void histogram(const SeriesText& series, const HistogramSample& sample) override;
  void summary(const SeriesText& series, const SummarySample& sample) override;
  const Series* plain_counters(const Series* first, std::size_t enough) override;
  void end() override {}
  void finish() override {
    if (open_) out() += "# EOF\n";
  }

 private:
  void write_head();
  void before_sample() {
    if (head_due_) write_head();
  }
  // The whole line but for its end.
  void value(const SeriesText& series, const Number& value);
  // The same, of name + suffix.
  void suffixed(std::string_view suffix, std::string_view labels, const Number& value);
  void buckets(std::string_view labels, const HistogramSample& of);
  void buckets_with_exemplars(std::string_view labels, const HistogramSample& of);
  void exemplar(const ExportedExemplar& exemplar);
  void created(std::string_view labels, std::uint32_t at);

  bool open_;
  bool created_;
  Head head_;
  std::string prefix_;  // of the lines of a histogram's buckets, up to the bound
  bool head_due_ = false;
};

}  // namespace tickwitness::telemetry::core
