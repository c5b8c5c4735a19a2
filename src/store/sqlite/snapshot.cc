#include "store/sqlite/snapshot.h"

#include <fmt/format.h>

#include <bit>

#include "store/sqlite/schema.h"

namespace tickwitness::store::sqlite {
namespace {

constexpr int kPages = 1024;  // between two reports

}  // namespace

SinkResult<void> copy_database(Connection& from, const std::string& path,
                               const CopyProgress& progress) {
  auto copy = Connection::open(path, SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE, {});
  if (!copy) return std::unexpected(copy.error());
  const auto page = from.integer("PRAGMA page_size");
  if (!page) return std::unexpected(page.error());
  sqlite3_backup* const backup = sqlite3_backup_init(copy->handle(), "main", from.handle(), "main");
  if (backup == nullptr) return copy->fail("cannot be written");
  for (int code = SQLITE_OK; code == SQLITE_OK;) {
    code = sqlite3_backup_step(backup, progress ? kPages : -1);
    if (!progress) continue;
    const auto all = static_cast<std::uint64_t>(sqlite3_backup_pagecount(backup));
    const auto left = static_cast<std::uint64_t>(sqlite3_backup_remaining(backup));
    progress((all - left) * static_cast<std::uint64_t>(*page),
             all * static_cast<std::uint64_t>(*page));
  }
  if (sqlite3_backup_finish(backup) != SQLITE_OK) return copy->fail("cannot be written");
  // One file: no log beside it that somebody could leave behind.
  return copy->run("PRAGMA journal_mode=DELETE");
}

SinkResult<Snapshot> Snapshot::take(const std::string& path) {
  // To read a write-ahead log its index must be written.
  auto connection = Connection::open(path, SQLITE_OPEN_READWRITE, kBusyTimeout);
  if (!connection) return std::unexpected(connection.error());
  Snapshot snapshot(std::move(*connection));
  if (auto ok = snapshot.begin(); !ok) return std::unexpected(ok.error());
  return snapshot;
}

SinkResult<void> Snapshot::begin() {
  // The transaction begins with the first thing it reads. As long as it lasts the copy is made in
  // it, and is not begun anew when somebody commits (sqlite3_backup_step).
  if (auto ok = connection_.run("BEGIN"); !ok) return ok;
  const auto version = schema_version(connection_);
  if (!version) return std::unexpected(version.error());
  if (*version == 0)
    return sink_fail(connection_.path() + ": is empty, tickwitness has not used it yet", false);
  if (*version > static_cast<int>(all_migrations().size()))
    return sink_fail(fmt::format("{}: has schema version {}, of a later tickwitness; use that one",
                                 connection_.path(), *version),
                     false);
  const auto pages = connection_.integer("PRAGMA page_count");
  const auto page = connection_.integer("PRAGMA page_size");
  if (!pages || !page) return connection_.fail("cannot be read");
  bytes_ = static_cast<std::uint64_t>(*pages) * static_cast<std::uint64_t>(*page);
  return {};
}

SinkResult<Cursor> Snapshot::cursor(std::uint64_t spool) {
  auto row = connection_.prepare("SELECT lsn FROM sink_cursor WHERE spool = ?");
  if (!row) return std::unexpected(row.error());
  row->bind(1, std::bit_cast<std::int64_t>(spool));
  const int code = row->step();
  if (code == SQLITE_DONE) return Cursor{};
  if (code != SQLITE_ROW) return connection_.fail("cannot be read");
  return Cursor{.spool = spool, .lsn = std::bit_cast<std::uint64_t>(row->integer(0))};
}

}  // namespace tickwitness::store::sqlite
