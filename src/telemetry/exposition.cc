#include "telemetry/exposition.h"

#include <algorithm>
#include <memory>
#include <set>
#include <span>
#include <string>
#include <utility>

#include "telemetry/core/exposition.h"
#include "telemetry/core/text.h"
#include "telemetry/view.h"

namespace tickwitness::telemetry {
namespace {

using core::Encoder;
using core::Head;

bool contains(const std::vector<std::string>& all, std::string_view name) {
  return std::ranges::find(all, name) != all.end();
}

// A unit only where the name ends with it, as OpenMetrics demands.
Head head_of(const ViewDecl& view) {
  std::string_view stem = view.name;
  if (view.kind == Kind::counter && stem.ends_with("_total")) stem.remove_suffix(6);
  std::string_view unit;
  if (stem.ends_with("_seconds")) unit = "seconds";
  if (stem.ends_with("_bytes")) unit = "bytes";
  return {.name = view.name, .kind = view.kind, .help = view.help, .unit = unit};
}

std::string labels_of(const ViewDecl& view, const std::vector<std::string>& by) {
  std::string labels;
  for (std::size_t i = 0; i < view.by.size(); ++i) {
    core::append_label(labels, view.by[i].name, by[i]);
  }
  for (const auto& constant : view.constants) {
    core::append_label(labels, constant.name, constant.value);
  }
  return labels;
}

void encode_histograms(Encoder& encoder, const Registry::Reading& reading, const ViewDecl& view) {
  const double per_unit = reading.schema().instruments[view.from].per_unit;
  const core::HistogramBounds bounds(view.bounds, per_unit, false);
  for (const auto& found : evaluate_histogram(reading, view)) {
    encoder.histogram({.labels = labels_of(view, found.by)}, {.le = bounds.texts(),
                                                              .bounds = bounds.classic(),
                                                              .per_unit = per_unit,
                                                              .classic = &found.value});
  }
}

void encode_view(Encoder& encoder, const Registry::Reading& reading, const ViewDecl& view) {
  encoder.begin(head_of(view));
  if (view.stat == Stat::histogram) encode_histograms(encoder, reading, view);
  for (const auto& found : evaluate(reading, view)) {
    const std::string labels = labels_of(view, found.by);
    if (view.kind == Kind::counter) {
      encoder.counter({.labels = labels}, found.value);
    } else {
      encoder.gauge({.labels = labels}, found.value);
    }
  }
  encoder.end();
}

void encode_views(Encoder& encoder, const Registry& registry, const RenderOptions& options) {
  const Registry::Reading reading(registry);
  std::set<std::string_view> printed;  // some names belong to two dialects
  for (const auto& dialect : reading.schema().dialects) {
    const bool on = dialect.name == kOwnDialect || contains(options.dialects, dialect.name);
    if (!dialect.scraped || !on) continue;
    for (const auto& view : dialect.views) {
      if (!core::wanted(options.names, view.name, view.kind)) continue;
      if (printed.insert(view.name).second) encode_view(encoder, reading, view);
    }
  }
}

void encode_instruments(Encoder& encoder, const Registry& registry, const RenderOptions& options) {
  for (std::size_t id = 0; id < registry.schema().instruments.size(); ++id) {
    const core::Family& family = registry.family(static_cast<InstrumentId>(id));
    if (!core::wanted(options.names, family.decl().name, family.decl().kind)) continue;
    encoder.begin(core::head_of(family.decl()));
    for (const auto* series = family.first(); series != nullptr; series = series->next()) {
      core::encode(encoder, registry.core(), family, *series);
    }
    encoder.end();
  }
}

}  // namespace

std::string render(const Registry& registry, const RenderOptions& options) {
  std::string out;
  const auto encoder = core::make_encoder(options.format);
  encoder->write_to(out);
  encode_views(*encoder, registry, options);
  encode_instruments(*encoder, registry, options);
  encoder->finish();
  return out;
}

std::vector<std::string_view> known_dialects(const Schema& schema) {
  std::vector<std::string_view> out{kOwnDialect};
  for (const auto& dialect : schema.dialects) {
    if (dialect.scraped && dialect.name != kOwnDialect) out.push_back(dialect.name);
  }
  return out;
}

}  // namespace tickwitness::telemetry
