// Questions about what was stored in a file, for a page.
#pragma once

#include "pipeline/history.h"
#include "store/sqlite/connection.h"

namespace tickwitness::store::sqlite {

// As store::ReadHistory. Fails where there is no file, or one of another version of the schema.
SinkResult<pipeline::History> read_history(Connection& connection,
                                           const pipeline::HistoryQuery& query);

}  // namespace tickwitness::store::sqlite
