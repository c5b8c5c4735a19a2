// Times as exchanges write them: RFC 3339 in UTC, "2024-05-27T12:33:10.826003Z".
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "base/time.h"

namespace tickwitness::base {

// "YYYY-MM-DDTHH:MM:SS[.f]Z" with 0 to 9 fractional digits, years 1678 to 2261 (what nanoseconds
// in 64 bits hold). Absent when the text is anything else: other offsets, impossible dates, leap
// seconds. Never throws.
std::optional<WallTime> parse_rfc3339(std::string_view text);

// The same, or a day: "2024-05-27" is its first moment.
std::optional<WallTime> parse_moment(std::string_view text);

// With `decimals` (0 to 9) fractional digits, the rest cut off: 6 is microseconds, 9 is all.
std::string format_rfc3339(WallTime time, int decimals = 6);

}  // namespace tickwitness::base
