// Small files that are there whole or not at all, whenever the power fails.
#pragma once

#include <string>
#include <string_view>

#include "base/result.h"

namespace tickwitness::runtime {

// Errors of all of these: the system's reason alone, without the path.

// From the beginning, at most 4096 bytes.
base::Result<std::string> read_small(int descriptor);
base::Result<void> write_all(int descriptor, std::string_view text);
// Writes `path`.new (0600) and renames it over `path`; both are synced.
base::Result<void> replace_file(const std::string& path, std::string_view text);
base::Result<void> sync_directory(const std::string& path);
// Every file and directory below `root`, and `root`.
base::Result<void> sync_tree(const std::string& root);

// "Permission denied" for EACCES.
std::string reason(int error);

}  // namespace tickwitness::runtime
