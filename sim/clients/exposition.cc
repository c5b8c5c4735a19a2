#include "sim/clients/exposition.h"

#include <algorithm>
#include <charconv>
#include <limits>

namespace tickwitness::sim {
namespace {

bool has_all(const ScrapeSample& sample, const Exposition::Where& where) {
  return std::ranges::all_of(where, [&](const auto& wanted) {
    return std::ranges::find(sample.labels, wanted) != sample.labels.end();
  });
}

}  // namespace

bool Exposition::has_part(std::string_view type, std::string_view part) {
  if (std::ranges::find(kParts, part) == kParts.end()) return false;
  return type == "histogram" || (type == "summary" && part != "_bucket");
}

std::optional<double> scrape_number(std::string_view text) {
  if (text == "NaN") return std::numeric_limits<double>::quiet_NaN();
  if (text == "+Inf") return std::numeric_limits<double>::infinity();
  if (text == "-Inf") return -std::numeric_limits<double>::infinity();
  const bool plus = text.starts_with('+');
  if (plus) text.remove_prefix(1);
  const std::size_t sign = !plus && text.starts_with('-') ? 1 : 0;
  // from_chars knows words of its own for infinity and NaN.
  if (text.size() <= sign ||
      std::string_view("0123456789.").find(text[sign]) == std::string_view::npos)
    return std::nullopt;
  double value = 0;
  const char* const begin = text.data();
  const char* const end = begin + text.size();
  const auto result = std::from_chars(begin, end, value);
  if (result.ec != std::errc() || result.ptr != end) return std::nullopt;
  return value;
}

std::string_view ScrapeSample::label(std::string_view wanted) const {
  for (const auto& [key, text] : labels) {
    if (key == wanted) return text;
  }
  return "";
}

const ScrapeFamily* Exposition::family(std::string_view name) const {
  const auto found = by_name_.find(name);
  return found == by_name_.end() ? nullptr : &families_[found->second];
}

const ScrapeFamily* Exposition::family_of(std::string_view sample_name) const {
  if (const auto* const found = family(sample_name)) return found;
  for (const std::string_view part : kParts) {
    if (!sample_name.ends_with(part)) continue;
    const auto* const found = family(sample_name.substr(0, sample_name.size() - part.size()));
    if (found != nullptr && has_part(found->type, part)) return found;
  }
  return nullptr;
}

double Exposition::sum(std::string_view sample_name, const Where& where) const {
  double total = 0;
  for (const auto* const sample : find(sample_name, where)) total += sample->value;
  return total;
}

std::vector<const ScrapeSample*> Exposition::find(std::string_view sample_name,
                                                  const Where& where) const {
  std::vector<const ScrapeSample*> found;
  const ScrapeFamily* const family = family_of(sample_name);
  if (family == nullptr) return found;
  for (const auto& sample : family->samples) {
    if (sample.name == sample_name && has_all(sample, where)) found.push_back(&sample);
  }
  return found;
}

}  // namespace tickwitness::sim
