// Questions about what was stored on a server, for a page.
#pragma once

#include <stop_token>

#include "pipeline/history.h"
#include "store/postgres/connection.h"

namespace tickwitness::store::postgres {

// As store::ReadHistory. Fails where the tables are not there, or of another version.
SinkResult<pipeline::History> read_history(Connection& connection,
                                           const pipeline::HistoryQuery& query,
                                           const std::stop_token& stop = {});

}  // namespace tickwitness::store::postgres
