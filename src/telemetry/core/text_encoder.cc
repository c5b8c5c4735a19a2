#include "telemetry/core/text_encoder.h"

#include <algorithm>
#include <cstring>

#include "telemetry/core/text.h"

namespace tickwitness::telemetry::core {
namespace {

// OpenMetrics has no `_total`, `_info` in the name of the family, only in those of its samples.
std::string_view without(std::string_view name, std::string_view suffix) {
  return name.ends_with(suffix) ? name.substr(0, name.size() - suffix.size()) : name;
}

char* put(char* at, std::string_view text) {
  if (!text.empty()) std::memcpy(at, text.data(), text.size());
  return at + text.size();
}

constexpr std::size_t kStride = Series::kTextStride;

// What `prefix` writes, of at most `size` characters, and the number.
template <class Prefix>
void append(std::string& out, std::size_t size, const Number& value, const Prefix& prefix) {
  const std::size_t before = out.size();
  out.resize_and_overwrite(before + size + kNumberMax, [&](char* begin, std::size_t) {
    char* at = prefix(begin + before);
    at = value.whole ? write_number(at, value.integer) : write_number(at, value.real);
    return static_cast<std::size_t>(at - begin);
  });
}

}  // namespace

void TextEncoder::write_head() {
  head_due_ = false;
  std::string_view family = head_.name;
  // A state set is a gauge for each state in both formats: OpenMetrics has a type for it, but
  // demands that the label be called like the family, and then a series would have another name in
  // each format.
  std::string_view type = "gauge";
  if (head_.kind == Kind::histogram) type = "histogram";
  if (head_.kind == Kind::summary) type = "summary";
  if (head_.kind == Kind::counter) type = "counter";
  if (open_ && head_.kind == Kind::counter) {
    family = without(head_.name, "_total");
    if (family.size() == head_.name.size()) type = "unknown";  // a counter must have _total there
  }
  if (open_ && head_.kind == Kind::info && head_.name.ends_with("_info")) {
    family = without(head_.name, "_info");
    type = "info";
  }
  out().append("# HELP ").append(family).append(" ");
  append_help(out(), head_.help, open_);
  out().append("\n# TYPE ").append(family).append(" ").append(type).append("\n");
  if (open_ && !head_.unit.empty()) {
    out().append("# UNIT ").append(family).append(" ").append(head_.unit).append("\n");
  }
}

void TextEncoder::value(const SeriesText& series, const Number& value) {
  if (series.line.empty()) return suffixed("", series.labels, value);
  append(out(), series.line.size(), value, [&](char* at) { return put(at, series.line); });
}

void TextEncoder::suffixed(std::string_view suffix, std::string_view labels, const Number& value) {
  const std::size_t size = head_.name.size() + suffix.size() + labels.size() + 3;
  append(out(), size, value, [&](char* at) {
    at = put(put(at, head_.name), suffix);
    if (!labels.empty()) at = put(put(put(at, "{"), labels), "}");
    return put(at, " ");
  });
}

void TextEncoder::exemplar(const ExportedExemplar& exported) {
  std::string label;
  append_label(label, exported.exemplar.name, valid_utf8(exported.exemplar.value));
  out().append(" # {").append(label).append("} ");
  append_number(out(), exported.value);
  out() += ' ';
  append_time(out(), exported.exemplar.at.time_since_epoch());
}

void TextEncoder::created(std::string_view labels, std::uint32_t at) {
  if (!created_ || at == 0) return;
  const std::string_view name = head_.name;
  head_.name = without(name, "_total");
  suffixed("_created", labels, {.whole = true, .integer = at});
  head_.name = name;
  out() += '\n';
}

void TextEncoder::counter(const SeriesText& series, const Number& number,
                          const ExportedExemplar* exported, std::uint32_t made) {
  before_sample();
  value(series, number);
  // What is not called _total is no counter there, and only counters have exemplars.
  if (open_ && exported != nullptr && head_.name.ends_with("_total")) exemplar(*exported);
  out() += '\n';
  if (head_.name.ends_with("_total")) created(series.labels, made);
}

// Lines are copied by strides: behind the text of a series is room for a whole one.
const Series* TextEncoder::plain_counters(const Series* first, std::size_t enough) {
  constexpr std::size_t kLineMax = 4096;
  constexpr std::size_t kPieceMax = std::size_t{1} << 20;
  const auto plain = [this](const Series* series) {
    return series != nullptr && series->line().size() <= kLineMax && !created_ &&
           (!open_ || series->exemplars() == nullptr);
  };
  while (first != nullptr && first->hidden()) first = first->next();
  if (out().size() >= enough || !plain(first)) return first;
  before_sample();
  const std::size_t start = out().size();
  enough = std::min(enough, start + kPieceMax);
  const std::size_t room = std::max(enough, start) + kLineMax + kStride + kNumberMax + 1;
  out().resize_and_overwrite(room, [&](char* begin, std::size_t) {
    char* at = begin + start;
    for (; at < begin + enough && plain(first); first = first->next()) {
      if (first->hidden()) continue;
      const std::string_view line = first->line();
      for (std::size_t copied = 0; copied < line.size(); copied += kStride) {
        std::memcpy(at + copied, line.data() + copied, kStride);
      }
      at = write_number(at + line.size(), word::sum(first->word()));
      *at++ = '\n';
    }
    return static_cast<std::size_t>(at - begin);
  });
  return first;
}

void TextEncoder::gauge(const SeriesText& series, const Number& number) {
  before_sample();
  value(series, number);
  out() += '\n';
}

// A histogram is many short lines that differ in two words; they are written into room that was
// made once, in copies of fixed length where something shorter is overwritten by what comes next.
void TextEncoder::buckets(std::string_view labels, const HistogramSample& of) {
  prefix_.assign(head_.name).append("_bucket{").append(labels);
  prefix_.append(labels.empty() ? "le=\"" : ",le=\"");
  const std::size_t prefix = prefix_.size();
  prefix_.append(kStride, ' ');
  const std::size_t before = out().size();
  const std::size_t line = prefix + kStride + kBoundMax + kNumberMax;
  out().resize_and_overwrite(before + of.le.size() * line, [&](char* begin, std::size_t) {
    char* at = begin + before;
    std::uint64_t below = 0;
    for (std::size_t i = 0; i < of.le.size(); ++i) {
      below += of.classic->buckets[i];
      for (std::size_t copied = 0; copied < prefix; copied += kStride) {
        std::memcpy(at + copied, prefix_.data() + copied, kStride);
      }
      std::memcpy(at + prefix, of.le[i].tail.data(), kBoundMax);
      at = write_number(at + prefix + of.le[i].tail_size, below);
      *at++ = '\n';
    }
    return static_cast<std::size_t>(at - begin);
  });
}

// The same line by line, with exemplars.
void TextEncoder::buckets_with_exemplars(std::string_view labels, const HistogramSample& of) {
  Number below{.whole = true};
  auto next = of.exemplars.begin();
  std::string with_bound;
  for (std::size_t i = 0; i < of.le.size(); ++i) {
    below.integer += of.classic->buckets[i];
    with_bound = labels;
    append_label(with_bound, "le", of.le[i].text());
    suffixed("_bucket", with_bound, below);
    if (next != of.exemplars.end() && next->bucket == i) exemplar(*next++);
    out() += '\n';
  }
}

void TextEncoder::histogram(const SeriesText& series, const HistogramSample& of) {
  before_sample();
  const std::string_view labels = series.labels;
  if (open_ && !of.exemplars.empty()) {
    buckets_with_exemplars(labels, of);
  } else {
    buckets(labels, of);
  }
  suffixed("_sum", labels, {.real = static_cast<double>(of.classic->sum) / of.per_unit});
  out() += '\n';
  suffixed("_count", labels, {.whole = true, .integer = of.classic->count});
  out() += '\n';
  created(labels, of.created);
}

void TextEncoder::summary(const SeriesText& series, const SummarySample& of) {
  before_sample();
  std::string with_quantile;
  std::string bound;
  for (const auto& [quantile, found] : of.quantiles) {
    if (open_ && found < 0) continue;  // OpenMetrics forbids it
    bound.clear();
    append_bound(bound, quantile);
    with_quantile = series.labels;
    append_label(with_quantile, "quantile", bound);
    suffixed("", with_quantile, {.real = found});
    out() += '\n';
  }
  suffixed("_sum", series.labels, {.real = of.sum});
  out() += '\n';
  suffixed("_count", series.labels, {.whole = true, .integer = of.count});
  out() += '\n';
  created(series.labels, of.created);
}

}  // namespace tickwitness::telemetry::core
