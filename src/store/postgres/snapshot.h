// The tables as they are at one moment, to be copied while somebody goes on writing to them.
#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "store/postgres/connection.h"

namespace tickwitness::store::postgres {

// On one thread. Holds a transaction: nobody waits for it but who wants to change the tables
// themselves. What the server deletes meanwhile it cannot clean up before the snapshot is gone.
class Snapshot {
 public:
  // Fails where our tables are not there, or of a later version.
  static SinkResult<Snapshot> take(const PostgresSettings& settings);

  // Up to where of the spool everything is in it; both 0: it has had nothing of it.
  SinkResult<Cursor> cursor(std::uint64_t spool);
  // Of the tables on the server's disk, without indexes: about what their copies take.
  std::uint64_t bytes() const { return bytes_; }

  // Ours, in the order of kTables; tables of other people are not among them.
  const std::vector<std::string>& tables() const { return tables_; }
  // Shows one of them to `take`, as it was when the snapshot was taken: CSV (RFC 4180) with a
  // first line of names, as COPY … WITH (FORMAT csv, HEADER) has it, in pieces. After a false, or
  // an error, the snapshot is of no use any more.
  SinkResult<void> read(const std::string& table,
                        const std::function<bool(std::string_view piece)>& take);

 private:
  explicit Snapshot(Connection connection) : connection_(std::move(connection)) {}
  SinkResult<void> begin();

  Connection connection_;
  std::vector<std::string> tables_;
  std::uint64_t bytes_ = 0;
};

}  // namespace tickwitness::store::postgres
