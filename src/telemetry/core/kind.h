#pragma once

#include <cstdint>

namespace tickwitness::telemetry::core {

enum class Kind : std::uint8_t { counter, gauge, histogram, stateset, info };

}  // namespace tickwitness::telemetry::core
