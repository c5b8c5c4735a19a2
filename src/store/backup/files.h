// Copying files and knowing them again.
#pragma once

#include <cstdint>
#include <functional>
#include <string>

#include "runtime/disk.h"
#include "store/backup/backup.h"

namespace tickwitness::store::backup {

inline constexpr std::size_t kPiece = std::size_t{256} << 10;  // bytes that are read at once

struct Summed {
  std::string sha256;
  std::uint64_t bytes = 0;
};
using OnBytes = std::function<void(std::uint64_t)>;

// Of a whole file. `on_bytes` hears how many more were read; it may be null.
BackupResult<Summed> sum_file(const std::string& path, const OnBytes& on_bytes);
// The same, of what it writes to a new file on `disk`, synced. The path alone is a fault of the
// source.
BackupResult<Summed> copy_file(const std::string& path, runtime::Disk& disk,
                               const std::string& name, const OnBytes& on_bytes);
std::unexpected<BackupError> unreadable(const std::string& path, const base::Error& why);
// A file whose checksum is not that of the manifest.
std::unexpected<BackupError> not_what_it_was(const std::string& path);

// At most `bytes_max` bytes; more is a fault of the source.
BackupResult<std::string> read_file(const std::string& path, std::size_t bytes_max);
// A new file on `disk`, synced.
BackupResult<void> write_file(runtime::Disk& disk, const std::string& name, std::string_view text);

}  // namespace tickwitness::store::backup
