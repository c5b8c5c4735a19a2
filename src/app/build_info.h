// What this build calls itself.
#pragma once

#include <string_view>

namespace tickwitness::app {

extern const std::string_view kVersion;  // "0.1.0"
// Twelve digits of the commit, with "+" when the tree had changes that were not committed; or
// "unknown".
extern const std::string_view kCommit;

}  // namespace tickwitness::app
