#include "store/backup/backup.h"

#include <fmt/format.h>

#include <optional>
#include <utility>

#include "runtime/posix_disk.h"
#include "runtime/staged_directory.h"
#include "store/backup/files.h"
#include "store/backup/names.h"
#include "store/backup/server_rows.h"
#include "store/spool/snapshot.h"
#include "store/sqlite/snapshot.h"

namespace tickwitness::store::backup {
namespace {

constexpr int kAttempts = 10;
constexpr std::size_t kFormatBytesMax = 4096;

// One moment of both. Why nothing is missing and nothing is doubled after a restore, whatever the
// engine does meanwhile:
//
// The store's cursor C says that every record up to C is in the database, in the transaction of the
// rows themselves. The spool lets a segment go only when the cursor has passed all of it.
// 1. The segments are opened. What went before was passed by the cursor as it was then.
// 2. The database's snapshot is taken, with its cursor C. Cursors only grow, so what went before 1
//    is in it. What goes from now on is open already, and is read from there.
// 3. The segments are opened again, for those that were begun between 1 and 2. If one may have
//    come and gone in between, everything is begun anew.
// 4. The spool is copied, up to its last whole record L. A record reaches the database after it is
//    in the spool, so L ≥ C.
// So the copy of the spool has every record in (C, L], and the database all up to C: the restored
// engine asks for what follows C, gets each record once, and numbers what comes then above L, in
// which no number of C's is. What lies in (C, L] and had been stored before the next backup is in
// no row of this one.
struct Moment {
  spool::Snapshot spool;
  std::optional<sqlite::Snapshot> database;
  std::optional<postgres::Snapshot> server;  // of the two one at most
  Cursor cursor;                             // C; other engines may have theirs in the database too

  std::uint64_t rows_bytes() const {
    return database ? database->bytes() : server ? server->bytes() : 0;
  }
};

std::unexpected<BackupError> of_source(const base::Error& error) {
  return backup_fail(Fault::source, error.message);
}

BackupResult<void> look_at_rows(const Source& source, Moment& moment) {
  if (!source.database.empty()) {
    auto taken = sqlite::Snapshot::take(source.database);
    if (!taken) return of_source(taken.error());
    moment.database = std::move(*taken);
  } else if (source.server) {
    auto taken = postgres::Snapshot::take(*source.server);
    if (!taken) return of_source(taken.error());
    moment.server = std::move(*taken);
  }
  return {};
}

BackupResult<Cursor> cursor_of(Moment& moment) {
  if (!moment.database && !moment.server) return Cursor{};
  const auto cursor = moment.database ? moment.database->cursor(moment.spool.id())
                                      : moment.server->cursor(moment.spool.id());
  if (!cursor) return of_source(cursor.error());
  return *cursor;
}

BackupResult<std::optional<Moment>> look(runtime::Disk& spool_disk, const Source& source,
                                         const std::function<void()>& next) {
  Moment moment{.spool = spool::Snapshot(spool_disk), .database = {}, .server = {}, .cursor = {}};
  const auto first = moment.spool.look();
  if (!first) return of_source(first.error());
  next();
  if (auto taken = look_at_rows(source, moment); !taken) return std::unexpected(taken.error());
  next();
  const auto second = moment.spool.look();
  if (!second) return of_source(second.error());
  if (!*second) return std::nullopt;
  const auto cursor = cursor_of(moment);
  if (!cursor) return std::unexpected(cursor.error());
  moment.cursor = *cursor;
  return moment;
}

BackupResult<Moment> look_until_whole(runtime::Disk& spool_disk, const Source& source,
                                      const Progress& progress) {
  const auto next = [&] {
    if (progress) progress("looking", 0, 0);
  };
  for (int attempt = 0; attempt < kAttempts; ++attempt) {
    auto moment = look(spool_disk, source, next);
    if (!moment) return std::unexpected(moment.error());
    if (*moment) return std::move(**moment);
  }
  return backup_fail(Fault::source,
                     "the spool's segments come and go faster than they can be opened; make "
                     "store.spool_segment_bytes larger");
}

BackupResult<void> check_room(const runtime::Disk& target, std::uint64_t needed,
                              std::uint64_t keep_free, const std::string& to) {
  const auto free = target.free_bytes();
  if (!free) return backup_fail(Fault::target, free.error().message);
  if (*free >= needed + keep_free) return {};
  const auto kept = keep_free == 0 ? "" : fmt::format(", of which {} must stay so", keep_free);
  return backup_fail(Fault::target,
                     fmt::format("{}: the backup takes up to {} bytes, and {} are free there{}; "
                                 "make room or name another disk",
                                 to, needed, *free, kept));
}

// Numbers that the database counts must not be given again by an engine that starts on the copy.
BackupResult<void> check_numbers(const spool::Snapshot::Copy& copy, Cursor cursor,
                                 const std::string& data) {
  const bool behind = copy.highest >> spool::kStartShift < cursor.lsn >> spool::kStartShift;
  if (copy.spool != cursor.spool || !behind) return {};
  return backup_fail(Fault::damaged,
                     fmt::format("{}/{}: is older than the database, which counts records that it "
                                 "never had; the two do not belong together",
                                 data, kSpoolFolder));
}

BackupResult<void> sum_all(const std::string& directory, Made& made, const Progress& progress) {
  std::uint64_t done = 0;
  for (auto& file : made.manifest.files) {
    const auto sum = sum_file(directory + "/" + file.name, [&](std::uint64_t more) {
      done += more;
      if (progress) progress("checksums", std::min(done, made.bytes), made.bytes);
    });
    if (!sum) return std::unexpected(sum.error());
    file.sha256 = sum->sha256;
  }
  return {};
}

BackupResult<void> copy_spool(Moment& moment, runtime::Disk& target, const Source& source,
                              Made& made, const Progress& progress) {
  std::uint64_t done = 0;
  const std::uint64_t all = moment.spool.bytes();
  const auto copy = moment.spool.copy(target, [&](std::uint64_t more) {
    done += more;
    if (progress) progress(kSpoolFolder, std::min(done, all), all);
  });
  if (!copy) return backup_fail(Fault::target, copy.error().message);
  for (const auto& name : copy->names) made.manifest.files.push_back({.name = name, .sha256 = {}});
  made.bytes += copy->bytes;
  return check_numbers(*copy, made.manifest.cursor, source.data);
}

BackupResult<void> copy_database(Moment& moment, const std::string& directory, Made& made,
                                 const Progress& progress) {
  if (!moment.database) return {};
  sqlite::CopyProgress on_bytes;
  if (progress)
    on_bytes = [&](std::uint64_t done, std::uint64_t all) { progress(kDatabase, done, all); };
  const std::string name(kDatabase);
  if (auto ok = moment.database->copy(directory + "/" + name, on_bytes); !ok)
    return backup_fail(Fault::target, ok.error().message);
  made.manifest.files.push_back({.name = name, .sha256 = {}});
  made.bytes += moment.database->bytes();
  return {};
}

}  // namespace

std::unexpected<BackupError> backup_fail(Fault fault, std::string message) {
  BackupError error;
  error.message = std::move(message);
  error.fault = fault;
  return std::unexpected(std::move(error));
}

BackupResult<Made> back_up(const Source& source, const std::string& to, base::WallTime now,
                           const Progress& progress) {
  const std::string format_name(kFormat);
  const auto format = read_file(source.data + "/" + format_name, kFormatBytesMax);
  if (!format)
    return backup_fail(Fault::source, fmt::format("{}; name a data directory of tickwitness",
                                                  format.error().message));
  auto spool_disk = runtime::PosixDisk::at(source.data + "/" + std::string(kSpoolFolder));
  if (!spool_disk) return of_source(spool_disk.error());
  auto staged = runtime::StagedDirectory::make(to);
  if (!staged) return backup_fail(Fault::target, staged.error().message);
  auto target = runtime::PosixDisk::at(staged->path());
  if (!target) return backup_fail(Fault::target, target.error().message);

  auto moment = look_until_whole(*spool_disk, source, progress);
  if (!moment) return std::unexpected(moment.error());
  Made made{.manifest = {.made = now,
                         .program = source.program,
                         .cursor = moment->cursor,
                         .files = {{.name = format_name, .sha256 = {}}}},
            .bytes = format->size()};
  auto done =
      check_room(*target, moment->spool.bytes() + moment->rows_bytes(), source.keep_free, to);
  if (done) done = write_file(*target, format_name, *format);
  if (done) done = copy_spool(*moment, *target, source, made, progress);
  if (done) done = copy_database(*moment, staged->path(), made, progress);
  if (done && moment->server)
    done = save_rows(*moment->server, *target, made, progress, source.stop);
  if (done) done = sum_all(staged->path(), made, progress);
  if (done) done = write_file(*target, std::string(kManifest), format_manifest(made.manifest));
  if (!done) return std::unexpected(done.error());
  if (auto placed = staged->put_in_place(); !placed)
    return backup_fail(Fault::target, placed.error().message);
  return made;
}

}  // namespace tickwitness::store::backup
