// All series of one process, or of one simulated world: any number may live side by side. It reads
// no clock; somebody calls tick() each second.
#pragma once

#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <set>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/time.h"
#include "telemetry/schema.h"
#include "telemetry/series.h"
#include "telemetry/window.h"

namespace tickwitness::telemetry {

// What stands for the label values that came after a label's bound was reached.
inline constexpr std::string_view kOther = "other";

// Thread-safe. Writing through a handle never takes the lock that these calls share.
class Registry {
 public:
  Registry() : Registry(catalog_schema()) {}
  explicit Registry(const Schema& schema);
  Registry(const Registry&) = delete;
  Registry& operator=(const Registry&) = delete;

  const Schema& schema() const { return *schema_; }

  // Finds or makes. `values` are in the order of the instrument's labels. A new value of a bounded
  // label beyond its bound becomes `other`, and is counted in label_overflow; so do all bounded
  // labels of a series beyond the instrument's series_max. Series live as long as the registry, so
  // that no counter ever falls.
  Series& series(InstrumentId instrument, std::span<const std::string_view> values);

  // Each second: takes the snapshots of the 60 s windows. Calls nearer than 0.5 s are ignored.
  void tick(base::Instant now);

  using SeriesMap = std::map<std::string, std::unique_ptr<Series>, std::less<>>;

  // While it lives no series appears and no window moves; writers go on.
  class Reading {
   public:
    explicit Reading(const Registry& registry) : registry_(registry), lock_(registry.mutex_) {}
    const Schema& schema() const { return *registry_.schema_; }
    // In the order of their label values.
    const SeriesMap& series(InstrumentId instrument) const { return registry_.series_[instrument]; }
    const TickRing& ticks() const { return registry_.ticks_; }

   private:
    const Registry& registry_;
    std::lock_guard<std::mutex> lock_;
  };

 private:
  Series& series_locked(InstrumentId instrument, std::vector<std::string> values);
  void bound_values(const InstrumentDecl& decl, std::vector<std::string>& values);
  void count_overflow(std::string_view what);

  const Schema* schema_;
  mutable std::mutex mutex_;
  std::vector<SeriesMap> series_;  // by instrument; the key is the values, each ended by \0
  std::vector<std::set<std::string, std::less<>>> values_;  // by label: what bounded ones have had
  TickRing ticks_;
};

}  // namespace tickwitness::telemetry
