// Runs seeds with one planted bug until a checker complains: the simulation must find each of them.
//   simulate_planted BUG CHECKER [SEEDS]   exit 0 if CHECKER complained within that many seeds
//   simulate_planted none - SEEDS          exit 0 if nothing complained
// Each run is one virtual hour. See src/base/planted.h for what the bugs are.
#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <array>
#include <cstdlib>
#include <string_view>

#include "app/simulated_world.h"
#include "base/planted.h"

namespace tickwitness::base {
namespace {
PlantedBug active = PlantedBug::none;
}
inline namespace with_bugs {
bool planted(PlantedBug bug) {
  return bug == active;
}
}  // namespace with_bugs
}  // namespace tickwitness::base

namespace {

using tickwitness::base::PlantedBug;

constexpr std::array<std::pair<std::string_view, PlantedBug>, 11> kBugs{{
    {"none", PlantedBug::none},
    {"lost_at_reconnect", PlantedBug::lost_at_reconnect},
    {"double_after_retry", PlantedBug::double_after_retry},
    {"breaker_never_half_opens", PlantedBug::breaker_never_half_opens},
    {"heartbeat_clears_stale", PlantedBug::heartbeat_clears_stale},
    {"unbounded_queue", PlantedBug::unbounded_queue},
    {"hole_forgotten", PlantedBug::hole_forgotten},
    {"checksum_believed", PlantedBug::checksum_believed},
    {"witness_not_believed", PlantedBug::witness_not_believed},
    {"commit_believed", PlantedBug::commit_believed},
    {"accepted_before_sync", PlantedBug::accepted_before_sync},
}};

int search(std::string_view bug, std::string_view checker, std::uint64_t seeds) {
  for (std::uint64_t seed = 1; seed <= seeds; ++seed) {
    const auto plan = tickwitness::sim::draw_plan(seed, std::chrono::hours(1));
    const auto result = tickwitness::app::SimulatedWorld(plan).run();
    const auto failed = result.report.failed_checkers();
    if (failed.empty()) continue;
    fmt::print("{}: seed {}, checkers {}\n", bug, seed, fmt::join(failed, ", "));
    for (const auto& violation : result.report.violations()) {
      fmt::print("  {}: {}\n", violation.checker, violation.what);
      break;
    }
    if (bug == "none") return 1;
    if (std::ranges::find(failed, checker) != failed.end()) return 0;
  }
  fmt::print("{}: {} is content with {} seeds\n", bug, bug == "none" ? "everybody" : checker,
             seeds);
  return bug == "none" ? 0 : 1;
}

}  // namespace

int main(int argc, char** argv) {
  const std::string_view name = argc > 2 ? argv[1] : "";
  const auto bug = std::ranges::find(kBugs, name, [](const auto& known) { return known.first; });
  if (bug == kBugs.end()) {
    fmt::print(stderr, "usage: simulate_planted BUG CHECKER [SEEDS]\n");
    return 64;
  }
  tickwitness::base::active = bug->second;
  return search(name, argv[2], argc > 3 ? std::strtoull(argv[3], nullptr, 10) : 200);
}
