#include "store/sqlite/sqlite_store.h"

namespace tickwitness::store::sqlite {
namespace {

constexpr int kFlags = SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE;

// The connection may have been a reader's. Each commit is synced. The cache has room for the last
// pages of some hundred markets' trees.
constexpr const char* kPragmas =
    "PRAGMA query_only=OFF; PRAGMA synchronous=FULL; PRAGMA foreign_keys=OFF; PRAGMA "
    "cache_size=-8192;"
    "PRAGMA journal_size_limit=67108864";

// A process that was killed between the write and the sync of a commit leaves a log that can be
// read and is not yet on the disk. SQLite takes it as it is, and the spool would forget what the
// cursor counts. A commit of ours syncs the log; the checkpoint writes anew what a sync that failed
// may have left out of it; only where nobody else has the file open can there be any such thing.
constexpr const char* kSettle =
    "BEGIN IMMEDIATE; UPDATE schema_version SET version = version; COMMIT;"
    "PRAGMA wal_checkpoint(TRUNCATE)";

SinkResult<void> use_write_ahead_log(Connection& connection) {
  auto mode = connection.prepare("PRAGMA journal_mode=WAL");
  if (!mode) return std::unexpected(mode.error());
  if (mode->step() != SQLITE_ROW) return connection.fail("cannot be opened");
  if (mode->text(0) == "wal") return {};
  return sink_fail(connection.path() +
                       ": its file system cannot share memory, which the "
                       "write-ahead log needs: use a local disk",
                   false);
}

}  // namespace

std::unique_ptr<Connections> make_pool(const SqliteSettings& settings, PoolLimits limits) {
  return std::make_unique<Connections>(
      "sqlite",
      [settings] { return Connection::open(settings.path, kFlags, settings.busy, settings.meter); },
      limits, settings.meter);
}

SinkResult<Writer> SqliteStore::make_writer(Connections::Lease lease) {
  Connection& connection = *lease;
  auto backup = bring_up_to_date(connection, migrations_);
  if (!backup) return std::unexpected(backup.error());
  if (*backup) saved_ = std::move(*backup);
  auto ok = use_write_ahead_log(connection);
  if (ok) ok = connection.run(kPragmas);
  if (ok) ok = connection.run(kSettle);
  if (!ok) return std::unexpected(ok.error());
  return Writer::make(std::move(lease));
}

}  // namespace tickwitness::store::sqlite
