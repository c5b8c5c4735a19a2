#include "telemetry/registry.h"

#include <algorithm>
#include <utility>

#include "telemetry/core/text.h"

namespace tickwitness::telemetry {
namespace {

core::FamilyDecl declared(const Schema& schema, const InstrumentDecl& decl) {
  core::FamilyDecl out{.name = std::string(decl.exported),
                       .kind = decl.kind,
                       .help = std::string(decl.help),
                       .unit = std::string(decl.unit),
                       .fractional = decl.fractional,
                       .bounds = {decl.bounds.begin(), decl.bounds.end()},
                       .per_unit = decl.per_unit,
                       .native = decl.native};
  for (const LabelId label : decl.labels) out.labels.emplace_back(schema.labels[label].exported);
  if (decl.states != kNone) {
    const LabelDecl& states = schema.labels[decl.states];
    out.state_label = states.exported;
    out.states.assign(states.words.begin(), states.words.end());
  }
  return out;
}

// What a counter's window keeps: whole numbers, so that growth is exact.
std::uint64_t window_value(const InstrumentDecl& decl, const Series& series) {
  if (!decl.fractional) return series.counter().value();
  constexpr double kTop = 0x1p63;  // some centuries of seconds
  const double value = series.fractional_counter().value() * core::kFractionsPerUnit;
  return static_cast<std::uint64_t>(std::min(value, kTop));
}

// Whether both take the same series of the same instrument, in the same groups.
bool same_groups(const ViewDecl& a, const ViewDecl& b) {
  return a.from == b.from &&
         std::ranges::equal(a.where, b.where,
                            [](const WhereDecl& one, const WhereDecl& other) {
                              return one.label == other.label &&
                                     std::ranges::equal(one.values, other.values);
                            }) &&
         std::ranges::equal(a.by, b.by, [](const ByDecl& one, const ByDecl& other) {
           return one.label == other.label && std::ranges::equal(one.renames, other.renames);
         });
}

}  // namespace

Registry::Registry(const Schema& schema) : schema_(&schema), values_(schema.labels.size()) {
  for (const auto& decl : schema.instruments) {
    families_.push_back(&core_.add(declared(schema, decl)));
    series_.push_back(std::make_unique<core::StableList<Series>>());
  }
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
  const core::StableList<Series>& all = *series_[instrument];
  if (const core::Series* found = families_[instrument]->find(values)) {
    const std::uint32_t ordinal = found->origin().ordinal;
    if (ordinal < all.size()) return all[ordinal];  // otherwise it is just being made
  }
  const std::lock_guard lock(making_);
  std::vector<std::string> owned(values.begin(), values.end());
  bound_values(schema_->instruments[instrument], owned);
  return series_locked(instrument, std::move(owned));
}

Series& Registry::series_locked(InstrumentId instrument, std::vector<std::string> values) {
  const InstrumentDecl& decl = schema_->instruments[instrument];
  core::Family& family = *families_[instrument];
  core::StableList<Series>& all = *series_[instrument];
  std::vector<std::string_view> texts(values.begin(), values.end());
  const core::Series* found = family.find(texts);
  if (found == nullptr && decl.series_max != 0 && all.size() >= decl.series_max) {
    for (std::size_t i = 0; i < values.size(); ++i) {
      if (schema_->labels[decl.labels[i]].words.empty()) values[i] = kOther;
    }
    count_overflow(decl.name);
    texts.assign(values.begin(), values.end());
    found = family.find(texts);
  }
  if (found == nullptr) found = &family.at(std::span<const std::string_view>(texts));
  // One is missing; more only if there was no memory for an earlier one.
  for (core::Series* one = family.first(); all.size() <= found->origin().ordinal;
       one = one->next()) {
    if (one->origin().ordinal < all.size()) continue;
    std::vector<std::string> given(decl.labels.size());
    for (std::size_t i = 0; i < given.size(); ++i) given[i] = one->label(i);
    all.append(decl, family, *one, std::move(given));
  }
  return all[found->origin().ordinal];
}

void Registry::bound_values(const InstrumentDecl& decl, std::vector<std::string>& values) {
  for (std::size_t i = 0; i < values.size(); ++i) {
    const LabelDecl& label = schema_->labels[decl.labels[i]];
    if (!label.words.empty()) continue;
    values[i] = core::valid_utf8(values[i]);
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
  const std::lock_guard lock(windows_);
  if (!ticks_.push(now.time_since_epoch())) return;
  const std::uint64_t tick = ticks_.next() - 1;
  for (std::size_t id = 0; id < series_.size(); ++id) {
    const InstrumentDecl& decl = schema_->instruments[id];
    if (!decl.rated && !decl.sketched) continue;
    const core::StableList<Series>& all = *series_[id];
    for (std::size_t i = 0; i < all.size(); ++i) {
      const Series& series = all[i];
      if (CounterWindow* rate = series.rate()) rate->push(tick, window_value(decl, series));
      if (SketchWindow* window = series.sketch()) window->push(tick, series.sketch_cell()->take());
    }
  }
}

const Registry::Reading::SketchSums& Registry::Reading::sketch_sums(
    const ViewDecl& view, const std::function<SketchSums()>& make) const {
  for (const auto& [known, sums] : sketch_sums_) {
    if (same_groups(known, view)) return sums;
  }
  return sketch_sums_.emplace_back(view, make()).second;
}

}  // namespace tickwitness::telemetry
