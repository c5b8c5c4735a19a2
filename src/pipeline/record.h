// What must last, as it goes from those who know it to those who keep it.
#pragma once

#include <variant>

#include "pipeline/gap_entry.h"
#include "pipeline/tick.h"

namespace tickwitness::pipeline {

// A later entry of the gap ledger takes the place of an earlier one with the same id.
using Record = std::variant<Tick, GapEntry>;

}  // namespace tickwitness::pipeline
