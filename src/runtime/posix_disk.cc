#include "runtime/posix_disk.h"

#include <dirent.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstdio>
#include <utility>

#include "runtime/durable_file.h"

namespace tickwitness::runtime {
namespace {

std::unexpected<DiskError> failed(int error, std::string_view path, std::string_view attempt) {
  return disk_fail(fault_of(error), path, attempt, reason(error));
}

std::unexpected<DiskError> bad_name(std::string_view path, std::string_view attempt) {
  return disk_fail(DiskFault::invalid, path, attempt, "this is no name of a file");
}

class PosixFile final : public DiskFile {
 public:
  PosixFile(std::string path, Descriptor file) : path_(std::move(path)), file_(std::move(file)) {}

  DiskResult<std::size_t> read(std::uint64_t offset, std::span<char> into) const override {
    std::size_t done = 0;
    while (done < into.size()) {
      const ssize_t count = ::pread(file_.get(), into.data() + done, into.size() - done,
                                    static_cast<off_t>(offset + done));
      if (count < 0 && errno == EINTR) continue;
      if (count < 0) return failed(errno, path_, "read");
      if (count == 0) break;
      done += static_cast<std::size_t>(count);
    }
    return done;
  }

  DiskResult<std::size_t> write(std::uint64_t offset, std::string_view bytes) override {
    ssize_t count = -1;
    do {
      count = ::pwrite(file_.get(), bytes.data(), bytes.size(), static_cast<off_t>(offset));
    } while (count < 0 && errno == EINTR);
    if (count < 0) return failed(errno, path_, "written");
    // Nothing written and no reason given: callers that write the rest again would never end.
    if (count == 0 && !bytes.empty()) return failed(EIO, path_, "written");
    return static_cast<std::size_t>(count);
  }

  DiskResult<void> sync() override {
    if (::fdatasync(file_.get()) != 0) return failed(errno, path_, "synced");
    return {};
  }

  DiskResult<void> preallocate(std::uint64_t size) override {
    int error = 0;
    if (size == 0) return {};  // which posix_fallocate refuses
    do {
      error = ::posix_fallocate(file_.get(), 0, static_cast<off_t>(size));
    } while (error == EINTR);
    if (error != 0) return failed(error, path_, "preallocated");
    return {};
  }

  DiskResult<void> truncate(std::uint64_t to) override {
    const auto now = size();
    if (!now) return std::unexpected(now.error());
    if (to > *now)
      return disk_fail(DiskFault::invalid, path_, "truncated", "the file is shorter than that");
    int done = -1;
    do {
      done = ::ftruncate(file_.get(), static_cast<off_t>(to));
    } while (done != 0 && errno == EINTR);
    if (done != 0) return failed(errno, path_, "truncated");
    return {};
  }

  DiskResult<std::uint64_t> size() const override {
    struct stat found{};
    if (::fstat(file_.get(), &found) != 0) return failed(errno, path_, "measured");
    return static_cast<std::uint64_t>(found.st_size);
  }

 private:
  std::string path_;  // when it was opened, for messages
  Descriptor file_;
};

}  // namespace

DiskFault fault_of(int error) {
  switch (error) {
    case ENOSPC:
    case EDQUOT:
    case EFBIG:
      return DiskFault::no_space;
    case EIO:
      return DiskFault::io;
    case ENOENT:
      return DiskFault::not_found;
    case EEXIST:
      return DiskFault::exists;
    case EACCES:
    case EPERM:
    case EROFS:
      return DiskFault::denied;
    case EINVAL:
    case ENAMETOOLONG:
      return DiskFault::invalid;
    default:
      return DiskFault::other;
  }
}

DiskResult<PosixDisk> PosixDisk::at(const std::string& directory) {
  Descriptor opened(::open(directory.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  if (!opened.valid()) return failed(errno, directory, "opened as a directory");
  return PosixDisk(directory, std::move(opened));
}

std::string PosixDisk::path_of(std::string_view name) const {
  return path_ + "/" + std::string(name);
}

DiskResult<std::unique_ptr<DiskFile>> PosixDisk::open_with(std::string_view name, int flags,
                                                           std::string_view attempt) {
  std::string path = path_of(name);
  if (!valid_file_name(name)) return bad_name(path, attempt);
  Descriptor file(::openat(directory_.get(), std::string(name).c_str(),
                           flags | O_RDWR | O_CLOEXEC | O_NOFOLLOW, 0600));
  if (!file.valid()) return failed(errno, path, attempt);
  return std::make_unique<PosixFile>(std::move(path), std::move(file));
}

DiskResult<std::unique_ptr<DiskFile>> PosixDisk::create(std::string_view name) {
  return open_with(name, O_CREAT | O_EXCL, "created");
}

DiskResult<std::unique_ptr<DiskFile>> PosixDisk::open(std::string_view name) {
  return open_with(name, 0, "opened");
}

DiskResult<void> PosixDisk::rename(std::string_view from, std::string_view to) {
  const std::string attempt = "renamed to " + std::string(to);
  if (!valid_file_name(from) || !valid_file_name(to)) return bad_name(path_of(from), attempt);
  if (::renameat(directory_.get(), std::string(from).c_str(), directory_.get(),
                 std::string(to).c_str()) != 0)
    return failed(errno, path_of(from), attempt);
  return {};
}

DiskResult<void> PosixDisk::remove(std::string_view name) {
  if (!valid_file_name(name)) return bad_name(path_of(name), "removed");
  if (::unlinkat(directory_.get(), std::string(name).c_str(), 0) != 0)
    return failed(errno, path_of(name), "removed");
  return {};
}

DiskResult<std::vector<std::string>> PosixDisk::list() const {
  // A description of its own: the position in directory_'s is shared by all calls.
  const int own = ::openat(directory_.get(), ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  if (own < 0) return failed(errno, path_, "listed");
  const std::unique_ptr<DIR, int (*)(DIR*)> stream(::fdopendir(own), ::closedir);
  if (!stream) {
    const int error = errno;
    ::close(own);
    return failed(error, path_, "listed");
  }
  std::vector<std::string> names;
  for (;;) {
    errno = 0;  // the only way to tell the end from an error
    const auto* entry = ::readdir(stream.get());
    if (entry == nullptr) break;
    std::string name = static_cast<const char*>(entry->d_name);
    if (name != "." && name != "..") names.push_back(std::move(name));
  }
  if (errno != 0) return failed(errno, path_, "listed");
  std::ranges::sort(names);
  return names;
}

DiskResult<void> PosixDisk::sync_names() {
  if (::fsync(directory_.get()) != 0) return failed(errno, path_, "synced");
  return {};
}

DiskResult<std::uint64_t> PosixDisk::free_bytes() const {
  struct statvfs found{};
  if (::fstatvfs(directory_.get(), &found) != 0) return failed(errno, path_, "measured");
  return static_cast<std::uint64_t>(found.f_bavail) * found.f_frsize;
}

}  // namespace tickwitness::runtime
