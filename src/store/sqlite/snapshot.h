// The database as it is at one moment, to be copied while somebody goes on writing to it.
#pragma once

#include <cstdint>
#include <functional>
#include <string>

#include "store/sqlite/connection.h"

namespace tickwitness::store::sqlite {

// Hears how many bytes of how many were copied.
using CopyProgress = std::function<void(std::uint64_t done, std::uint64_t all)>;

// Copies what `from` sees into a new file, synced, that is complete without a log beside it.
// `progress` may be null.
SinkResult<void> copy_database(Connection& from, const std::string& path,
                               const CopyProgress& progress);

// On one thread. Holds a read transaction: nobody waits for it, but the log of the database grows
// until it is gone.
class Snapshot {
 public:
  // Fails where there is no file, or one of another program or of a later version.
  static SinkResult<Snapshot> take(const std::string& path);

  // Up to where of the spool everything is in it; both 0: it has had nothing of it.
  SinkResult<Cursor> cursor(std::uint64_t spool);
  std::uint64_t bytes() const { return bytes_; }
  // As it was when it was taken, whatever was written since.
  SinkResult<void> copy(const std::string& path, const CopyProgress& progress) {
    return copy_database(connection_, path, progress);
  }

 private:
  explicit Snapshot(Connection connection) : connection_(std::move(connection)) {}
  SinkResult<void> begin();

  Connection connection_;
  std::uint64_t bytes_ = 0;
};

}  // namespace tickwitness::store::sqlite
