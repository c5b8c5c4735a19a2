#include <fmt/format.h>

#include <algorithm>

#include "runtime/data_dir.h"
#include "runtime/input_file.h"
#include "runtime/posix_disk.h"
#include "runtime/staged_directory.h"
#include "store/backup/backup.h"
#include "store/backup/files.h"
#include "store/backup/names.h"
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
    if (file.name == kFormat || file.name == kDatabase || is_of_spool(file.name)) continue;
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

std::uint64_t bytes_of(const std::string& from, const Manifest& manifest) {
  std::uint64_t sum = 0;
  for (const auto& file : manifest.files) {
    const auto opened = runtime::InputFile::open(from + "/" + file.name);
    if (opened) sum += opened->size();
  }
  return sum;
}

BackupResult<void> check_target(const std::string& data) {
  if (const auto holder = runtime::holder_of(data))
    return backup_fail(Fault::target, fmt::format("{}: is in use by another tickwitness (process "
                                                  "{}); stop that one, or name another directory",
                                                  data, *holder));
  return {};
}

}  // namespace

BackupResult<Made> restore(const std::string& from, const std::string& data,
                           const Progress& progress) {
  auto manifest = read_manifest(from);
  if (!manifest) return std::unexpected(manifest.error());
  auto ok = check_names(from, *manifest);
  if (ok) ok = check_target(data);
  if (!ok) return std::unexpected(ok.error());
  auto staged = runtime::StagedDirectory::make(data);
  if (!staged) return backup_fail(Fault::target, staged.error().message);
  if (auto made = staged->make_inside(std::string(kSpoolFolder)); !made)
    return backup_fail(Fault::target, made.error().message);
  auto root = runtime::PosixDisk::at(staged->path());
  auto spool = runtime::PosixDisk::at(staged->path() + "/" + std::string(kSpoolFolder));
  if (!root) return backup_fail(Fault::target, root.error().message);
  if (!spool) return backup_fail(Fault::target, spool.error().message);

  const std::uint64_t all = bytes_of(from, *manifest);
  Made made{.manifest = std::move(*manifest), .bytes = 0};
  for (const auto& file : made.manifest.files) {
    runtime::Disk& disk = is_of_spool(file.name) ? *spool : *root;
    const std::string path = from + "/" + file.name;
    const auto copied = copy_file(path, disk, file.name, [&](std::uint64_t more) {
      made.bytes += more;
      if (progress) progress(file.name, std::min(made.bytes, all), all);
    });
    if (!copied) return std::unexpected(copied.error());
    if (copied->sha256 != file.sha256)
      return backup_fail(Fault::damaged,
                         fmt::format("{}: is not what it was when the backup was made; nothing was "
                                     "restored: use another backup",
                                     path));
  }
  if (auto placed = staged->put_in_place(); !placed)
    return backup_fail(Fault::target, placed.error().message);
  return made;
}

}  // namespace tickwitness::store::backup
