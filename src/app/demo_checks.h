// What only the simulated exchange's own record tells, beside what the engine shows: connections,
// malformed frames, silences, prices. What the checkers of the simulation say is not said again.
// Pure.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>

#include "base/time.h"
#include "serve/status.h"
#include "sim/checkers/report.h"
#include "sim/clients/exposition.h"
#include "sim/exchange/truth.h"

namespace tickwitness::app {

// What the demo itself saw while it ran.
struct DemoObservations {
  std::size_t links = 0;  // connections that the configuration asks for
  std::shared_ptr<const serve::EngineStatus>
      before_end;                           // the last report before the exchange closed
  std::optional<base::Instant> stale_seen;  // when a subscription was first reported silent
  base::Instant ended{};
  base::Duration stale_after{};
  double resident_bytes = 0;
  double max_failures = 1;  // of the circuit breakers
};

// Whether something that was sent may not have arrived: what was on the wire when a connection was
// cut by others than the engine. Then received ≤ sent is all that is promised.
bool is_lossy(const sim::Truth& truth);

// Whether every trade must have come by the end: REST is there to fill what was left out, and had
// the time for it.
bool could_be_whole(const sim::Truth& truth, base::Instant ended);

// "BTC-USD" for "BTC/USD".
std::string dashed(std::string symbol);

// Adds the equalities and bounds of "demo". `scrape`: after the exchange closed and the engine
// drained. `lossy`: not all that was sent may have come.
void compare(const sim::Truth& truth, const sim::Exposition& scrape, const DemoObservations& seen,
             bool lossy, sim::Report& report);

struct DemoResult {
  std::uint64_t seed = 0;
  sim::Report report;
  std::string json() const;   // one line, without its end
  std::string table() const;  // for people
};

}  // namespace tickwitness::app
