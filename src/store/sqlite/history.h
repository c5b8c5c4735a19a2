// Questions about what was stored in a file, for a page.
#pragma once

#include <stop_token>

#include "pipeline/history.h"
#include "store/sqlite/connection.h"

namespace tickwitness::store::sqlite {

// As store::ReadHistory. Fails where there is no file, or one of another version of the schema.
SinkResult<pipeline::History> read_history(Connection& connection,
                                           const pipeline::HistoryQuery& query,
                                           const std::stop_token& stop = {});

}  // namespace tickwitness::store::sqlite
