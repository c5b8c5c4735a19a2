#include "runtime/staged_directory.h"

#include <fmt/format.h>
#include <sys/stat.h>

#include <cerrno>
#include <cstdio>
#include <filesystem>
#include <system_error>

#include "runtime/durable_file.h"

namespace tickwitness::runtime {
namespace {

namespace fs = std::filesystem;
using base::fail;
using base::Result;

constexpr std::string_view kSuffix = ".unfinished";

Result<void> check_free(const std::string& place) {
  std::error_code error;
  const auto status = fs::symlink_status(place, error);
  if (!fs::exists(status)) {
    if (status.type() == fs::file_type::not_found) return {};
    return fail(fmt::format("{}: cannot be looked at: {}", place, error.message()));
  }
  if (!fs::is_directory(status))
    return fail(fmt::format("{}: is there already and is no directory; name another one", place));
  const bool empty = fs::is_empty(place, error);
  if (error) return fail(fmt::format("{}: cannot be listed: {}", place, error.message()));
  if (!empty) return fail(fmt::format("{}: is there already and not empty; name another", place));
  return {};
}

}  // namespace

Result<StagedDirectory> StagedDirectory::make(const std::string& given) {
  std::string place = given;
  while (place.size() > 1 && place.ends_with('/')) place.pop_back();
  if (auto free = check_free(place); !free) return std::unexpected(free.error());
  const std::string path = place + std::string(kSuffix);
  std::error_code error;
  fs::remove_all(path, error);
  const fs::path parent = fs::path(path).parent_path();
  if (!error && !parent.empty()) fs::create_directories(parent, error);
  if (!error && ::mkdir(path.c_str(), 0700) != 0)
    error = std::error_code(errno, std::generic_category());
  if (error) return fail(fmt::format("{}: cannot be made: {}", path, error.message()));
  return StagedDirectory(std::move(place), path);
}

StagedDirectory::~StagedDirectory() {
  std::error_code ignored;  // the next attempt removes it
  if (!path_.empty()) fs::remove_all(path_, ignored);
}

Result<void> StagedDirectory::make_inside(const std::string& name) {
  const std::string path = path_ + "/" + name;
  if (::mkdir(path.c_str(), 0700) == 0) return {};
  return fail(fmt::format("{}: cannot be made: {}", path, reason(errno)));
}

Result<void> StagedDirectory::put_in_place() {
  if (auto synced = sync_tree(path_); !synced)
    return fail(fmt::format("{}: cannot be synced: {}", path_, synced.error().message));
  // Over an empty directory, never over one that somebody has begun to use.
  if (std::rename(path_.c_str(), place_.c_str()) != 0) {
    const int error = errno;
    const bool taken = error == ENOTEMPTY || error == EEXIST;
    return fail(fmt::format("{}: {}", place_,
                            taken ? "is no longer empty; name another directory"
                                  : "cannot be put in place: " + reason(error)));
  }
  path_.clear();
  const std::string parent = fs::path(place_).parent_path().string();
  if (auto synced = sync_directory(parent.empty() ? "." : parent); !synced)
    return fail(fmt::format("{}: cannot be synced: {}", place_, synced.error().message));
  return {};
}

}  // namespace tickwitness::runtime
