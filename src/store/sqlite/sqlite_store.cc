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

template <class What>
auto SqliteStore::use(What what) -> decltype(what(std::declval<Writer&>())) {
  if (!writer_) return sink_fail("the store is not open", true);
  writer_->wake();
  auto result = what(*writer_);
  if (result) {
    writer_->rest();
  } else {
    writer_.reset();
  }
  return result;
}

SinkResult<Cursor> SqliteStore::open() {
  writer_.reset();
  if (auto ok = open_anew(); !ok) return std::unexpected(ok.error());
  return use([](Writer& writer) { return writer.cursor(); });
}

SinkResult<void> SqliteStore::open_anew() {
  auto lease = pool_.take();
  if (!lease) return std::unexpected(lease.error());
  Connection& connection = **lease;
  auto backup = bring_up_to_date(connection, migrations_);
  if (!backup) return std::unexpected(backup.error());
  backup_ = std::move(*backup);
  if (auto ok = use_write_ahead_log(connection); !ok) return ok;
  if (auto ok = connection.run(kPragmas); !ok) return ok;
  if (auto ok = connection.run(kSettle); !ok) return ok;
  auto writer = Writer::make(std::move(*lease));
  if (!writer) return std::unexpected(writer.error());
  writer_.emplace(std::move(*writer));
  return {};
}

SinkResult<Cursor> SqliteStore::cursor(std::uint64_t spool) {
  return use([&](Writer& writer) { return writer.cursor(spool); });
}

SinkResult<Stored> SqliteStore::store(std::span<const pipeline::Tick> ticks,
                                      std::span<const pipeline::GapEntry> gaps, Cursor upto) {
  return use([&](Writer& writer) { return writer.write(ticks, gaps, upto); });
}

std::optional<std::uint64_t> SqliteStore::disk_bytes() {
  if (!writer_) return std::nullopt;
  return writer_->disk_bytes();
}

SinkResult<std::uint64_t> SqliteStore::forget_quotes(base::WallTime before, std::uint64_t at_most) {
  return use([&](Writer& writer) { return writer.forget_quotes(before, at_most); });
}

}  // namespace tickwitness::store::sqlite
