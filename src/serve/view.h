// What a service tells that has no engine of its own: another process's values, as they reached
// this one.
#pragma once

#include <string>
#include <vector>

#include "base/time.h"
#include "serve/liveness.h"

namespace tickwitness::serve {

// On the service's thread.
class View {
 public:
  virtual ~View() = default;
  // The data of the event `kraken_metrics`: one line of JSON.
  virtual std::string event(base::Now now) const = 0;
  virtual Readiness readiness(base::Instant now) const = 0;
  // The first is the one without which nothing is up.
  virtual std::vector<Component> components(base::Instant now) const = 0;
};

}  // namespace tickwitness::serve
