// The process's view of files and environment for config::load, which does no I/O itself.
#pragma once

#include <optional>
#include <string>

#include "config/load.h"

namespace tickwitness::app {

base::Result<std::string> read_file(const std::string& path);
config::Environment read_environment();

// Loads and prints every problem to stderr, warnings too. Nothing when there are errors.
std::optional<config::Loaded> load_or_complain(const std::string& path);

}  // namespace tickwitness::app
