#include "sim/checkers/histograms.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <limits>

namespace tickwitness::sim {
namespace {

constexpr double kInf = std::numeric_limits<double>::infinity();

bool same_but_le(const ScrapeSample& a, const ScrapeSample& b) {
  const auto without_le = [](const ScrapeSample& sample) {
    return std::ranges::count(sample.labels, "le", &ScrapeSample::Label::first);
  };
  if (a.labels.size() - without_le(a) != b.labels.size() - without_le(b)) return false;
  return std::ranges::all_of(a.labels, [&](const ScrapeSample::Label& label) {
    return label.first == "le" || std::ranges::find(b.labels, label) != b.labels.end();
  });
}

bool is_count(double value) {
  return value >= 0 && value < kInf && std::trunc(value) == value;
}

}  // namespace

void Histograms::on_scrape(const Observation& seen, Report& report) {
  looked_.on_scrape();
  for (const auto& family : seen.scrape.families()) {
    if (family.type != "histogram") continue;
    family_.clear();
    for (const auto& sample : family.samples) {
      One& one = one_of(sample);
      if (sample.name.ends_with("_sum")) {
        one.sum = sample.value;
      } else if (sample.name.ends_with("_count")) {
        one.count = sample.value;
      } else {
        // A bound that is no number is caught as one that does not rise.
        const auto bound = scrape_number(sample.label("le"));
        one.buckets.push_back({bound.value_or(std::nan("")), sample.value});
      }
    }
    looked_.add(family_.size());
    for (const One& one : family_) {
      const std::string what = fault(one);
      if (what.empty()) continue;
      report.violation(name(), seen.at, fmt::format("at {}: {}", one.first->series, what));
    }
  }
}

// Nearly always the one that the last sample was of.
Histograms::One& Histograms::one_of(const ScrapeSample& sample) {
  const auto found = std::ranges::find_if(family_.rbegin(), family_.rend(), [&](const One& one) {
    return same_but_le(*one.first, sample);
  });
  if (found != family_.rend()) return *found;
  One& fresh = family_.emplace_back();
  fresh.first = &sample;
  fresh.buckets.reserve(16);
  return fresh;
}

std::string Histograms::fault(const One& one) {
  if (one.buckets.empty()) return "no buckets";
  double bound = -kInf;
  double below = 0;
  for (const Bucket& bucket : one.buckets) {
    if (!(bucket.bound > bound)) return "its bounds do not rise";
    if (!is_count(bucket.below)) return fmt::format("{} is no count", bucket.below);
    if (bucket.below < below) return fmt::format("it falls at bound {}", bucket.bound);
    bound = bucket.bound;
    below = bucket.below;
  }
  if (bound != kInf) return "its last bucket is not +Inf";
  if (!one.count) return "no _count";
  if (*one.count != below) return fmt::format("_count {}, +Inf {}", *one.count, below);
  return one.sum ? sum_fault(one) : "no _sum";
}

// Where no bound is negative, no observation is taken to be.
std::string Histograms::sum_fault(const One& one) {
  if (one.buckets.front().bound < 0) return std::isnan(*one.sum) ? "_sum is NaN" : "";
  double least = 0;
  double most = 0;
  double lower = 0;
  double below = 0;
  for (const Bucket& bucket : one.buckets) {
    const double within = bucket.below - below;
    least += within * lower;
    if (within > 0) most += within * bucket.bound;
    lower = bucket.bound;
    below = bucket.below;
    if (lower == kInf) break;
  }
  // Sums and bounds are written in decimals, and rounded.
  const double slack = 1e-9 + 1e-9 * least;
  if (!(*one.sum >= least - slack)) {
    return fmt::format("_sum {} below {}, the least of its buckets", *one.sum, least);
  }
  if (*one.sum > most + 1e-9 + 1e-9 * most) {
    return fmt::format("_sum {} above {}, the most of its buckets", *one.sum, most);
  }
  return "";
}

void Histograms::at_rest(const Observation& seen, Report& report) {
  looked_.at_rest(seen.at, report);
}

}  // namespace tickwitness::sim
