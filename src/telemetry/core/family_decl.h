// What a metric family is, as its owner declares it.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "telemetry/core/kind.h"

namespace tickwitness::telemetry::core {

struct FamilyDecl {
  std::string name;  // as exported, counters with their _total
  Kind kind = Kind::counter;
  std::string help = {};
  std::string unit = {};  // for OpenMetrics, which wants the name to end in it: "seconds", "bytes"
  std::vector<std::string> labels = {};
  bool fractional = false;  // a counter of seconds, not of things
  bool shared = false;      // rarely written: 8 bytes for all threads together, but slower
  // Histograms: upper bounds in the observed unit, `per_unit` > 0 of which are one exported unit
  // (1e9: nanoseconds are observed, seconds exported). Inclusive, ascending, ≥ 0, at most 60,000.
  std::vector<std::int64_t> bounds = {};
  double per_unit = 1e9;
  bool native = false;  // exponential buckets as well, for scrapers that ask for protobuf
  // Summaries: quantiles of the last 60 s, 0 … 1 each, ascending; per_unit as of histograms.
  std::vector<double> quantiles = {};
  // State sets: the label that names the state, and its values.
  std::string state_label = {};
  std::vector<std::string> states = {};
  // A series beyond so many has `other` for every label, and is counted; 0: no limit.
  std::size_t series_max = 0;
};

// Throws std::invalid_argument, with the reason, for what an exposition cannot have: names that are
// none (https://prometheus.io/docs/concepts/data_model/) or longer than 1,000 characters, a label
// twice, a unit that the name does not end with, a histogram whose unit is not positive. Makes
// texts valid UTF-8.
void check(FamilyDecl& decl);

// [a-zA-Z_][a-zA-Z0-9_]*, as names of labels are.
bool valid_label_name(std::string_view name);

// The names of all samples that the family can have, and of the family, in every format.
std::vector<std::string> sample_names(const FamilyDecl& decl);

}  // namespace tickwitness::telemetry::core
