// All series of one process, or of one simulated world: any number may live side by side. It reads
// no clock; somebody calls tick() each second.
#pragma once

#include <functional>
#include <list>
#include <map>
#include <memory>
#include <mutex>
#include <set>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/time.h"
#include "telemetry/core/registry.h"
#include "telemetry/core/stable_list.h"
#include "telemetry/core/window.h"
#include "telemetry/schema.h"
#include "telemetry/series.h"

namespace tickwitness::telemetry {

using core::kOther;
using core::TickRing;

// Thread-safe. Writing through a handle takes none of its locks.
class Registry {
 public:
  Registry() : Registry(catalog_schema()) {}
  explicit Registry(const Schema& schema);
  Registry(const Registry&) = delete;
  Registry& operator=(const Registry&) = delete;

  const Schema& schema() const { return *schema_; }

  // Finds, without a lock, or makes. `values` are in the order of the instrument's labels. A new
  // value of a bounded label beyond its bound becomes `other`, and is counted in label_overflow; so
  // do all bounded labels of a series beyond the instrument's series_max. Series live as long as
  // the registry, so that no counter ever falls.
  Series& series(InstrumentId instrument, std::span<const std::string_view> values);
  // All of them, in the order of their creation.
  const core::StableList<Series>& series(InstrumentId instrument) const {
    return *series_[instrument];
  }
  const core::Registry& core() const { return core_; }
  const core::Family& family(InstrumentId instrument) const { return *families_[instrument]; }

  // Each second: takes the snapshots of the 60 s windows. Calls nearer than 0.5 s are ignored.
  void tick(base::Instant now);

  // While it lives no window moves; writers go on, and series may appear. Not thread-safe.
  class Reading {
   public:
    explicit Reading(const Registry& registry) : registry_(registry), lock_(registry.windows_) {}
    const Schema& schema() const { return *registry_.schema_; }
    const core::StableList<Series>& series(InstrumentId instrument) const {
      return registry_.series(instrument);
    }
    const TickRing& ticks() const { return registry_.ticks_; }

    // What came within the window, by group. Views that group and choose alike ask for the same:
    // adding up a minute is most of the work of a quantile. What the spans of `view` refer to must
    // outlive the reading.
    using SketchSums = std::map<std::vector<std::string>, core::SketchSum>;
    const SketchSums& sketch_sums(const ViewDecl& view,
                                  const std::function<SketchSums()>& make) const;

   private:
    const Registry& registry_;
    std::lock_guard<std::mutex> lock_;
    mutable std::list<std::pair<ViewDecl, SketchSums>> sketch_sums_;
  };

 private:
  Series& series_locked(InstrumentId instrument, std::vector<std::string> values);
  void bound_values(const InstrumentDecl& decl, std::vector<std::string>& values);
  void count_overflow(std::string_view what);

  const Schema* schema_;
  core::Registry core_;
  std::vector<core::Family*> families_;                            // by instrument
  std::vector<std::unique_ptr<core::StableList<Series>>> series_;  // by instrument and ordinal

  std::mutex making_;
  std::vector<std::set<std::string, std::less<>>> values_;  // by label: what bounded ones have had

  mutable std::mutex windows_;
  TickRing ticks_;
};

}  // namespace tickwitness::telemetry
