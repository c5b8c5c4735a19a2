#include <fmt/format.h>

#include <algorithm>
#include <optional>

#include "runtime/data_dir.h"
#include "runtime/input_file.h"
#include "runtime/posix_disk.h"
#include "runtime/staged_directory.h"
#include "store/backup/backup.h"
#include "store/backup/files.h"
#include "store/backup/names.h"
#include "store/backup/server_rows.h"
#include "store/spool/segments.h"

namespace tickwitness::store::backup {
namespace {

constexpr std::size_t kManifestBytesMax = std::size_t{1} << 20;

BackupResult<Manifest> read_manifest(const std::string& from) {
  const std::string path = from + "/" + std::string(kManifest);
  const auto text = read_file(path, kManifestBytesMax);
  if (!text)
    return backup_fail(Fault::source,
                       fmt::format("{}; name a backup of tickwitness", text.error().message));
  auto manifest = parse_manifest(*text);
  if (!manifest)
    return backup_fail(Fault::damaged, fmt::format("{}: {}", path, manifest.error().message));
  return std::move(*manifest);
}

bool is_of_spool(const std::string& name) {
  return spool::segment_first(name) || spool::put_aside_first(name);
}

// Each of them is known by its name; the data directory would be none without the format.
BackupResult<void> check_names(const std::string& from, const Manifest& manifest) {
  for (const auto& file : manifest.files) {
    if (file.name == kFormat || file.name == kDatabase || is_of_spool(file.name) ||
        is_of_server(file.name))
      continue;
    return backup_fail(Fault::damaged, fmt::format("{}: has a file {}, which this tickwitness does "
                                                   "not know; use the one that made the backup",
                                                   from, file.name));
  }
  const bool whole =
      std::ranges::any_of(manifest.files, [](const FileSum& file) { return file.name == kFormat; });
  if (!whole)
    return backup_fail(Fault::damaged,
                       fmt::format("{}: has no {}; take another backup", from, kFormat));
  return {};
}

// Of the files that are to be read.
std::uint64_t bytes_of(const std::string& from, const Manifest& manifest, bool rows) {
  std::uint64_t sum = 0;
  for (const auto& file : manifest.files) {
    if (is_of_server(file.name) && !rows) continue;
    const auto opened = runtime::InputFile::open(from + "/" + file.name);
    if (opened) sum += opened->size();
  }
  return sum;
}

BackupResult<void> check_target(const Manifest& manifest, const Target& target) {
  if (const auto holder = runtime::holder_of(target.data))
    return backup_fail(Fault::target, fmt::format("{}: is in use by another tickwitness (process "
                                                  "{}); stop that one, or name another directory",
                                                  target.data, *holder));
  const bool rows = std::ranges::any_of(
      manifest.files, [](const FileSum& file) { return is_of_server(file.name); });
  if (rows && target.rows && !target.server)
    return backup_fail(Fault::target,
                       "the backup has the rows of a PostgreSQL: name a database for them with "
                       "--database, or leave them where they are with --without-rows");
  if (!rows && target.server)
    return backup_fail(Fault::target,
                       "the backup has no rows of a PostgreSQL: leave --database away");
  return {};
}

BackupResult<void> copy_files(const std::string& from, runtime::StagedDirectory& staged,
                              const Manifest& manifest, const OnBytes& on_bytes) {
  if (auto ok = staged.make_inside(std::string(kSpoolFolder)); !ok)
    return backup_fail(Fault::target, ok.error().message);
  auto root = runtime::PosixDisk::at(staged.path());
  auto spool = runtime::PosixDisk::at(staged.path() + "/" + std::string(kSpoolFolder));
  if (!root) return backup_fail(Fault::target, root.error().message);
  if (!spool) return backup_fail(Fault::target, spool.error().message);
  for (const auto& file : manifest.files) {
    if (is_of_server(file.name)) continue;
    runtime::Disk& disk = is_of_spool(file.name) ? *spool : *root;
    const std::string path = from + "/" + file.name;
    const auto copied = copy_file(path, disk, file.name, on_bytes);
    if (!copied) return std::unexpected(copied.error());
    if (copied->sha256 != file.sha256) return not_what_it_was(path);
  }
  return {};
}

std::unexpected<BackupError> without_directory(std::string_view why, std::string_view rows) {
  return backup_fail(Fault::target,
                     fmt::format("{}; the rows {} in the database, and there is no data directory: "
                                 "if they are there, restore again with --without-rows",
                                 why, rows));
}

}  // namespace

BackupResult<Made> restore(const std::string& from, const Target& target,
                           const Progress& progress) {
  auto manifest = read_manifest(from);
  if (!manifest) return std::unexpected(manifest.error());
  auto ok = check_names(from, *manifest);
  if (ok) ok = check_target(*manifest, target);
  if (!ok) return std::unexpected(ok.error());
  auto staged = runtime::StagedDirectory::make(target.data);
  if (!staged) return backup_fail(Fault::target, staged.error().message);
  std::optional<postgres::NewTables> tables;
  if (target.server) {
    auto empty = make_tables_for(from, *manifest, *target.server);
    if (!empty) return std::unexpected(empty.error());
    tables = std::move(*empty);
  }

  Made made{.manifest = std::move(*manifest), .bytes = 0};
  made.bytes = bytes_of(from, made.manifest, tables.has_value());
  const OnBytes on_bytes = [&, done = std::uint64_t{0}](std::uint64_t more) mutable {
    done += more;
    if (progress) progress("restoring", std::min(done, made.bytes), made.bytes);
  };
  ok = copy_files(from, *staged, made.manifest, on_bytes);
  if (ok && tables) ok = fill_tables(*tables, from, made.manifest, on_bytes);
  if (!ok) return std::unexpected(ok.error());
  if (tables) {
    if (auto committed = tables->commit(); !committed)
      return without_directory(committed.error().message, "may be");
  }
  if (auto placed = staged->put_in_place(); !placed)
    return tables ? without_directory(placed.error().message, "are")
                  : backup_fail(Fault::target, placed.error().message);
  return made;
}

}  // namespace tickwitness::store::backup
