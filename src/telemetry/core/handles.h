// What a program keeps and writes through: small, copyable, any thread, valid as long as the
// registry. Get one from a family once, keep it. Not for signal handlers: a write that interrupts
// one of the same thread can undo it.
#pragma once

#include <array>
#include <chrono>
#include <cmath>
#include <cstdint>
#include <stdexcept>
#include <string_view>

#include "telemetry/core/family.h"

namespace tickwitness::telemetry::core {

// Exists at 0 from the moment its handle is made.
class Counter {
 public:
  static bool fits(const FamilyDecl& decl) {
    return decl.kind == Kind::counter && !decl.fractional;
  }
  Counter(const Family&, Series& series) : word_(series.word()), series_(&series) {}
  void inc() const { word::add(word_, 1); }
  void add(std::uint64_t n) const { word::add(word_, n); }
  // The same, and the name of what was counted, at a wall time. The newest exemplar is exported.
  void add(std::uint64_t n, ExemplarLabel exemplar, WallTime at) const {
    add(n);
    series_->make_exemplars().put(0, exemplar, static_cast<std::int64_t>(n), at);
  }
  // A moment's value, exact, modulo 2^64. Reads a word of each lane.
  std::uint64_t value() const { return word::sum(word_); }

 private:
  Word word_;
  Series* series_;
};

// Of families declared `fractional`, such as CPU seconds.
class FractionalCounter {
 public:
  static bool fits(const FamilyDecl& decl) { return decl.kind == Kind::counter && decl.fractional; }
  FractionalCounter(const Family&, const Series& series) : word_(series.word()) {}
  // x > 0; anything else, NaN too, is ignored.
  void add(double x) const {
    if (x > 0) word::add_real(word_, x);
  }
  double value() const { return word::sum_real(word_); }

 private:
  Word word_;
};

// Absent from every output until set, and again after clear(). The last writer wins.
class Gauge {
 public:
  static bool fits(const FamilyDecl& decl) { return decl.kind == Kind::gauge; }
  Gauge(const Family&, Series& series) : series_(&series) {}
  // Any double, NaN and infinities too.
  void set(double value) const { series_->set(value); }
  // x of either sign; an absent gauge counts from 0. Slower than set(): for what several threads
  // count up and down.
  void add(double x) const { series_->add(x); }
  void clear() const { series_->clear(); }
  // Both write the same series.
  friend bool operator==(const Gauge&, const Gauge&) = default;

 private:
  Series* series_;
};

class Histogram {
 public:
  static bool fits(const FamilyDecl& decl) { return decl.kind == Kind::histogram; }
  Histogram(const Family& family, Series& series)
      : words_(family.histogram(series)), series_(&series), bounds_(&family.bounds()) {}

  // Of families that observe nanoseconds (per_unit 1e9). False: negative, not counted; count it
  // beside the histogram, whose sum must not fall.
  bool observe(std::chrono::nanoseconds value) const { return words_.observe(value.count()); }
  // In the observed unit of the family.
  bool observe_units(std::int64_t value) const { return words_.observe(value); }
  // In the exported unit, rounded to the observed one. False also for NaN and what is beyond 2^63.
  bool observe_value(double value) const {
    const double units = std::nearbyint(value * bounds_->per_unit());
    return units >= 0 && units < 0x1p63 && words_.observe(static_cast<std::int64_t>(units));
  }
  // The same, and its name, at a wall time. The newest exemplar of each bucket is exported.
  bool observe(std::chrono::nanoseconds value, ExemplarLabel exemplar, WallTime at) const {
    if (!words_.observe(value.count())) return false;
    const std::uint32_t bucket = bounds_->classic_of(words_.buckets().index(value.count()));
    series_->make_exemplars().put(bucket, exemplar, value.count(), at);
    return true;
  }

  // Sum in the observed unit, not the exported one.
  HistogramSnapshot snapshot() const { return words_.snapshot(); }

 private:
  HistogramWords words_;
  Series* series_;
  const HistogramBounds* bounds_;
};

// Quantiles of the last 60 s, with a relative error of 1 %, beside an exact count and sum; 30 KB a
// series. For what is shown; histograms are for what is added up over many programs.
class Summary {
 public:
  static bool fits(const FamilyDecl& decl) { return decl.kind == Kind::summary; }
  Summary(const Family& family, Series& series)
      : words_(family.histogram(series)), recent_(&family.recent(series).cell) {}
  // False: negative. It enters the window, but neither count nor sum, which must not fall.
  bool observe(std::chrono::nanoseconds value) const {
    recent_->add(value.count());
    return words_.observe(value.count());
  }

 private:
  HistogramWords words_;
  SketchCell* recent_;
};

// One of a few states holds; absent until set.
class StateSet {
 public:
  static bool fits(const FamilyDecl& decl) { return decl.kind == Kind::stateset; }
  StateSet(const Family&, Series& series) : series_(&series) {}
  // Index into the family's states; one that is none makes it absent.
  void set(std::uint32_t state) const { series_->set_state(state); }
  void clear() const { series_->clear(); }

 private:
  Series* series_;
};

// Saying it makes the series: all that it says is in the labels.
class Info {
 public:
  static bool fits(const FamilyDecl& decl) { return decl.kind == Kind::info; }
  Info(const Family&, Series&) {}
};

// A family that gives handles. at() and remove() take as many values as the family has labels, in
// their order; at() throws std::invalid_argument otherwise. Existing series are found without a
// lock; a new one takes one.
template <class Handle>
class FamilyOf {
 public:
  // Throws std::invalid_argument when the family is of another kind.
  explicit FamilyOf(Family& family) : family_(&family) {
    if (Handle::fits(family.decl())) return;
    throw std::invalid_argument(family.decl().name + " is a family of another kind");
  }
  template <class... Values>
  Handle at(const Values&... values) const {
    const std::array<std::string_view, sizeof...(Values)> texts{values...};
    return {*family_, family_->at(std::span(texts))};
  }
  // Family::remove()
  template <class... Values>
  bool remove(const Values&... values) const {
    return family_->remove(std::array<std::string_view, sizeof...(Values)>{values...});
  }
  Family& family() const { return *family_; }

 private:
  Family* family_;
};

using CounterFamily = FamilyOf<Counter>;
using FractionalCounterFamily = FamilyOf<FractionalCounter>;
using GaugeFamily = FamilyOf<Gauge>;
using HistogramFamily = FamilyOf<Histogram>;
using StateSetFamily = FamilyOf<StateSet>;
using InfoFamily = FamilyOf<Info>;
using SummaryFamily = FamilyOf<Summary>;

}  // namespace tickwitness::telemetry::core
