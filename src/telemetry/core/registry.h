// All metric families of a program or of a part of it; any number of registries may live side by
// side. It reads no clock and starts no thread.
#pragma once

#include <chrono>
#include <initializer_list>
#include <memory>
#include <mutex>
#include <set>
#include <span>
#include <string>
#include <string_view>

#include "telemetry/core/handles.h"
#include "telemetry/core/stable_list.h"

namespace tickwitness::telemetry::core {

// Of labels or states, in the order in which at() wants their values.
using Names = std::initializer_list<std::string_view>;

// Any thread. A child of fork() begins at zero: counters and histograms at 0, gauges and state sets
// absent. What add() and its kin give, and the handles that come of it, live as long as the
// registry: when it is destroyed nobody may be writing, scraping or ever use them again.
//
// A family is declared once; who declares the same name, kind, labels, bounds and states again gets
// the same one, with the help, unit and limits of the first. Throws std::invalid_argument for a
// name that is taken by something else, and for what the exposition cannot have; the message says
// which. Declaring takes a lock and looks at every family: do it once and keep what it gives.
class Registry {
 public:
  Registry();
  ~Registry();
  Registry(const Registry&) = delete;
  Registry& operator=(const Registry&) = delete;

  // Of things; the name ends in _total, or OpenMetrics calls its type unknown.
  CounterFamily counter(std::string_view name, std::string_view help, Names labels = {});
  // Of seconds and other real amounts, not of things.
  FractionalCounterFamily fractional_counter(std::string_view name, std::string_view help,
                                             Names labels = {});
  GaugeFamily gauge(std::string_view name, std::string_view help, Names labels = {});
  // Of durations, exported in seconds. `bounds`: upper bounds, inclusive, ascending, ≥ 0; +Inf
  // comes by itself.
  HistogramFamily histogram(std::string_view name, std::string_view help,
                            std::initializer_list<std::chrono::nanoseconds> bounds,
                            Names labels = {});
  // `state`: the label that names the state, besides `labels`; its values are `states`.
  StateSetFamily stateset(std::string_view name, std::string_view help, std::string_view state,
                          Names states, Names labels = {});
  // A constant 1 whose labels say something; the name ends in _info.
  InfoFamily info(std::string_view name, std::string_view help, Names labels);
  // Of durations, exported in seconds; wants tick().
  SummaryFamily summary(std::string_view name, std::string_view help,
                        std::initializer_list<double> quantiles, Names labels = {});
  // Everything that FamilyDecl can say: other units, native histograms, bounds on labels. Handles
  // come of the wrapper of its kind, such as HistogramFamily(registry.add(…)).
  Family& add(FamilyDecl decl);

  // Once a second: the windows of summaries move on. Calls nearer than 0.5 s are ignored.
  void tick(Moment now);

  // What `_created` of series says that are made from now on, in whole seconds; nothing before the
  // first call.
  void set_time(WallTime now);

  // What a summary observed within the last 60 s. Waits for tick() and others that read windows.
  SketchSum last_minute(const Family& family, const Series& series) const;

  // In the order of declaration.
  std::size_t size() const { return families_.size(); }
  const Family& operator[](std::size_t i) const { return *families_[i]; }

 private:
  friend struct Forks;

  mutable std::mutex adding_;
  std::set<std::string, std::less<>> sample_names_;
  StableList<std::unique_ptr<Family>> families_;
  mutable std::mutex ticking_;
  TickRing ticks_;
  std::atomic<std::uint32_t> clock_{0};
};

}  // namespace tickwitness::telemetry::core
