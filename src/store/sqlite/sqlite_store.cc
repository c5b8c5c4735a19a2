#include "store/sqlite/sqlite_store.h"

namespace tickwitness::store::sqlite {
namespace {

constexpr int kFlags = SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE;

// Each commit is synced. The cache has room for the last pages of some hundred markets' trees.
constexpr const char* kPragmas =
    "PRAGMA synchronous=FULL; PRAGMA foreign_keys=OFF; PRAGMA cache_size=-8192;"
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

SinkResult<Cursor> SqliteStore::open() {
  writer_.reset();
  auto cursor = open_anew();
  if (!cursor) writer_.reset();
  return cursor;
}

SinkResult<Cursor> SqliteStore::open_anew() {
  auto connection = Connection::open(settings_.path, kFlags, settings_.busy);
  if (!connection) return std::unexpected(connection.error());
  auto backup = bring_up_to_date(*connection, migrations_);
  if (!backup) return std::unexpected(backup.error());
  backup_ = std::move(*backup);
  if (auto ok = use_write_ahead_log(*connection); !ok) return std::unexpected(ok.error());
  if (auto ok = connection->run(kPragmas); !ok) return std::unexpected(ok.error());
  if (auto ok = connection->run(kSettle); !ok) return std::unexpected(ok.error());
  auto writer = Writer::make(std::move(*connection));
  if (!writer) return std::unexpected(writer.error());
  writer_ = std::move(*writer);
  return writer_->cursor();
}

SinkResult<Stored> SqliteStore::store(std::span<const pipeline::Tick> ticks, Cursor upto) {
  if (!writer_) return sink_fail(settings_.path + ": is not open", true);
  auto stored = writer_->write(ticks, upto);
  if (!stored) writer_.reset();
  return stored;
}

SinkResult<std::uint64_t> SqliteStore::forget_quotes(base::WallTime before, std::uint64_t at_most) {
  if (!writer_) return sink_fail(settings_.path + ": is not open", true);
  auto gone = writer_->forget_quotes(before, at_most);
  if (!gone) writer_.reset();
  return gone;
}

}  // namespace tickwitness::store::sqlite
