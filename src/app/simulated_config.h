// A simulated product's configuration: written as an operator would, kept on the simulated disk,
// read by the same code as any other.
#pragma once

#include <string>

#include "base/result.h"
#include "config/settings.h"
#include "runtime/disk.h"
#include "sim/world/plan.h"

namespace tickwitness::app {

// Must never be seen outside the process.
inline constexpr std::string_view kSimulatedToken = "canary-4c1f9a7e2b60d853";

// The main file, the files it names and the token, each durably. `pairs`: how many of the plan's,
// from the first.
base::Result<void> write_config(runtime::Disk& disk, const sim::Plan& plan, std::size_t pairs);

// Errors: every problem of the files, in one text.
base::Result<config::Settings> read_config(runtime::Disk& disk);

}  // namespace tickwitness::app
