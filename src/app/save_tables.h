// What is done before the tables on a PostgreSQL are changed.
#pragma once

#include <string>

#include "base/time.h"
#include "config/settings.h"
#include "store/batch/sink.h"

namespace tickwitness::app {

// A backup, as `tickwitness backup` makes it, in the data directory: "postgresql.backup-schema-2"
// ("-2", "-3" … when that is taken). Its path.
store::SinkResult<std::string> save_tables(const config::Settings& settings, int version,
                                           base::WallTime now);

}  // namespace tickwitness::app
