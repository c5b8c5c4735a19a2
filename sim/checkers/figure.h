// A number that the product shows, beside what the world's record says it must be.
#pragma once

#include <fmt/format.h>

#include <chrono>
#include <cstdint>
#include <string>
#include <string_view>
#include <utility>

#include "sim/checkers/checker.h"

namespace tickwitness::sim {

struct Figure {
  std::string series;  // as it is shown: name{label="value"}, of a sum with the labels summed over
  double truth = 0;
  double measured = 0;
};

inline double number(std::uint64_t value) {
  return static_cast<double>(value);
}

// The sum of the family's samples with these labels.
inline Figure figure(const Observation& seen, std::string_view name, const Exposition::Where& where,
                     double truth) {
  std::string series(name);
  char before = '{';
  for (const auto& [label, value] : where) {
    series += fmt::format("{}{}=\"{}\"", std::exchange(before, ','), label, value);
  }
  if (!where.empty()) series += '}';
  return {std::move(series), truth, seen.scrape.sum(name, where)};
}

// Whether the family has a sample with these labels: a sum over none would read as 0.
inline bool is_shown(const Observation& seen, std::string_view name,
                     const Exposition::Where& where = {}) {
  return !seen.scrape.find(name, where).empty();
}

inline std::string unequal(const Figure& figure) {
  return fmt::format("{} shows {}, the record has {}", figure.series, figure.measured,
                     figure.truth);
}

}  // namespace tickwitness::sim
