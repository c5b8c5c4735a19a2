#include "telemetry/series.h"

#include <utility>

namespace tickwitness::telemetry {

Series::Series(const InstrumentDecl& decl, const core::Family& family, core::Series& numbers,
               std::vector<std::string> values)
    : family_(family), numbers_(numbers), values_(std::move(values)) {
  if (decl.rated) rate_ = std::make_unique<CounterWindow>();
  if (decl.sketched) {
    sketch_cell_ = std::make_unique<SketchCell>();
    sketch_ = std::make_unique<SketchWindow>();
  }
}

std::optional<double> Series::last_value() const {
  if (family_.decl().kind == Kind::gauge) return numbers_.gauge();
  if (family_.decl().kind != Kind::counter) return std::nullopt;
  if (family_.decl().fractional) return fractional_counter().value();
  return static_cast<double>(counter().value());
}

HistogramSnapshot Series::snapshot() const {
  HistogramSnapshot out = histogram().snapshot();
  family_.bounds().fold_classic(out);
  return out;
}

}  // namespace tickwitness::telemetry
