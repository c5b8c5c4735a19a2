#include "telemetry/core/family_decl.h"

#include <algorithm>
#include <cmath>
#include <stdexcept>

#include "telemetry/core/text.h"

namespace tickwitness::telemetry::core {
namespace {

constexpr std::size_t kNameMax = 1000;

bool valid_name(std::string_view name, bool colons) {
  const auto letter = [&](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_' || (colons && c == ':');
  };
  return !name.empty() && name.size() <= kNameMax && letter(name.front()) &&
         std::ranges::all_of(name, [&](char c) { return letter(c) || (c >= '0' && c <= '9'); });
}

[[noreturn]] void refuse(const std::string& why) {
  throw std::invalid_argument(why);
}

void check_labels(const FamilyDecl& decl) {
  std::vector<std::string> labels = decl.labels;
  if (decl.kind == Kind::stateset) labels.push_back(decl.state_label);
  for (const std::string& label : labels) {
    if (!valid_label_name(label) || label.starts_with("__") || label == "le" ||
        (label == "quantile" && decl.kind == Kind::summary)) {
      refuse("'" + label + "' is not a name for a label of " + decl.name);
    }
    if (std::ranges::count(labels, label) > 1) refuse(decl.name + " has " + label + " twice");
  }
}

bool observes(const FamilyDecl& decl) {
  return decl.kind == Kind::histogram || decl.kind == Kind::summary;
}

void check_quantiles(const FamilyDecl& decl) {
  const auto& all = decl.quantiles;
  if (std::ranges::is_sorted(all, std::less_equal{}) &&
      std::ranges::all_of(all, [](double q) { return q >= 0 && q <= 1; })) {
    return;
  }
  refuse(decl.name + " needs ascending quantiles between 0 and 1");
}

}  // namespace

bool valid_label_name(std::string_view name) {
  return valid_name(name, false);
}

void check(FamilyDecl& decl) {
  if (!valid_name(decl.name, true)) refuse("'" + decl.name + "' is not a name for a metric");
  check_labels(decl);
  if (!decl.unit.empty()) {
    if (decl.kind == Kind::info || decl.kind == Kind::stateset) refuse(decl.name + " has no unit");
    std::string_view stem = decl.name;
    if (decl.kind == Kind::counter && stem.ends_with("_total")) stem.remove_suffix(6);
    if (!valid_label_name(decl.unit) || !stem.ends_with("_" + decl.unit)) {
      refuse(decl.name + " does not end with its unit " + decl.unit);
    }
  }
  if (decl.kind == Kind::summary) check_quantiles(decl);
  if (observes(decl) && !(decl.per_unit > 0 && std::isfinite(decl.per_unit))) {
    refuse(decl.name + " observes nothing: per_unit must be above 0");
  }
  if (decl.kind == Kind::stateset && decl.states.empty()) refuse(decl.name + " has no states");
  decl.help = valid_utf8(decl.help);
  for (std::string& state : decl.states) state = valid_utf8(state);
  for (const std::string& state : decl.states) {
    if (std::ranges::count(decl.states, state) > 1) refuse(decl.name + " has a state twice");
  }
}

std::vector<std::string> sample_names(const FamilyDecl& decl) {
  std::vector<std::string> out{decl.name};
  std::string stem = decl.name;  // as OpenMetrics calls the family
  const auto drop = [&](std::string_view suffix) {
    if (stem.ends_with(suffix)) stem.resize(stem.size() - suffix.size());
  };
  if (decl.kind == Kind::counter) drop("_total");
  if (decl.kind == Kind::info) drop("_info");
  if (stem != decl.name) out.push_back(stem);
  if (decl.kind == Kind::histogram) out.push_back(decl.name + "_bucket");
  if (observes(decl)) out.insert(out.end(), {decl.name + "_sum", decl.name + "_count"});
  if (observes(decl) || decl.kind == Kind::counter) out.push_back(stem + "_created");
  return out;
}

}  // namespace tickwitness::telemetry::core
