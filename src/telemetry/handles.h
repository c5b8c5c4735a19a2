// What the rest of the program holds: small, copyable, thread-safe, valid as long as the registry
// lives. Get one from a family of the Catalog with at(...) once, keep it, write through it.
#pragma once

#include <cstdint>

#include "base/time.h"
#include "telemetry/series.h"

namespace tickwitness::telemetry {

using core::Counter;
using core::FractionalCounter;
using core::Gauge;

class Histogram {
 public:
  explicit Histogram(const Series& series)
      : histogram_(series.histogram()), sketch_(series.sketch_cell()) {}
  // False: `value` is negative. It enters the 60 s window only; count it beside the histogram.
  bool observe(base::Duration value) const {
    if (sketch_ != nullptr) sketch_->add(value.count());
    return histogram_.observe(value);
  }
  // The same, and the name of what was observed: an exemplar.
  bool observe(base::Duration value, core::ExemplarLabel exemplar, base::WallTime at) const {
    if (sketch_ != nullptr) sketch_->add(value.count());
    return histogram_.observe(value, exemplar, at);
  }
  // For instruments of another unit than seconds: in their resolution, such as bytes.
  bool observe_units(std::int64_t value) const {
    if (sketch_ != nullptr) sketch_->add(value);
    return histogram_.observe_units(value);
  }

 private:
  core::Histogram histogram_;
  SketchCell* sketch_;
};

// One series for each value of the enum `State`, 1 for the one that holds; absent until set.
template <class State>
class StateSet {
 public:
  explicit StateSet(const Series& series) : set_(series.state()) {}
  void set(State state) const { set_.set(static_cast<std::uint32_t>(state)); }
  void clear() const { set_.clear(); }

 private:
  core::StateSet set_;
};

}  // namespace tickwitness::telemetry
