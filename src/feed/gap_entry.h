// An entry of the gap ledger as it is kept, and back.
#pragma once

#include <optional>

#include "feed/gap_ledger.h"
#include "pipeline/gap_entry.h"

namespace tickwitness::feed {

pipeline::GapEntry to_entry(const Gap& gap);
// Of an earlier process: its monotonic clock means nothing now, `read` stands for both its times.
// Nothing: of words that this program does not know.
std::optional<Gap> to_gap(const pipeline::GapEntry& entry, base::Instant read);

}  // namespace tickwitness::feed
