// What is done before the tables on a PostgreSQL are changed.
#pragma once

#include <stop_token>
#include <string>

#include "config/settings.h"
#include "runtime/clock.h"
#include "runtime/log.h"
#include "store/batch/sink.h"

namespace tickwitness::app {

// The clock outlives it.
class TableSaver {
 public:
  TableSaver(const config::Settings& settings, const runtime::Clock& clock)
      : settings_(settings), clock_(clock) {}

  // Before the first save(); the log outlives it.
  void tell(runtime::Log& log) { log_ = &log; }
  // A backup, as `tickwitness backup` makes it, in the data directory:
  // "postgresql.backup-schema-2" ("-2", "-3" … when that is taken). Its path.
  store::SinkResult<std::string> save(int version);
  // Any thread: what is being saved, or would be, is not.
  void stop() { stop_.request_stop(); }

 private:
  const config::Settings settings_;
  const runtime::Clock& clock_;
  runtime::Log* log_ = nullptr;
  std::stop_source stop_;
};

}  // namespace tickwitness::app
