#include "telemetry/registry.h"

#include <algorithm>
#include <utility>

#include "telemetry/text.h"

namespace tickwitness::telemetry {
namespace {

std::string key_of(const std::vector<std::string>& values) {
  std::string key;
  for (const auto& value : values) {
    key += value;
    key += '\0';
  }
  return key;
}

std::string labels_text(const Schema& schema, const InstrumentDecl& decl,
                        const std::vector<std::string>& values) {
  std::string text;
  for (std::size_t i = 0; i < values.size(); ++i) {
    append_label(text, schema.labels[decl.labels[i]].exported, values[i]);
  }
  return text;
}

// What a counter's window keeps: whole numbers, so that growth is exact.
std::uint64_t window_value(const InstrumentDecl& decl, const Series& series) {
  const CounterCell& cell = series.counter();
  if (!decl.fractional) return cell.whole();
  return static_cast<std::uint64_t>(cell.fraction() * kFractionsPerUnit);
}

}  // namespace

Registry::Registry(const Schema& schema)
    : schema_(&schema), series_(schema.instruments.size()), values_(schema.labels.size()) {
  if (schema.overflow == kNone) return;
  // At 0 from the start: what appears with its first event only is missed by increase().
  for (const auto& label : schema.labels) {
    if (label.words.empty()) series_locked(schema.overflow, {std::string(label.id)});
  }
  for (const auto& decl : schema.instruments) {
    if (decl.series_max != 0) series_locked(schema.overflow, {std::string(decl.name)});
  }
}

Series& Registry::series(InstrumentId instrument, std::span<const std::string_view> values) {
  const std::lock_guard lock(mutex_);
  std::vector<std::string> owned(values.begin(), values.end());
  bound_values(schema_->instruments[instrument], owned);
  return series_locked(instrument, std::move(owned));
}

Series& Registry::series_locked(InstrumentId instrument, std::vector<std::string> values) {
  const InstrumentDecl& decl = schema_->instruments[instrument];
  SeriesMap& all = series_[instrument];
  std::string key = key_of(values);
  if (const auto found = all.find(key); found != all.end()) return *found->second;

  if (decl.series_max != 0 && all.size() >= decl.series_max) {
    for (std::size_t i = 0; i < values.size(); ++i) {
      if (schema_->labels[decl.labels[i]].words.empty()) values[i] = kOther;
    }
    count_overflow(decl.name);
    key = key_of(values);
    if (const auto found = all.find(key); found != all.end()) return *found->second;
  }
  std::string text = labels_text(*schema_, decl, values);
  auto made = std::make_unique<Series>(decl, std::move(values), std::move(text));
  return *all.emplace(std::move(key), std::move(made)).first->second;
}

void Registry::bound_values(const InstrumentDecl& decl, std::vector<std::string>& values) {
  for (std::size_t i = 0; i < values.size(); ++i) {
    const LabelDecl& label = schema_->labels[decl.labels[i]];
    if (!label.words.empty()) continue;
    values[i] = valid_utf8(values[i]);
    if (values[i] == kOther) continue;
    auto& known = values_[decl.labels[i]];
    if (known.contains(values[i])) continue;
    if (known.size() < label.values_max) {
      known.insert(values[i]);
    } else {
      values[i] = kOther;
      count_overflow(label.id);
    }
  }
}

void Registry::count_overflow(std::string_view what) {
  if (schema_->overflow == kNone) return;
  series_locked(schema_->overflow, {std::string(what)}).counter().add(1);
}

void Registry::tick(base::Instant now) {
  const std::lock_guard lock(mutex_);
  if (!ticks_.push(now)) return;
  const std::uint64_t tick = ticks_.next() - 1;
  for (std::size_t id = 0; id < series_.size(); ++id) {
    const InstrumentDecl& decl = schema_->instruments[id];
    if (!decl.rated && !decl.sketched) continue;
    for (const auto& [key, series] : series_[id]) {
      if (CounterWindow* rate = series->rate()) rate->push(tick, window_value(decl, *series));
      if (SketchWindow* window = series->sketch()) {
        window->push(tick, series->histogram().sketch()->take());
      }
    }
  }
}

Series::Series(const InstrumentDecl& decl, std::vector<std::string> values, std::string text)
    : values_(std::move(values)), labels_text_(std::move(text)) {
  switch (decl.kind) {
    case Kind::counter:
      cell_.emplace<CounterCell>();
      if (decl.rated) rate_ = std::make_unique<CounterWindow>();
      break;
    case Kind::gauge:
      cell_.emplace<GaugeCell>();
      break;
    case Kind::stateset:
      cell_.emplace<StateCell>();
      break;
    case Kind::histogram:
      cell_ = std::make_unique<HistogramCell>(decl.bounds_ns, decl.sketched);
      if (decl.sketched) sketch_ = std::make_unique<SketchWindow>();
      break;
    case Kind::info:
      break;
  }
}

}  // namespace tickwitness::telemetry
