// Tells connections apart that bring the same.
#pragma once

#include <cstdint>

namespace tickwitness::feed {

// Of one link; one that comes later has another.
using StreamNumber = std::uint32_t;

}  // namespace tickwitness::feed
