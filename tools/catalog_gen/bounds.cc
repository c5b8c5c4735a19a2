#include "catalog_gen/bounds.h"

#include <fmt/core.h>

#include <cmath>
#include <set>

namespace tickwitness::catalog_gen {
namespace {

constexpr double kNanosecondsPerSecond = 1e9;
// More, and neighbours could not be told apart.
constexpr double kUnitsMax = 0x1p53;
// What the products of decimals and whole numbers may be off by.
constexpr double kRounding = 1e-6;

double per_unit_of(const Instrument& instrument) {
  if (instrument.unit == "seconds") return kNanosecondsPerSecond;
  return instrument.resolution ? std::nearbyint(1 / instrument.resolution->value) : 1;
}

std::int64_t observed(const Instrument& instrument, const Bound& bound) {
  return std::llround(bound.value * per_unit_of(instrument));
}

bool is_whole(double value) {
  return std::abs(value - std::nearbyint(value)) <= kRounding;
}

bool lowest_is_right(const Instrument& instrument, double lowest) {
  if (instrument.unit == "seconds") return lowest > 0;
  return lowest >= 0 || instrument.awaits;
}

}  // namespace

void check_resolution(const Instrument& instrument, Problems& problems) {
  const bool histogram = instrument.kind == "histogram";
  if (instrument.native && !histogram) {
    problems.add(instrument.native->mark, "`native` is for histograms");
  }
  if (!instrument.resolution) return;
  const auto& [value, mark] = *instrument.resolution;
  if (!histogram) {
    problems.add(mark, "`resolution` is for histograms");
  } else if (instrument.unit == "seconds") {
    problems.add(mark, "`resolution` is not for `unit: seconds`: nanoseconds are observed");
  } else if (value <= 0 || value > 1 || !is_whole(1 / value)) {
    problems.add(mark, "`resolution` must be 1 or a whole fraction of it, such as 0.001 or 1e-6");
  }
}

void check_bounds(const Mark& mark, const Instrument& instrument, const std::vector<Bound>& bounds,
                  Problems& problems) {
  for (std::size_t i = 0; i < bounds.size(); ++i) {
    const bool rises = i == 0 ? lowest_is_right(instrument, bounds[i].value)
                              : bounds[i].value > bounds[i - 1].value;
    if (rises) continue;
    problems.add(mark, instrument.unit == "seconds" ? "`buckets` must be above 0 and rise"
                                                    : "`buckets` must not be below 0, and rise");
    return;
  }
  for (const auto& bound : bounds) {
    const double units = bound.value * per_unit_of(instrument);
    if (!(std::abs(units) < kUnitsMax)) {
      problems.add(bound.mark, fmt::format("the bound {} is too large", bound.value));
    } else if (!is_whole(units)) {
      problems.add(bound.mark,
                   fmt::format("the bound {} is no whole multiple of {}, the "
                               "`resolution` of \"{}\"",
                               bound.value, 1 / per_unit_of(instrument), instrument.name));
    }
  }
}

void settle_bounds(Catalog& catalog) {
  for (auto& instrument : catalog.instruments) {
    instrument.per_unit = per_unit_of(instrument);
    // Every view's bounds are the instrument's as well, so that each view is exact.
    std::set<std::int64_t> all;
    for (const auto& bound : instrument.buckets) all.insert(observed(instrument, bound));
    for (auto& dialect : catalog.dialects) {
      for (auto& view : dialect.views) {
        if (view.from.text != instrument.name) continue;
        for (const auto& bound : view.buckets) view.bounds.push_back(observed(instrument, bound));
        all.insert(view.bounds.begin(), view.bounds.end());
      }
    }
    instrument.bounds.assign(all.begin(), all.end());
  }
}

}  // namespace tickwitness::catalog_gen
