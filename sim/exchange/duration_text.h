// Durations as users write them: 1500ms, 20s, 2m, 1h, -80ms.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "base/time.h"

namespace tickwitness::sim {

// Whole milliseconds, at most 7 days either way; nothing for anything else.
std::optional<base::Duration> parse_duration(std::string_view text);
// Parses back to the same whole milliseconds.
std::string duration_text(base::Duration duration);

}  // namespace tickwitness::sim
