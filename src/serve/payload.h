// The data of the event `kraken_metrics`: eight fields as seed 000 has them, and what the page
// shows beside them.
#pragma once

#include <string>

#include "serve/status.h"
#include "telemetry/registry.h"

namespace tickwitness::serve {

// One line of JSON. What is counted comes from the registry's `sse` views, so it equals /metrics;
// what has a state or an age from `status`, which may be null. Unknown is null. Ages are by our
// monotonic clock, `timestamp` is our wall clock.
std::string kraken_metrics(const telemetry::Registry& registry, const EngineStatus* status,
                           const ProcessInfo& process, base::Now now);

// {"timestamp":ms}
std::string heartbeat(base::Now now);

}  // namespace tickwitness::serve
