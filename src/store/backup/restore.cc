#include <fmt/format.h>

#include <algorithm>

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

// Of the files that are for the directory, or for a server.
std::uint64_t bytes_of(const std::string& from, const Manifest& manifest, bool for_server) {
  std::uint64_t sum = 0;
  for (const auto& file : manifest.files) {
    if (is_of_server(file.name) != for_server) continue;
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

BackupResult<void> copy_files(const std::string& from, runtime::StagedDirectory& staged, Made& made,
                              const OnBytes& on_bytes) {
  if (auto ok = staged.make_inside(std::string(kSpoolFolder)); !ok)
    return backup_fail(Fault::target, ok.error().message);
  auto root = runtime::PosixDisk::at(staged.path());
  auto spool = runtime::PosixDisk::at(staged.path() + "/" + std::string(kSpoolFolder));
  if (!root) return backup_fail(Fault::target, root.error().message);
  if (!spool) return backup_fail(Fault::target, spool.error().message);
  for (const auto& file : made.manifest.files) {
    if (is_of_server(file.name)) continue;
    runtime::Disk& disk = is_of_spool(file.name) ? *spool : *root;
    const std::string path = from + "/" + file.name;
    const auto copied = copy_file(path, disk, file.name, on_bytes);
    if (!copied) return std::unexpected(copied.error());
    if (copied->sha256 != file.sha256) return not_what_it_was(path);
  }
  return {};
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

  const std::uint64_t rows = target.server ? bytes_of(from, *manifest, true) : 0;
  Made made{.manifest = std::move(*manifest), .bytes = rows};
  made.bytes += bytes_of(from, made.manifest, false);
  const std::uint64_t all = made.bytes + rows;  // which are read twice
  const OnBytes on_bytes = [&, done = std::uint64_t{0}](std::uint64_t more) mutable {
    done += more;
    if (progress) progress("restoring", std::min(done, all), all);
  };
  if (ok = copy_files(from, *staged, made, on_bytes); !ok) return std::unexpected(ok.error());
  if (target.server) {
    auto tables = put_back_rows(from, made.manifest, *target.server, on_bytes);
    if (!tables) return std::unexpected(tables.error());
    if (auto committed = tables->commit(); !committed)
      return backup_fail(Fault::target, committed.error().message);
  }
  if (auto placed = staged->put_in_place(); !placed)
    return backup_fail(Fault::target, placed.error().message);
  return made;
}

}  // namespace tickwitness::store::backup
