// What one seed decides: the market and its load, the product's configuration, the machine, and
// which faults come when and how strong.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "base/result.h"
#include "sim/exchange/settings.h"
#include "sim/record/ledger.h"
#include "sim/world/world_fault.h"

namespace tickwitness::sim {

struct Plan {
  std::uint64_t seed = 0;
  base::Duration length = std::chrono::hours(1);  // of the phase with faults
  Settings exchange;                              // its own faults included
  std::vector<WorldFault> faults;                 // in the order of time
  Promises promises;                              // as the product is configured
  std::vector<std::uint32_t> intervals;           // minutes, of candles
  bool drop_newest = false;                       // the product's overload policy
  std::size_t ring_capacity = 8192;
  base::Duration clock_offset{0};  // of the machine's wall clock at the start
  std::uint64_t jitter_one_in = 0;
  base::Duration jitter_most{0};
  base::Duration scrape_every = std::chrono::seconds(15);
  base::Duration spool_turn = std::chrono::milliseconds(250);  // how often the spool takes ticks in

  // All faults as text, the exchange's first: what --fault takes.
  std::vector<std::string> fault_texts() const;
};

// The plan of a seed. The same seed and length, the same plan.
Plan draw_plan(std::uint64_t seed, base::Duration length);

// The same plan with these faults instead of its own. Errors: the first text that is no fault.
base::Result<Plan> with_faults(Plan plan, const std::vector<std::string>& faults);

}  // namespace tickwitness::sim
