#include "runtime/temporary_dir.h"

#include <fmt/format.h>
#include <stdlib.h>

#include <cerrno>
#include <filesystem>
#include <system_error>

namespace tickwitness::runtime {

base::Result<TemporaryDirectory> TemporaryDirectory::make() {
  std::error_code error;
  const auto parent = std::filesystem::temp_directory_path(error);
  if (error)
    return base::fail(fmt::format("no temporary directory: {}; set TMPDIR", error.message()));
  std::string path = (parent / "tickwitness-XXXXXX").string();
  if (::mkdtemp(path.data()) == nullptr)
    return base::fail(fmt::format("{}: no directory can be made in it: {}; set TMPDIR",
                                  parent.string(), std::generic_category().message(errno)));
  return TemporaryDirectory(std::move(path));
}

TemporaryDirectory::~TemporaryDirectory() {
  std::error_code ignored;  // what cannot be removed stays; there is nobody left to tell
  if (!path_.empty()) std::filesystem::remove_all(path_, ignored);
}

}  // namespace tickwitness::runtime
