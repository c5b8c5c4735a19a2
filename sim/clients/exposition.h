// A scraper's reading of the Prometheus text format 0.0.4, written from its specification and
// sharing nothing with the writer it judges.
// https://prometheus.io/docs/instrumenting/exposition_formats/
#pragma once

#include <array>
#include <deque>
#include <map>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/result.h"

namespace tickwitness::sim {

// Texts of these structs are parts of the Exposition that they came from.
struct ScrapeSample {
  using Label = std::pair<std::string_view, std::string_view>;
  std::string_view name;          // as on the wire: with _bucket, _sum, _count
  std::span<const Label> labels;  // in the order of the text, unescaped
  // Name and labels, these sorted by name and escaped: equal for two samples exactly when they are
  // of one series.
  std::string_view series;
  double value = 0;

  // "" when absent.
  std::string_view label(std::string_view wanted) const;
};

struct ScrapeFamily {
  std::string_view name;
  std::string_view type;              // "counter", "gauge", "histogram", "summary", "untyped"
  std::string_view help;              // unescaped
  std::vector<ScrapeSample> samples;  // in the order of the text
};

// One scrape. Immutable once read; can be moved, not copied.
class Exposition {
 public:
  // Strict: errors name the line and what is wrong: samples of a family not together, a name twice,
  // a label twice, the same series twice, a bucket without `le`, no line feed at the end, a value
  // that is no number. Timestamps are read and dropped.
  static base::Result<Exposition> parse(std::string_view text);

  using Where = std::vector<std::pair<std::string_view, std::string_view>>;
  const std::vector<ScrapeFamily>& families() const { return families_; }
  // nullptr when absent.
  const ScrapeFamily* family(std::string_view name) const;
  // Of one family's samples with exactly this sample name ("x_count" of histogram x) and all these
  // labels: their sum, 0 when there is none.
  double sum(std::string_view sample_name, const Where& where = {}) const;
  // All of them; they live as long as this does.
  std::vector<const ScrapeSample*> find(std::string_view sample_name,
                                        const Where& where = {}) const;
  std::size_t series() const { return series_; }  // samples of all families
  std::size_t bytes() const { return bytes_; }    // of the text

 private:
  friend class ExpositionReader;
  // What histograms and summaries have instead of samples with the family's name.
  static constexpr std::array<std::string_view, 3> kParts{"_bucket", "_sum", "_count"};
  static bool has_part(std::string_view type, std::string_view part);
  // The family that a sample of that name is of; nullptr when there is none.
  const ScrapeFamily* family_of(std::string_view sample_name) const;

  // What the views above show: a copy of the text, the names of series, and the few texts that had
  // escapes.
  std::unique_ptr<char[]> text_, names_;
  std::deque<std::string> unescaped_;
  std::vector<ScrapeSample::Label> labels_;
  std::vector<ScrapeFamily> families_;
  std::map<std::string_view, std::size_t> by_name_;
  std::size_t series_ = 0;
  std::size_t bytes_ = 0;
};

// The format's numbers: decimal, with a sign and an exponent or without, NaN, +Inf, -Inf. Nothing
// for anything else and for what a double cannot hold.
std::optional<double> scrape_number(std::string_view text);

}  // namespace tickwitness::sim
