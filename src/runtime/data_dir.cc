#include "runtime/data_dir.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <charconv>
#include <filesystem>
#include <string_view>
#include <system_error>
#include <utility>

#include "runtime/durable_file.h"

namespace tickwitness::runtime {
namespace {

namespace fs = std::filesystem;
using base::fail;
using base::Result;

constexpr std::string_view kPidFile = "tickwitness.pid";
constexpr std::string_view kFormatFile = "format";
constexpr std::string_view kFormatDraft = "format.new";
constexpr std::string_view kFormatPrefix = "tickwitness data format ";

std::string in(const std::string& directory, std::string_view name) {
  return directory + "/" + std::string(name);
}

Result<void> write_version(const std::string& directory, int version) {
  return replace_file(in(directory, kFormatFile), fmt::format("{}{}\n", kFormatPrefix, version));
}

// Nothing when there is no version file.
Result<std::optional<int>> read_version(const std::string& directory) {
  const std::string path = in(directory, kFormatFile);
  const Descriptor file(::open(path.c_str(), O_RDONLY | O_CLOEXEC));
  if (!file.valid() && errno == ENOENT) return std::optional<int>();
  const auto text =
      file.valid() ? read_small(file.get()) : Result<std::string>(fail(reason(errno)));
  if (!text) return fail(fmt::format("{}: cannot be read: {}", path, text.error().message));
  int version = 0;
  std::string_view rest = *text;
  const bool ours = rest.starts_with(kFormatPrefix);
  if (ours) rest.remove_prefix(kFormatPrefix.size());
  const auto [end, error] = std::from_chars(rest.data(), rest.data() + rest.size(), version);
  if (!ours || error != std::errc() || version < 0 ||
      std::string_view(end, static_cast<std::size_t>(rest.data() + rest.size() - end)) != "\n")
    return fail(
        fmt::format("{}: is not a tickwitness version file; name another data directory, "
                    "or put back a backup of this one",
                    path));
  return std::optional(version);
}

// A directory without version file must hold nothing but what we, or a fresh file system, put
// there.
Result<void> refuse_foreign(const std::string& directory) {
  std::error_code error;
  if (fs::exists(in(directory, kFormatFile), error)) return {};
  for (fs::directory_iterator entry(directory, error), end; !error && entry != end;
       entry.increment(error)) {
    const std::string name = entry->path().filename().string();
    if (name != kPidFile && name != kFormatDraft && name != kFormatFile && name != "lost+found")
      return fail(
          fmt::format("{}: has files in it and none says that they are tickwitness's; set "
                      "data_directory to a new or empty directory",
                      directory));
  }
  if (error) return fail(fmt::format("{}: cannot be listed: {}", directory, error.message()));
  return {};
}

Result<void> make_directory(const std::string& path) {
  std::error_code error;
  const fs::path parent = fs::path(path).parent_path();
  if (!parent.empty()) fs::create_directories(parent, error);
  if (!error && ::mkdir(path.c_str(), 0700) != 0 && errno != EEXIST)
    error = std::error_code(errno, std::generic_category());
  struct stat found{};
  if (!error && ::stat(path.c_str(), &found) == 0 && !S_ISDIR(found.st_mode))
    return fail(fmt::format("{}: is not a directory; data_directory must name one", path));
  if (error)
    return fail(
        fmt::format("{}: cannot be made: {}; set data_directory to a place that this user "
                    "can write to",
                    path, error.message()));
  return {};
}

// A complete copy beside the directory, under a name that is not taken.
Result<std::string> back_up(const std::string& directory, int version) {
  std::string target;
  std::error_code error;
  for (int i = 1; target.empty() || fs::exists(target, error); ++i)
    target = fmt::format("{}.backup-format-{}{}", directory, version,
                         i == 1 ? "" : fmt::format("-{}", i));
  const std::string draft = target + ".unfinished";
  const auto failed = [&](std::string_view why) {
    fs::remove_all(draft, error);
    return fail(
        fmt::format("{}: its format {} is old and must be saved before it is migrated, but "
                    "{} cannot be written: {}; nothing was changed",
                    directory, version, target, why));
  };
  fs::remove_all(draft, error);
  if (!error)
    fs::copy(directory, draft, fs::copy_options::recursive | fs::copy_options::copy_symlinks,
             error);
  if (!error) fs::permissions(draft, fs::perms::owner_all, error);
  if (!error) fs::remove(in(draft, kPidFile), error);
  if (error) return failed(error.message());
  // The migration writes over the only other copy.
  if (auto ok = sync_tree(draft); !ok) return failed(ok.error().message);
  fs::rename(draft, target, error);
  if (error) return failed(error.message());
  const std::string parent = fs::path(target).parent_path().string();
  if (auto ok = sync_directory(parent.empty() ? "." : parent); !ok)
    return failed(ok.error().message);
  return target;
}

Result<void> migrate(const std::string& directory, int version, const DataFormat& format) {
  for (; version < format.version; ++version) {
    const auto step = std::ranges::find(format.migrations, version, &Migration::from);
    auto done = step->run(directory);
    if (done) done = write_version(directory, version + 1);
    if (!done)
      return fail(fmt::format("{}: migrating from format {} to {} failed: {}", directory, version,
                              version + 1, done.error().message));
  }
  return {};
}

// The pid file holds the number of the process that holds its lock.
std::optional<pid_t> read_pid(int descriptor) {
  const auto text = read_small(descriptor);
  pid_t pid = 0;
  if (!text) return std::nullopt;
  const auto [end, error] = std::from_chars(text->data(), text->data() + text->size(), pid);
  return error == std::errc() && pid > 0 ? std::optional(pid) : std::nullopt;
}

// Open-file-description locks (fcntl(2)): they end with the process, however it ends, and can be
// asked for without being taken.
struct flock whole_file() {
  struct flock lock{};
  lock.l_type = F_WRLCK;
  lock.l_whence = SEEK_SET;
  return lock;
}

// Locked, with our number in it.
Result<Descriptor> take_lock(const std::string& directory) {
  const std::string path = in(directory, kPidFile);
  Descriptor file(::open(path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600));
  if (!file.valid())
    return fail(
        fmt::format("{}: cannot be written: {}; data_directory must be writable by the "
                    "user that runs tickwitness",
                    path, reason(errno)));
  struct flock lock = whole_file();
  if (::fcntl(file.get(), F_OFD_SETLK, &lock) != 0) {
    if (errno != EAGAIN && errno != EACCES)
      return fail(fmt::format("{}: cannot be locked: {}", path, reason(errno)));
    const auto pid = read_pid(file.get());
    return fail(
        fmt::format("{}: is in use by another tickwitness{}; stop that one, or set another "
                    "data_directory",
                    directory, pid ? fmt::format(" (process {})", *pid) : ""));
  }
  Result<void> written;
  if (::ftruncate(file.get(), 0) != 0) written = fail(reason(errno));
  if (written) written = write_all(file.get(), fmt::format("{}\n", ::getpid()));
  if (!written)
    return fail(fmt::format("{}: cannot be written: {}", path, written.error().message));
  return file;
}

}  // namespace

DataFormat current_data_format() {
  return {.version = 1, .migrations = {}};
}

Result<DataDirectory> DataDirectory::open(const std::string& path, const DataFormat& format) {
  if (auto made = make_directory(path); !made) return std::unexpected(made.error());
  // Before anything is written into a directory that may be somebody's home.
  if (auto ours = refuse_foreign(path); !ours) return std::unexpected(ours.error());
  auto lock = take_lock(path);
  if (!lock) return std::unexpected(lock.error());
  DataDirectory directory(path, std::move(*lock));
  if (auto ok = directory.check_format(format); !ok) return std::unexpected(ok.error());
  return directory;
}

Result<void> DataDirectory::check_format(const DataFormat& format) {
  const auto found = read_version(path_);
  if (!found) return std::unexpected(found.error());
  if (!*found) {
    created_ = true;
    if (auto ok = write_version(path_, format.version); !ok)
      return fail(
          fmt::format("{}: cannot be written: {}", in(path_, kFormatFile), ok.error().message));
    return {};
  }
  const int version = **found;
  if (version == format.version) return {};
  if (version > format.version)
    return fail(
        fmt::format("{}: has format {}, written by a newer tickwitness; this one knows "
                    "formats up to {}: install the newer one, or set another "
                    "data_directory",
                    path_, version, format.version));
  for (int step = version; step < format.version; ++step)
    if (std::ranges::find(format.migrations, step, &Migration::from) == format.migrations.end())
      return fail(
          fmt::format("{}: has format {}, and this tickwitness cannot migrate from format "
                      "{}; use a version in between, or set another data_directory",
                      path_, version, step));
  auto saved = back_up(path_, version);
  if (!saved) return std::unexpected(saved.error());
  backup_ = std::move(*saved);
  if (auto ok = migrate(path_, version, format); !ok)
    return fail(fmt::format("{}; what was there is saved in {}", ok.error().message, *backup_));
  return {};
}

DataDirectory::~DataDirectory() {
  // Before the lock goes: a later holder's number must not be wiped out. Best effort, as the lock
  // and not the number says whether somebody is there.
  if (lock_.valid() && ::ftruncate(lock_.get(), 0) != 0) return;
}

Result<pid_t> holder_of(const std::string& path) {
  const std::string file_path = in(path, kPidFile);
  const Descriptor file(::open(file_path.c_str(), O_RDONLY | O_CLOEXEC));
  if (!file.valid() && errno != ENOENT)
    return fail(fmt::format("{}: cannot be read: {}", file_path, reason(errno)));
  struct flock lock = whole_file();
  if (file.valid() && ::fcntl(file.get(), F_OFD_GETLK, &lock) != 0)
    return fail(fmt::format("{}: cannot be asked for its lock: {}", file_path, reason(errno)));
  if (!file.valid() || lock.l_type == F_UNLCK)
    return fail(fmt::format("{}: no tickwitness runs on this data directory", path));
  if (const auto pid = read_pid(file.get())) return *pid;
  return fail(
      fmt::format("{}: in use, but {} does not say by which process; try again", path, file_path));
}

}  // namespace tickwitness::runtime
