#include "runtime/disk.h"

#include <fmt/format.h>

#include <algorithm>

namespace tickwitness::runtime {

std::string_view to_string(DiskFault fault) {
  switch (fault) {
    case DiskFault::no_space:
      return "no_space";
    case DiskFault::io:
      return "io";
    case DiskFault::not_found:
      return "not_found";
    case DiskFault::exists:
      return "exists";
    case DiskFault::denied:
      return "denied";
    case DiskFault::invalid:
      return "invalid";
    case DiskFault::other:
      break;
  }
  return "other";
}

std::unexpected<DiskError> disk_fail(DiskFault fault, std::string_view path,
                                     std::string_view attempt, std::string_view cause) {
  return std::unexpected(
      DiskError{{fmt::format("{}: cannot be {}: {}", path, attempt, cause)}, fault});
}

bool valid_file_name(std::string_view name) {
  constexpr std::size_t kLongest = 255;
  return !name.empty() && name.size() <= kLongest && name != "." && name != ".." &&
         std::ranges::none_of(name, [](char c) { return c == '/' || c == '\0'; });
}

DiskResult<void> write_all(DiskFile& file, std::uint64_t offset, std::string_view bytes) {
  while (!bytes.empty()) {
    const auto count = file.write(offset, bytes);
    if (!count) return std::unexpected(count.error());
    offset += *count;
    bytes.remove_prefix(*count);
  }
  return {};
}

}  // namespace tickwitness::runtime
