#include "runtime/input_file.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <filesystem>
#include <system_error>

#include "runtime/durable_file.h"

namespace tickwitness::runtime {

using base::fail;
using base::Result;

Result<InputFile> InputFile::open(const std::string& path) {
  InputFile input;
  input.file_ = Descriptor(::open(path.c_str(), O_RDONLY | O_CLOEXEC));
  if (!input.file_.valid()) return fail(reason(errno));
  struct stat status{};
  if (::fstat(input.file_.get(), &status) != 0) return fail(reason(errno));
  if (S_ISDIR(status.st_mode)) return fail(reason(EISDIR));
  if (S_ISREG(status.st_mode)) input.size_ = static_cast<std::uint64_t>(status.st_size);
  return input;
}

Result<std::size_t> InputFile::read(std::span<char> out) {
  std::size_t done = 0;
  while (done < out.size()) {
    const ssize_t count = ::read(file_.get(), out.data() + done, out.size() - done);
    if (count < 0 && errno == EINTR) continue;
    if (count < 0) return fail(reason(errno));
    if (count == 0) break;
    done += static_cast<std::size_t>(count);
  }
  return done;
}

bool is_folder(const std::string& path) {
  std::error_code error;
  return std::filesystem::is_directory(path, error);
}

Result<std::vector<std::string>> names_in(const std::string& folder) {
  std::error_code error;
  std::vector<std::string> names;
  std::filesystem::directory_iterator entry(folder, error);
  for (; !error && entry != std::filesystem::directory_iterator(); entry.increment(error)) {
    names.push_back(entry->path().filename().string());
  }
  if (error) return fail(error.message());
  std::ranges::sort(names);
  return names;
}

}  // namespace tickwitness::runtime
