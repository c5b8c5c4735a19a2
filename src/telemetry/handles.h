// What the rest of the program holds: small, copyable, thread-safe, valid as long as the registry
// lives. Get one from a family of the Catalog with at(...) once, keep it, write through it.
#pragma once

#include <cstdint>

#include "base/time.h"
#include "telemetry/cells.h"

namespace tickwitness::telemetry {

// Exists at 0 from the moment its handle is made.
class Counter {
 public:
  explicit Counter(CounterCell& cell) : cell_(&cell) {}
  void inc() const { cell_->add(1); }
  void add(std::uint64_t n) const { cell_->add(n); }
  // A moment's value.
  std::uint64_t value() const { return cell_->whole(); }

 private:
  CounterCell* cell_;
};

// Of instruments declared `fractional`, such as CPU seconds.
class FractionalCounter {
 public:
  explicit FractionalCounter(CounterCell& cell) : cell_(&cell) {}
  // x ≥ 0.
  void add(double x) const {
    if (x > 0) cell_->add_fraction(x);
  }
  double value() const { return cell_->fraction(); }

 private:
  CounterCell* cell_;
};

// Absent from every output until set, and again after clear(). The last writer wins.
class Gauge {
 public:
  explicit Gauge(GaugeCell& cell) : cell_(&cell) {}
  void set(double value) const { cell_->set(value); }
  void clear() const { cell_->clear(); }

 private:
  GaugeCell* cell_;
};

class Histogram {
 public:
  explicit Histogram(HistogramCell& cell) : cell_(&cell) {}
  // False: `value` is negative. It enters the 60 s window only; count it beside the histogram.
  bool observe(base::Duration value) const { return cell_->observe(value); }

 private:
  HistogramCell* cell_;
};

// One series for each value of the enum `State`, 1 for the one that holds; absent until set.
template <class State>
class StateSet {
 public:
  explicit StateSet(StateCell& cell) : cell_(&cell) {}
  void set(State state) const { cell_->set(static_cast<std::uint32_t>(state)); }
  void clear() const { cell_->clear(); }

 private:
  StateCell* cell_;
};

}  // namespace tickwitness::telemetry
