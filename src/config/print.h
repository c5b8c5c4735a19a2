// The settings in force, as YAML that load() accepts again (but for secrets, which are redacted).
#pragma once

#include <string>

#include "config/settings.h"

namespace tickwitness::config {

std::string print(const Settings& settings);

}  // namespace tickwitness::config
