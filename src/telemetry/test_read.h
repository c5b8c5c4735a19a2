// For tests of rooms that measure: one number of a registry, by name and labels as exported.
#pragma once

#include <gtest/gtest.h>

#include <algorithm>
#include <initializer_list>
#include <optional>
#include <string_view>
#include <utility>

#include "telemetry/read.h"

namespace tickwitness::telemetry::test {

// The one sample whose labels hold every `where`; absent when there is none. Several fail the test:
// it did not say which one it means.
inline std::optional<double> read(
    const Registry& registry, std::string_view name,
    std::initializer_list<std::pair<std::string_view, std::string_view>> where = {}) {
  std::optional<double> found;
  for (const auto& sample : samples(registry, name)) {
    const bool matches = std::ranges::all_of(where, [&](const auto& wanted) {
      return std::ranges::any_of(sample.labels, [&](const Label& label) {
        return label.name == wanted.first && label.value == wanted.second;
      });
    });
    if (!matches) continue;
    EXPECT_FALSE(found.has_value()) << name << " has several samples with these labels";
    found = sample.value;
  }
  return found;
}

}  // namespace tickwitness::telemetry::test
