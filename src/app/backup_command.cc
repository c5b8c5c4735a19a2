// tickwitness backup and restore: what must last, copied beside the running engine, and its way
// back.

#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <chrono>

#include "app/build_info.h"
#include "app/commands.h"
#include "app/read_files.h"
#include "app/say.h"
#include "app/storage_threads.h"
#include "runtime/clock.h"
#include "store/backup/backup.h"
#include "store/backup/names.h"
#include "store/backup/server_rows.h"

namespace tickwitness::app {
namespace {

using store::backup::BackupError;
using store::backup::Fault;
using store::backup::Made;
using store::backup::Progress;

constexpr base::Duration kTellEvery = std::chrono::milliseconds(200);

std::string size_text(std::uint64_t bytes) {
  double size = static_cast<double>(bytes);
  for (const char* unit : {"B", "KiB", "MiB"}) {
    if (size < 1024) return fmt::format("{:.{}f} {}", size, bytes < 1024 ? 0 : 1, unit);
    size /= 1024;
  }
  return fmt::format("{:.1f} GiB", size);
}

// On a terminal alone.
class ProgressLine {
 public:
  Progress progress() {
    if (isatty(STDERR_FILENO) == 0) return nullptr;
    return [this](std::string_view what, std::uint64_t done, std::uint64_t all) {
      const base::Instant now = clock_.now().mono;
      if (all == 0 || now < next_) return;
      next_ = now + kTellEvery;
      shown_ = true;
      say("\r{:<40.40} {:>3} % of {:<12}", what, 100 * done / all, size_text(all));
    };
  }
  ~ProgressLine() {
    if (shown_) say("\r{:<64}\r", "");
  }

 private:
  runtime::SystemClock clock_;
  base::Instant next_{};
  bool shown_ = false;
};

int complain(std::string_view command, const BackupError& error) {
  say("tickwitness {}: {}\n", command, error.message);
  switch (error.fault) {
    case Fault::source:
      return kNoInput;
    case Fault::target:
      return kCannotCreate;
    case Fault::damaged:
      return kDataError;
  }
  return kSoftware;
}

bool has(const Made& made, std::string_view file) {
  const auto& files = made.manifest.files;
  return std::ranges::find(files, file, &store::backup::FileSum::name) != files.end();
}

bool has_rows_of_a_server(const Made& made) {
  return std::ranges::any_of(made.manifest.files, [](const store::backup::FileSum& file) {
    return store::backup::is_of_server(file.name);
  });
}

std::string where_from(const Made& made) {
  if (made.manifest.cursor.lsn != 0)
    return fmt::format("database up to record {}", made.manifest.cursor.lsn);
  return has(made, store::backup::kDatabase) || has_rows_of_a_server(made)
             ? "database without a record of this spool"
             : "no rows of a database";
}

const char* what_is_next(const Made& made, const store::backup::Target& target) {
  if (target.server)
    return "Set data_directory to it, store.database to where the rows are now, and start the "
           "engine.";
  return has(made, store::backup::kDatabase)
             ? "Set data_directory to it, store.database to nothing, and start the engine."
             : "It has no rows: see that the server has them, then set data_directory to it and "
               "start the engine.";
}

}  // namespace

int backup_command(const BackupOptions& options) {
  store::backup::Source source{.data = options.data,
                               .database = options.data + "/market.sqlite",
                               .server = {},
                               .program = std::string(kVersion)};
  if (options.data.empty()) {
    const auto loaded = load_or_complain(options.config);
    if (!loaded) return kConfiguration;
    const config::Settings& settings = loaded->settings;
    source.data = settings.data_directory;
    source.database = settings.store.on_server() ? "" : database_path(settings);
    if (settings.store.on_server() && !options.without_rows)
      source.server = {.database = base::Secret(settings.store.database)};
  }
  const runtime::SystemClock clock;
  store::backup::BackupResult<Made> made;
  {
    ProgressLine line;
    made = store::backup::back_up(source, options.to, clock.now().wall, line.progress());
  }
  if (!made) return complain("backup", made.error());
  fmt::print("{}: {} files, {}, {}.\nBack again: tickwitness restore {} --data DIRECTORY{}\n",
             options.to, made->manifest.files.size(), size_text(made->bytes), where_from(*made),
             options.to, has_rows_of_a_server(*made) ? " --database postgresql://…" : "");
  if (source.database.empty() && !source.server)
    fmt::print("The rows are on a server: save them now, with pg_dump --schema=tickwitness.\n");
  return kOk;
}

int restore_command(const RestoreOptions& options) {
  store::backup::Target target{.data = options.data, .server = {}, .rows = !options.without_rows};
  if (!options.database.empty()) target.server = {.database = base::Secret(options.database)};
  store::backup::BackupResult<Made> made;
  {
    ProgressLine line;
    made = store::backup::restore(options.from, target, line.progress());
  }
  if (!made) return complain("restore", made.error());
  fmt::print("{}: {} files, {}, {}; each is what it was when the backup was made.\n{}\n",
             options.data, made->manifest.files.size(), size_text(made->bytes), where_from(*made),
             what_is_next(*made, target));
  return kOk;
}

}  // namespace tickwitness::app
