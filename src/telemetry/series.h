// One series: its labels and its cell, and what its window of the last 60 s needs.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "telemetry/cells.h"
#include "telemetry/schema.h"
#include "telemetry/window.h"

namespace tickwitness::telemetry {

class Series {
 public:
  Series(const InstrumentDecl& decl, std::vector<std::string> values, std::string labels_text);

  // In the order of the instrument's labels, as given.
  const std::vector<std::string>& values() const { return values_; }
  // Escaped for the exposition: exchange="kraken",symbol="BTC-USD"; empty without labels.
  const std::string& labels_text() const { return labels_text_; }

  // The one that the instrument's kind has.
  CounterCell& counter() { return std::get<CounterCell>(cell_); }
  GaugeCell& gauge() { return std::get<GaugeCell>(cell_); }
  StateCell& state() { return std::get<StateCell>(cell_); }
  HistogramCell& histogram() { return *std::get<std::unique_ptr<HistogramCell>>(cell_); }
  const CounterCell& counter() const { return std::get<CounterCell>(cell_); }
  const GaugeCell& gauge() const { return std::get<GaugeCell>(cell_); }
  const StateCell& state() const { return std::get<StateCell>(cell_); }
  const HistogramCell& histogram() const {
    return *std::get<std::unique_ptr<HistogramCell>>(cell_);
  }

  // Index of the state that a stateset is in; nothing before the first.
  std::optional<std::size_t> state_index(const LabelDecl& states) const {
    const std::size_t index = state().get();
    if (index >= states.words.size()) return std::nullopt;
    return index;
  }

  // Null when no view asks for it. Written by Registry::tick, under its lock.
  CounterWindow* rate() const { return rate_.get(); }
  SketchWindow* sketch() const { return sketch_.get(); }

 private:
  std::vector<std::string> values_;
  std::string labels_text_;
  std::variant<std::monostate, CounterCell, GaugeCell, StateCell, std::unique_ptr<HistogramCell>>
      cell_;
  std::unique_ptr<CounterWindow> rate_;
  std::unique_ptr<SketchWindow> sketch_;
};

}  // namespace tickwitness::telemetry
