#include "store/backup/files.h"

#include <fmt/format.h>

#include <vector>

#include "runtime/input_file.h"
#include "store/backup/sha256.h"

namespace tickwitness::store::backup {
namespace {

// Shows every piece of a file to `take`.
BackupResult<std::uint64_t> read_through(
    const std::string& path, const std::function<BackupResult<void>(std::string_view)>& take) {
  auto file = runtime::InputFile::open(path);
  if (!file) return unreadable(path, file.error());
  std::vector<char> piece(kPiece);
  for (std::uint64_t done = 0;;) {
    const auto read = file->read(piece);
    if (!read) return unreadable(path, read.error());
    if (*read == 0) return done;
    if (auto taken = take({piece.data(), *read}); !taken) return std::unexpected(taken.error());
    done += *read;
  }
}

}  // namespace

std::unexpected<BackupError> unreadable(const std::string& path, const base::Error& why) {
  return backup_fail(Fault::source, fmt::format("{}: cannot be read: {}", path, why.message));
}

std::unexpected<BackupError> not_what_it_was(const std::string& path) {
  return backup_fail(Fault::damaged,
                     fmt::format("{}: is not what it was when the backup was made; nothing was "
                                 "restored: use another backup",
                                 path));
}

BackupResult<Summed> sum_file(const std::string& path, const OnBytes& on_bytes) {
  Sha256 sum;
  const auto bytes = read_through(path, [&](std::string_view piece) -> BackupResult<void> {
    sum.add(piece);
    if (on_bytes) on_bytes(piece.size());
    return {};
  });
  if (!bytes) return std::unexpected(bytes.error());
  return Summed{.sha256 = sum.hex(), .bytes = *bytes};
}

BackupResult<Summed> copy_file(const std::string& path, runtime::Disk& disk,
                               const std::string& name, const OnBytes& on_bytes) {
  auto file = disk.create(name);
  if (!file) return backup_fail(Fault::target, file.error().message);
  Sha256 sum;
  std::uint64_t at = 0;
  const auto bytes = read_through(path, [&](std::string_view piece) -> BackupResult<void> {
    sum.add(piece);
    if (auto ok = runtime::write_all(**file, at, piece); !ok)
      return backup_fail(Fault::target, ok.error().message);
    at += piece.size();
    if (on_bytes) on_bytes(piece.size());
    return {};
  });
  if (!bytes) return std::unexpected(bytes.error());
  if (auto ok = (*file)->sync(); !ok) return backup_fail(Fault::target, ok.error().message);
  return Summed{.sha256 = sum.hex(), .bytes = *bytes};
}

BackupResult<std::string> read_file(const std::string& path, std::size_t bytes_max) {
  std::string text;
  const auto bytes = read_through(path, [&](std::string_view piece) -> BackupResult<void> {
    text += piece;
    if (text.size() <= bytes_max) return {};
    return backup_fail(Fault::source, fmt::format("{}: is larger than {} bytes", path, bytes_max));
  });
  if (!bytes) return std::unexpected(bytes.error());
  return text;
}

BackupResult<void> write_file(runtime::Disk& disk, const std::string& name, std::string_view text) {
  auto file = disk.create(name);
  if (!file) return backup_fail(Fault::target, file.error().message);
  auto done = runtime::write_all(**file, 0, text);
  if (done) done = (*file)->sync();
  if (!done) return backup_fail(Fault::target, done.error().message);
  return {};
}

}  // namespace tickwitness::store::backup
