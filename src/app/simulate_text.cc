#include "app/simulate_text.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "app/simulate_report.h"
#include "base/json_write.h"

namespace tickwitness::app {
namespace {

double speed(base::Duration virtual_time, base::Duration wall_time) {
  return wall_time.count() == 0 ? 0 : base::seconds(virtual_time) / base::seconds(wall_time);
}

}  // namespace

std::string simulation_json(const SimulationResult& result, const std::vector<std::string>& faults,
                            const std::string& command) {
  std::string text;
  base::JsonWriter json(text);
  json.begin_object().member("seed", result.seed);
  write_report(json, result.report);
  // Sixteen digits rather than a number: JSON readers round 64 bits.
  json.member("hash", fmt::format("{:016x}", result.hash));
  json.member("virtual_s", base::seconds(result.virtual_time)).member("frames", result.frames);
  json.member("events", result.events).member("lives", result.lives);
  json.key("faults").begin_array();
  for (const auto& fault : faults) json.value(fault);
  json.end_array();
  if (!command.empty()) json.member("repeat", command);
  json.end_object();
  return text;
}

std::string simulation_json(const SimulationTotals& totals) {
  std::string text;
  base::JsonWriter json(text);
  json.begin_object().member("seeds", totals.seeds).key("failed_seeds").begin_array();
  for (const auto seed : totals.failed) json.value(seed);
  json.end_array().member("virtual_s", base::seconds(totals.virtual_time));
  json.member("wall_s", base::seconds(totals.wall_time));
  json.member("resident_bytes", totals.resident_bytes);
  json.member("resident_bytes_max", totals.resident_bytes_max).end_object();
  return text;
}

std::string simulation_text(const SimulationResult& result, const std::vector<std::string>& faults,
                            const std::string& command) {
  const sim::Report& report = result.report;
  std::string text = fmt::format("seed {:<6} {:016x}  {:>8} frames  {} lives  {:>2} faults  {}\n",
                                 result.seed, result.hash, result.frames, result.lives,
                                 faults.size(), report.failed().empty() ? "passed" : "FAILED");
  if (report.failed().empty()) return text;
  text += fmt::format("  checkers: {}\n", fmt::join(report.failed_checkers(), ", "));
  for (const auto& check : report.equalities()) {
    if (check.ok()) continue;
    text += fmt::format("  {}.{}: truth {}, measured {}\n", check.checker, check.name, check.truth,
                        check.measured);
  }
  for (const auto& bound : report.bounds()) {
    if (bound.ok()) continue;
    text += fmt::format("  {}.{}: measured {}, limit {}\n", bound.checker, bound.name,
                        bound.measured, bound.limit);
  }
  for (const auto& violation : report.violations()) {
    text += fmt::format("  {} at {:.3f} s: {}\n", violation.checker, base::seconds(violation.at),
                        violation.what);
  }
  return text + fmt::format("  again: {}\n", command);
}

std::string simulation_text(const SimulationTotals& totals) {
  std::string text =
      fmt::format("{} seeds, {} failed; {:.1f} h in {:.1f} s, {:.0f} times real time\n",
                  totals.seeds, totals.failed.size(), base::seconds(totals.virtual_time) / 3600,
                  base::seconds(totals.wall_time), speed(totals.virtual_time, totals.wall_time));
  if (!totals.memory_ok()) {
    text += fmt::format("the process holds {:.0f} MiB, at most {:.0f} are right\n",
                        totals.resident_bytes / (1 << 20), totals.resident_bytes_max / (1 << 20));
  }
  if (!totals.failed.empty()) text += fmt::format("failed: {}\n", fmt::join(totals.failed, ", "));
  return text;
}

}  // namespace tickwitness::app
