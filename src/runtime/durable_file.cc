#include "runtime/durable_file.h"

#include <fcntl.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <filesystem>
#include <system_error>

#include "runtime/descriptor.h"

namespace tickwitness::runtime {

namespace fs = std::filesystem;
using base::fail;
using base::Result;

std::string reason(int error) {
  return std::generic_category().message(error);
}

Result<std::string> read_small(int descriptor) {
  std::array<char, 4096> buffer{};
  const ssize_t count = ::pread(descriptor, buffer.data(), buffer.size(), 0);
  if (count < 0) return fail(reason(errno));
  return std::string(buffer.data(), static_cast<std::size_t>(count));
}

Result<void> write_all(int descriptor, std::string_view text) {
  while (!text.empty()) {
    const ssize_t count = ::write(descriptor, text.data(), text.size());
    if (count < 0 && errno == EINTR) continue;
    if (count <= 0) return fail(reason(errno));
    text.remove_prefix(static_cast<std::size_t>(count));
  }
  return {};
}

Result<void> sync_directory(const std::string& path) {
  const Descriptor directory(::open(path.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  if (!directory.valid() || ::fsync(directory.get()) != 0) return fail(reason(errno));
  return {};
}

Result<void> replace_file(const std::string& path, std::string_view text) {
  const std::string draft = path + ".new";
  const Descriptor file(
      ::open(draft.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC | O_NOFOLLOW, 0600));
  if (!file.valid()) return fail(reason(errno));
  if (auto ok = write_all(file.get(), text); !ok) return ok;
  if (::fsync(file.get()) != 0) return fail(reason(errno));
  if (::rename(draft.c_str(), path.c_str()) != 0) return fail(reason(errno));
  const std::string parent = fs::path(path).parent_path().string();
  return sync_directory(parent.empty() ? "." : parent);
}

Result<void> sync_tree(const std::string& root) {
  std::error_code error;
  for (fs::recursive_directory_iterator entry(root, error), end; !error && entry != end;
       entry.increment(error)) {
    const bool directory = entry->is_directory(error) && !entry->is_symlink(error);
    if (!directory && !entry->is_regular_file(error)) continue;
    const Descriptor file(::open(entry->path().c_str(), O_RDONLY | O_CLOEXEC));
    if (!file.valid() || ::fsync(file.get()) != 0) return fail(reason(errno));
  }
  if (error) return fail(error.message());
  return sync_directory(root);
}

}  // namespace tickwitness::runtime
