// What the simulated exchange recorded beside what the engine counted: the result of a demo. Pure.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "base/time.h"
#include "serve/status.h"
#include "sim/exchange/truth.h"
#include "telemetry/registry.h"

namespace tickwitness::app {

// An exact equality.
struct Check {
  std::string name;
  double truth = 0;
  double measured = 0;
  bool ok() const { return truth == measured; }
};

struct Bound {
  std::string name;
  double measured = 0;
  double limit = 0;  // measured must not be above
  bool ok() const { return measured <= limit; }
};

struct DemoResult {
  std::uint64_t seed = 0;
  std::vector<Check> checks;
  std::vector<Bound> bounds;
  std::vector<std::string> failed() const;
  std::string json() const;   // CONTRACT's line, without a line end
  std::string table() const;  // for people
};

// What the demo itself saw while it ran.
struct DemoObservations {
  std::size_t links = 0;  // connections that the configuration asks for
  std::shared_ptr<const serve::EngineStatus>
      before_end;                           // the last report before the exchange closed
  std::optional<base::Instant> stale_seen;  // when a subscription was first reported stale
  base::Instant ended{};
  base::Duration stale_after{};
  double resident_bytes = 0;
  double max_failures = 1;  // of the circuit breakers
};

DemoResult compare(std::uint64_t seed, const sim::Truth& truth, const telemetry::Registry& registry,
                   const DemoObservations& seen);

}  // namespace tickwitness::app
