// One series of the catalogue: where its numbers are, its labels, and its window of the last 60 s
// if a view asks for one.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "telemetry/core/handles.h"
#include "telemetry/core/sketch.h"
#include "telemetry/core/window.h"
#include "telemetry/schema.h"

namespace tickwitness::telemetry {

using core::CounterWindow;
using core::HistogramSnapshot;
using core::SketchCell;
using core::SketchWindow;

class Series {
 public:
  Series(const InstrumentDecl& decl, const core::Family& family, core::Series& numbers,
         std::vector<std::string> values);

  // In the order of the instrument's labels, as given.
  const std::vector<std::string>& values() const { return values_; }
  const core::Series& numbers() const { return numbers_; }

  // The one that the instrument's kind has.
  core::Counter counter() const { return {family_, numbers_}; }
  core::FractionalCounter fractional_counter() const { return {family_, numbers_}; }
  core::Gauge gauge() const { return {family_, numbers_}; }
  core::StateSet state() const { return {family_, numbers_}; }
  core::Histogram histogram() const { return {family_, numbers_}; }

  // The last value of a counter or gauge; absent when nothing was observed.
  std::optional<double> last_value() const;
  // Of a histogram, under the bounds that the catalogue gives it.
  HistogramSnapshot snapshot() const;

  // Null when no view asks for it. Windows are written by Registry::tick, under its lock.
  SketchCell* sketch_cell() const { return sketch_cell_.get(); }
  CounterWindow* rate() const { return rate_.get(); }
  SketchWindow* sketch() const { return sketch_.get(); }

 private:
  const core::Family& family_;
  core::Series& numbers_;
  std::vector<std::string> values_;
  std::unique_ptr<SketchCell> sketch_cell_;
  std::unique_ptr<CounterWindow> rate_;
  std::unique_ptr<SketchWindow> sketch_;
};

}  // namespace tickwitness::telemetry
