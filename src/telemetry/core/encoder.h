// What a scrape is written with: one encoder for each format, all fed with the same samples.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "telemetry/core/bounds.h"
#include "telemetry/core/exemplars.h"
#include "telemetry/core/kind.h"
#include "telemetry/core/series.h"

namespace tickwitness::telemetry::core {

enum class Format : std::uint8_t { text_0_0_4, openmetrics_1_0, protobuf };

// For the Content-Type header; lives as long as the process.
std::string_view content_type(Format format);

// The answer to an `Accept` header: the format with the highest quality; of equals text, then
// OpenMetrics. Text also when the header is empty or accepts none of them (scrapers that name
// something else still read text). RFC 9110, 12.5.1.
Format negotiate(std::string_view accept);

struct Head {
  std::string_view name;  // as exported, counters with _total
  Kind kind = Kind::gauge;
  std::string_view help;
  std::string_view unit;
};

// Sums of counters stay exact integers; everything else is a double.
struct Number {
  bool whole = false;
  std::uint64_t integer = 0;
  double real = 0;
  double approx() const { return whole ? static_cast<double>(integer) : real; }
};

// An exemplar on its way out, its value in the exported unit.
struct ExportedExemplar {
  std::uint32_t bucket = 0;  // classic bucket of a histogram
  double value = 0;
  Exemplar exemplar;
};

struct HistogramSample {
  std::span<const BoundText> le;         // "+Inf" last
  std::span<const std::int64_t> bounds;  // one fewer
  double per_unit = 1e9;                 // bounds and sum are divided by it
  const HistogramSnapshot* classic = nullptr;
  const NativeHistogram* native = nullptr;           // null: none
  std::span<const ExportedExemplar> exemplars = {};  // ascending by bucket
  std::uint32_t created = 0;                         // Unix seconds; 0: unknown
};

struct SummarySample {
  struct Quantile {
    double quantile = 0;  // 0 … 1
    double value = 0;     // in the exported unit
  };
  std::span<const Quantile> quantiles;  // ascending; none when nothing came within the window
  double sum = 0;                       // in the exported unit
  std::uint64_t count = 0;
  std::uint32_t created = 0;  // Unix seconds; 0: unknown
};

struct EncoderOptions {
  bool created = false;  // OpenMetrics: `_created` samples where the time is known
};

// Whose sample it is.
struct SeriesText {
  std::string_view labels;     // as Series::labels()
  std::string_view line = {};  // as Series::line(), where there is one
};

// Not thread-safe.
class Encoder {
 public:
  virtual ~Encoder() = default;
  // Where all that follows is appended.
  void write_to(std::string& out) { out_ = &out; }
  // Starts a family. What head holds outlives end(). Its head is written with its first sample: a
  // family without samples is not there at all.
  virtual void begin(const Head& head) = 0;
  virtual void counter(const SeriesText& series, const Number& value,
                       const ExportedExemplar* exemplar = nullptr, std::uint32_t created = 0) = 0;
  virtual void gauge(const SeriesText& series, const Number& value) = 0;
  virtual void histogram(const SeriesText& series, const HistogramSample& sample) = 0;
  virtual void summary(const SeriesText& series, const SummarySample& sample) = 0;
  // Whether it writes native histograms.
  virtual bool native() const { return false; }
  // Whole counters, as far as a line of text is all they need: writes from `first` on until out()
  // has `enough` bytes, and gives the first one that it did not write. Faster than one by one.
  virtual const Series* plain_counters(const Series* first, std::size_t /*enough*/) {
    return first;
  }
  virtual void end() = 0;
  // After the last family.
  virtual void finish() = 0;

  // Memory for the histogram that is being written, used again for the next one.
  HistogramSnapshot& scratch() { return scratch_; }

 protected:
  std::string& out() { return *out_; }

 private:
  std::string* out_ = nullptr;
  HistogramSnapshot scratch_;
};

// It wants write_to() before anything else.
std::unique_ptr<Encoder> make_encoder(Format format, EncoderOptions options = {});

}  // namespace tickwitness::telemetry::core
