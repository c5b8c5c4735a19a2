// From a run that failed to the smallest one found that still does: fewer faults, less time.
#pragma once

#include <functional>
#include <string>
#include <vector>

#include "app/simulated_world.h"
#include "sim/world/plan.h"

namespace tickwitness::app {

struct Shrunk {
  sim::Plan plan;
  std::size_t runs = 0;  // that it took
};

// `run` runs a plan and returns the checkers that failed. A smaller plan counts when any of
// `failed` fails in it again. Bounded to `runs_max` runs.
Shrunk shrink(const sim::Plan& plan, const std::vector<std::string>& failed, std::size_t runs_max,
              const std::function<std::vector<std::string>(const sim::Plan&)>& run);

// The command that runs exactly this plan.
std::string command_of(const sim::Plan& plan);

}  // namespace tickwitness::app
