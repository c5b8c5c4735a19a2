#include "app/open_disk.h"

#include <filesystem>
#include <system_error>

#include "runtime/posix_disk.h"

namespace tickwitness::app {

runtime::DiskResult<std::unique_ptr<runtime::Disk>> open_disk(const std::string& directory) {
  std::error_code error;
  std::filesystem::create_directories(directory, error);
  if (error)
    return runtime::disk_fail(runtime::fault_of(error.value()), directory, "made", error.message());
  auto disk = runtime::PosixDisk::at(directory);
  if (!disk) return std::unexpected(disk.error());
  return std::make_unique<runtime::PosixDisk>(std::move(*disk));
}

}  // namespace tickwitness::app
