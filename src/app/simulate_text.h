// What `tickwitness simulate` prints: a line of JSON or of text for each seed, and a last one.
#pragma once

#include <string>
#include <vector>

#include "app/simulated_world.h"

namespace tickwitness::app {

struct SimulationTotals {
  std::uint64_t seeds = 0;
  std::vector<std::uint64_t> failed;
  base::Duration virtual_time{};
  base::Duration wall_time{};
  // Of the process at its end; both 0 where it says nothing (sanitizers).
  double resident_bytes = 0;
  double resident_bytes_max = 0;
  bool memory_ok() const { return resident_bytes <= resident_bytes_max; }
};

// `command`: what repeats a failed run, empty otherwise. Without a line end.
std::string simulation_json(const SimulationResult& result, const std::vector<std::string>& faults,
                            const std::string& command);
std::string simulation_json(const SimulationTotals& totals);

// One line of a run that passed, several of one that failed; with a line end.
std::string simulation_text(const SimulationResult& result, const std::vector<std::string>& faults,
                            const std::string& command);
std::string simulation_text(const SimulationTotals& totals);

}  // namespace tickwitness::app
