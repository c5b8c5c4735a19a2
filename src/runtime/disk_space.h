// How full a file system is, and where it is mounted.
#pragma once

#include <cstdint>
#include <optional>
#include <string>

namespace tickwitness::runtime {

// Bytes, as df(1) says them: size is more than used and available where some are kept for root.
struct DiskSpace {
  std::uint64_t size = 0;
  std::uint64_t used = 0;
  std::uint64_t available = 0;  // to this user
};

// Of the file system that holds `path`; nothing when the system does not say. Blocks as long as a
// network file system does.
std::optional<DiskSpace> disk_space(const std::string& path);

// The highest directory above `path` that is on the same device: where its file system is mounted.
// Nothing when `path` does not exist.
std::optional<std::string> mount_point_of(const std::string& path);

}  // namespace tickwitness::runtime
