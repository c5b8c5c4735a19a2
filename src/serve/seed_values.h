// The eight values of seed 000: the first fields of the event `kraken_metrics`, and all fields of
// the entries of Redis's stream metrics:kraken.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "base/json_write.h"
#include "serve/status.h"
#include "telemetry/registry.h"

namespace tickwitness::serve {

using Fields = std::vector<std::pair<std::string, std::string>>;

struct SeedValues {
  std::optional<double> latency_p50_ms, latency_p95_ms, latency_p99_ms;
  std::optional<std::uint64_t> circuit_breaker_trips, reconnect_count;
  std::optional<double> trades_per_min;
  std::optional<std::string> ws_status;
  base::WallTime timestamp;
  friend bool operator==(const SeedValues&, const SeedValues&) = default;
};

// What is counted comes from the registry's `sse` views, so it equals /metrics. `status` may be
// null.
SeedValues seed_values(const telemetry::Registry::Reading& reading, const EngineStatus* status,
                       base::Now now);

// Into an object that is open; unknown is null.
void write(base::JsonWriter& json, const SeedValues& values);

// As an entry of a stream: what is unknown has no field.
Fields to_fields(const SeedValues& values);
// Back. What is not there, or is not what it should be, is unknown; without a timestamp it is
// `entered`.
SeedValues from_fields(const Fields& fields, base::WallTime entered);

// An entry of metrics:system: which process this is and how it is. `status` may be null.
Fields system_fields(const telemetry::Registry::Reading& reading, const EngineStatus* status,
                     const ProcessInfo& process, base::Now now);

}  // namespace tickwitness::serve
