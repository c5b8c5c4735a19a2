// How a view of a dialect is computed from the instrument it reads, at the moment it is asked for.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "telemetry/core/encoder.h"
#include "telemetry/registry.h"
#include "telemetry/schema.h"

namespace tickwitness::telemetry {

using core::Number;

struct ViewSample {
  std::vector<std::string> by;  // values in the order of ViewDecl::by
  Number value;
};

struct ViewHistogram {
  std::vector<std::string> by;  // values in the order of ViewDecl::by
  HistogramSnapshot value;      // under the view's bounds
};

// In the order of the labels' values; nothing for groups in which nothing was observed. What each
// statistic does:
//   sum     of the last values; with `over`, divided by that instrument's sum (absent when that is
//   0) count   of the series that have a value; of a histogram, of its observations max     of the
//   last values worst   the first step of `order` that some series is at; series at no step count
//   as nothing rate60  growth a second over the last 60 s, or over what was observed of them (1 s
//   at least);
//           a series counts 0 before it appeared
//   pNN     of the signed values of the last 60 s, in the exported unit
//   histogram  nothing: evaluate_histogram() is for these
// Windows end with the last tick.
std::vector<ViewSample> evaluate(const Registry::Reading& reading, const ViewDecl& view);

// The sum of the series of each group, for views of Stat::histogram.
std::vector<ViewHistogram> evaluate_histogram(const Registry::Reading& reading,
                                              const ViewDecl& view);

}  // namespace tickwitness::telemetry
