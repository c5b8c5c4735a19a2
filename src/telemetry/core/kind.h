#pragma once

#include <cstdint>

namespace tickwitness::telemetry::core {

// stateset: one of some named states holds, exported as a gauge of 0 or 1 for each; info: a
// constant 1 whose labels say something.
enum class Kind : std::uint8_t { counter, gauge, histogram, stateset, info, summary };

}  // namespace tickwitness::telemetry::core
