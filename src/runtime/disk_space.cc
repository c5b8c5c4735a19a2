#include "runtime/disk_space.h"

#include <sys/stat.h>
#include <sys/statvfs.h>

#include <filesystem>
#include <system_error>

namespace tickwitness::runtime {
namespace {

std::optional<dev_t> device_of(const std::filesystem::path& path) {
  struct stat found{};
  if (::stat(path.c_str(), &found) != 0) return std::nullopt;
  return found.st_dev;
}

}  // namespace

std::optional<DiskSpace> disk_space(const std::string& path) {
  struct statvfs found{};
  if (::statvfs(path.c_str(), &found) != 0) return std::nullopt;
  const std::uint64_t block = found.f_frsize;
  return DiskSpace{.size = found.f_blocks * block,
                   .used = (found.f_blocks - found.f_bfree) * block,
                   .available = found.f_bavail * block};
}

std::optional<std::string> mount_point_of(const std::string& path) {
  std::error_code error;
  std::filesystem::path here = std::filesystem::canonical(path, error);
  if (error) return std::nullopt;
  const auto device = device_of(here);
  while (here.has_relative_path() && device_of(here.parent_path()) == device) {
    here = here.parent_path();
  }
  return here.string();
}

}  // namespace tickwitness::runtime
