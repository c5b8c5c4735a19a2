// Questions about what was stored, for a page.
#pragma once

#include <string>

#include "pipeline/history.h"
#include "store/sqlite/connection.h"

namespace tickwitness::store::sqlite {

// On one thread. Has a connection of its own and reads without a transaction that lasts, so that it
// never holds up who writes.
class HistoryReader {
 public:
  // Fails where there is no file, or one of another version of the schema.
  static SinkResult<HistoryReader> open(const std::string& path);

  // Empty for a market that nothing was stored of. After an error: open().
  SinkResult<pipeline::History> read(const pipeline::HistoryQuery& query);

 private:
  explicit HistoryReader(Connection connection) : connection_(std::move(connection)) {}
  SinkResult<void> prepare();

  Connection connection_;
  Statement trades_, candles_, quotes_;
};

}  // namespace tickwitness::store::sqlite
