// Reading single values by name, for JSON and for tests. Names are those of views (`view::…` in the
// generated header) and of instruments on the wire (tickwitness_uptime_seconds).
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "telemetry/registry.h"

namespace tickwitness::telemetry {

struct Label {
  std::string name, value;
};

struct Sample {
  std::vector<Label> labels;  // in the order of the declaration
  double value = 0;           // of a stateset 1: the labels say which state holds
};

// Empty when nothing was observed, and for names that the catalogue does not have. Histograms give
// their count. Thread-safe.
std::vector<Sample> samples(const Registry& registry, std::string_view name);
// Several of one moment, with less work than one by one.
std::vector<Sample> samples(const Registry::Reading& reading, std::string_view name);

// The value of what has exactly one sample; absent otherwise.
std::optional<double> value(const Registry& registry, std::string_view name);
std::optional<double> value(const Registry::Reading& reading, std::string_view name);

}  // namespace tickwitness::telemetry
