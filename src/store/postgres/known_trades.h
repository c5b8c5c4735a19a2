// What the table has under the keys of some trades.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "store/batch/sink.h"
#include "store/postgres/connection.h"
#include "store/postgres/copy_rows.h"

namespace tickwitness::store::postgres {

// Looks the trades up in the parts of the table that `days` are, in the open transaction, and takes
// those out of `trades` that are not to be inserted: what is there already, the same or another
// one under its key, and what the batch has twice. They are counted in `stored`. True: any was.
SinkResult<bool> take_out_known(Connection& connection, std::span<const int> days,
                                std::vector<TradeRow>& trades, Stored& stored);

}  // namespace tickwitness::store::postgres
