// Questions about what was stored on a server, for a page.
#pragma once

#include "pipeline/history.h"
#include "store/postgres/connection.h"

namespace tickwitness::store::postgres {

// As store::ReadHistory. Fails where the tables are not there, or of another version.
SinkResult<pipeline::History> read_history(Connection& connection,
                                           const pipeline::HistoryQuery& query);

}  // namespace tickwitness::store::postgres
