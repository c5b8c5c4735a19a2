#include "telemetry/read.h"

#include <algorithm>

#include "telemetry/view.h"

namespace tickwitness::telemetry {
namespace {

std::vector<Sample> view_samples(const Registry::Reading& reading, const ViewDecl& view) {
  std::vector<Sample> out;
  const auto add = [&](std::vector<std::string>& by, double value) {
    Sample& made = out.emplace_back();
    for (std::size_t i = 0; i < view.by.size(); ++i) {
      made.labels.push_back({std::string(view.by[i].name), std::move(by[i])});
    }
    for (const auto& constant : view.constants) {
      made.labels.push_back({std::string(constant.name), std::string(constant.value)});
    }
    made.value = value;
  };
  for (auto& sample : evaluate(reading, view)) add(sample.by, sample.value.approx());
  if (view.stat == Stat::histogram) {
    for (auto& [by, value] : evaluate_histogram(reading, view)) {
      add(by, static_cast<double>(value.count));
    }
  }
  return out;
}

std::optional<Sample> series_sample(const Schema& schema, const InstrumentDecl& decl,
                                    const Series& series) {
  Sample sample;
  for (std::size_t i = 0; i < decl.labels.size(); ++i) {
    sample.labels.push_back(
        {std::string(schema.labels[decl.labels[i]].exported), series.values()[i]});
  }
  switch (decl.kind) {
    case Kind::counter:
    case Kind::gauge: {
      const auto value = series.last_value();
      if (!value) return std::nullopt;
      sample.value = *value;
      return sample;
    }
    case Kind::histogram:
      sample.value = static_cast<double>(series.snapshot().count);
      return sample;
    case Kind::summary:  // the catalogue has none: its quantiles are views
      return std::nullopt;
    case Kind::stateset: {
      const LabelDecl& states = schema.labels[decl.states];
      const auto state = series.numbers().state();
      if (!state || *state >= states.words.size()) return std::nullopt;
      sample.labels.push_back({std::string(states.exported), std::string(states.words[*state])});
      sample.value = 1;
      return sample;
    }
    case Kind::info:
      sample.value = 1;
      return sample;
  }
  return std::nullopt;
}

}  // namespace

std::vector<Sample> samples(const Registry& registry, std::string_view name) {
  return samples(Registry::Reading(registry), name);
}

std::vector<Sample> samples(const Registry::Reading& reading, std::string_view name) {
  const Schema& schema = reading.schema();
  for (const auto& dialect : schema.dialects) {
    const auto view = std::ranges::find(dialect.views, name, &ViewDecl::name);
    if (view != dialect.views.end()) return view_samples(reading, *view);
  }
  std::vector<Sample> out;
  const auto decl = std::ranges::find(schema.instruments, name, &InstrumentDecl::exported);
  if (decl == schema.instruments.end()) return out;
  const auto id = static_cast<InstrumentId>(decl - schema.instruments.begin());
  const auto& all = reading.series(id);
  for (std::size_t i = 0; i < all.size(); ++i) {
    if (auto sample = series_sample(schema, *decl, all[i])) out.push_back(std::move(*sample));
  }
  return out;
}

std::optional<double> value(const Registry& registry, std::string_view name) {
  return value(Registry::Reading(registry), name);
}

std::optional<double> value(const Registry::Reading& reading, std::string_view name) {
  const auto all = samples(reading, name);
  if (all.size() != 1) return std::nullopt;
  return all.front().value;
}

}  // namespace tickwitness::telemetry
