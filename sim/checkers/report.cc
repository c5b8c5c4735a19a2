#include "sim/checkers/report.h"

#include <algorithm>
#include <set>
#include <utility>

namespace tickwitness::sim {

std::string Report::staged(std::string name) const {
  return stage_.empty() ? std::move(name) : std::move(name) + "@" + stage_;
}

void Report::equal(std::string_view checker, std::string name, double truth, double measured) {
  equalities_.push_back({std::string(checker), staged(std::move(name)), truth, measured});
}

void Report::at_most(std::string_view checker, std::string name, double measured, double limit) {
  bounds_.push_back({std::string(checker), staged(std::move(name)), measured, limit});
}

void Report::violation(std::string_view checker, base::Duration at, std::string what) {
  auto count = std::ranges::find(counts_, checker, &Count::checker);
  if (count == counts_.end()) {
    count = counts_.insert(counts_.end(), Count{.checker = std::string(checker)});
  }
  if (++count->violations <= kViolationsKept) {
    violations_.push_back({std::string(checker), at, std::move(what)});
  }
}

std::vector<std::string> Report::failed_checkers() const {
  std::set<std::string> names;
  for (const auto& equality : equalities_) {
    if (!equality.ok()) names.insert(equality.checker);
  }
  for (const auto& bound : bounds_) {
    if (!bound.ok()) names.insert(bound.checker);
  }
  for (const auto& count : counts_) names.insert(count.checker);
  return {names.begin(), names.end()};
}

std::vector<std::string> Report::failed() const {
  std::vector<std::string> names;
  for (const auto& equality : equalities_) {
    if (!equality.ok()) names.push_back(equality.checker + "." + equality.name);
  }
  for (const auto& bound : bounds_) {
    if (!bound.ok()) names.push_back(bound.checker + "." + bound.name);
  }
  for (const auto& count : counts_) names.push_back(count.checker + ".violations");
  return names;
}

}  // namespace tickwitness::sim
