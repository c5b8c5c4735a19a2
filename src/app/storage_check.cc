#include "app/storage_check.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <filesystem>
#include <utility>

#include "app/storage_threads.h"
#include "runtime/posix_disk.h"
#include "store/postgres/schema.h"
#include "store/sqlite/schema.h"

namespace tickwitness::app {
namespace {

using State = OnlineStep::State;
constexpr std::chrono::seconds kLongest{10};
// The spool makes what was received durable so often.
constexpr std::chrono::milliseconds kSyncEvery{10};

class Steps {
 public:
  Steps(const runtime::Clock& clock, const std::function<void(const OnlineStep&)>& on_step)
      : clock_(clock), on_step_(on_step), began_(clock.now().mono) {}
  void begin(std::string_view part) {
    part_ = part;
    began_ = clock_.now().mono;
  }
  void say(std::string_view step, State state, std::string detail) {
    const auto now = clock_.now().mono;
    on_step_({.exchange = "storage",
              .part = part_,
              .step = std::string(step),
              .state = state,
              .took = state == State::skipped ? std::nullopt : std::optional(now - began_),
              .detail = std::move(detail)});
    began_ = clock_.now().mono;
  }
  base::Instant now() const { return clock_.now().mono; }

 private:
  const runtime::Clock& clock_;
  const std::function<void(const OnlineStep&)>& on_step_;
  std::string part_;
  base::Instant began_;
};

// The directory itself, or the nearest above it that is there.
std::string existing(const std::string& path) {
  std::error_code ignored;
  auto at = std::filesystem::absolute(path, ignored);
  while (at.has_relative_path() && !std::filesystem::exists(at, ignored)) at = at.parent_path();
  return at.string();
}

// Writes and syncs as the spool does. The middle one of some: the first may find a cold disk.
runtime::DiskResult<base::Duration> try_disk(runtime::Disk& disk, const Steps& steps) {
  constexpr std::string_view kName = "tickwitness-check.tmp";
  auto file = disk.create(kName);
  if (!file && file.error().fault == runtime::DiskFault::exists) {
    if (auto gone = disk.remove(kName); !gone) return std::unexpected(gone.error());
    file = disk.create(kName);
  }
  if (!file) return std::unexpected(file.error());
  std::array<base::Duration, 5> took{};
  const std::string block(4096, 'x');
  runtime::DiskResult<void> done;
  for (std::size_t i = 0; i < took.size() && done; ++i) {
    const auto before = steps.now();
    done = runtime::write_all(**file, i * block.size(), block);
    if (done) done = (*file)->sync();
    took[i] = steps.now() - before;
  }
  const auto removed = disk.remove(kName);
  if (!done) return std::unexpected(done.error());
  if (!removed) return std::unexpected(removed.error());
  std::ranges::sort(took);
  return took[took.size() / 2];
}

void check_disk(const config::Settings& settings, Steps& steps) {
  steps.begin("disk");
  const std::string directory = existing(settings.data_directory);
  auto disk = runtime::PosixDisk::at(directory);
  const auto synced = disk ? try_disk(*disk, steps) : std::unexpected(disk.error());
  if (!synced) {
    steps.say("write", State::failed,
              fmt::format("{}; data_directory must name one that this user may write",
                          synced.error().message));
    steps.say("space", State::skipped, "its directory cannot be written");
    return;
  }
  const double sync = base::milliseconds(*synced);
  const bool slow = *synced > kSyncEvery;
  steps.say(
      "write", State::ok,
      fmt::format("{}: a write is on the disk after {:.1f} ms{}", directory, sync,
                  slow ? "; what is received waits for it, a faster disk makes that shorter" : ""));
  const auto free = disk->free_bytes();
  if (!free) return steps.say("space", State::failed, free.error().message);
  const bool enough = !settings.store.enabled || *free >= settings.store.spool_free_bytes;
  const auto text = fmt::format("{:.1f} GB are free", static_cast<double>(*free) / 1e9);
  steps.say("space", enough ? State::ok : State::failed,
            enough ? text
                   : fmt::format("{}, and store.spool_free_bytes keeps {:.1f} GB free: nothing "
                                 "would be accepted; make room or lower it",
                                 text, static_cast<double>(settings.store.spool_free_bytes) / 1e9));
}

// What the tables' version means to who starts this program on them. 0: there are none.
std::pair<State, std::string> judge_version(int version, std::size_t known, bool backs_up) {
  if (version == 0) return {State::ok, "no tables yet: the first start makes them"};
  const auto last = static_cast<int>(known);
  if (version == last) return {State::ok, fmt::format("version {}, of this tickwitness", version)};
  if (version > last) {
    return {State::failed, fmt::format("version {} is of a later tickwitness, this one knows {}: "
                                       "install the later one",
                                       version, last)};
  }
  return {State::ok, fmt::format("version {}: the next start brings it to {}, {}", version, last,
                                 backs_up ? "and saves it before" : "take a backup before")};
}

void check_file(const config::Settings& settings, Steps& steps) {
  namespace sqlite = store::sqlite;
  const std::string path = database_path(settings);
  std::error_code ignored;
  if (!std::filesystem::exists(path, ignored)) {
    const auto directory = existing(std::filesystem::path(path).parent_path().string());
    auto disk = runtime::PosixDisk::at(directory);
    const auto synced = disk ? try_disk(*disk, steps) : std::unexpected(disk.error());
    return steps.say("open", synced ? State::ok : State::failed,
                     synced ? fmt::format("{}: the first start makes it", path)
                            : fmt::format("{} cannot be made: {}", path, synced.error().message));
  }
  auto connection = sqlite::Connection::open(path, SQLITE_OPEN_READWRITE, kLongest);
  const auto version =
      connection ? sqlite::schema_version(*connection) : std::unexpected(connection.error());
  if (!version) {
    steps.say("open", State::failed, version.error().message);
    return;
  }
  steps.say("open", State::ok, path);
  const auto [state, text] = judge_version(*version, sqlite::all_migrations().size(), true);
  steps.say("schema", state, text);
  // As far as it goes without a change.
  const auto written = connection->run("BEGIN IMMEDIATE; ROLLBACK");
  steps.say("write", written ? State::ok : State::failed,
            written ? "may be written" : written.error().message);
}

// Whether the user may do what the engine does; empty: yes. An owner's rights are needed to make
// the parts of trades.
constexpr std::string_view kMissing = R"sql(
SELECT CASE
  WHEN pg_is_in_recovery() OR current_setting('transaction_read_only')::boolean
    THEN 'the database is read-only: a standby? name the primary'
  WHEN to_regnamespace('tickwitness') IS NULL
    THEN CASE WHEN has_database_privilege(current_database(), 'CREATE') THEN ''
      ELSE format('GRANT CREATE ON DATABASE %I TO %I is missing', current_database(), current_user)
    END
  WHEN NOT (has_schema_privilege('tickwitness', 'CREATE')
            AND has_schema_privilege('tickwitness', 'USAGE'))
    THEN format('GRANT CREATE, USAGE ON SCHEMA tickwitness TO %I is missing', current_user)
  ELSE coalesce((SELECT format('the table tickwitness.%I belongs to %s: ALTER TABLE … OWNER TO %I',
      relname, relowner::regrole, current_user) FROM pg_class
    WHERE relnamespace = to_regnamespace('tickwitness') AND relkind IN ('r', 'p')
      AND NOT pg_has_role(relowner, 'USAGE') ORDER BY relname LIMIT 1), '')
END)sql";

void check_server(const config::Settings& settings, Steps& steps) {
  namespace postgres = store::postgres;
  auto connection = postgres::Connection::open({.database = base::Secret(settings.store.database),
                                                .connect_silence = kLongest,
                                                .statement = kLongest});
  if (!connection) {
    steps.say("connect", State::failed, connection.error().message);
    for (const auto* step : {"tls", "schema", "write"}) {
      steps.say(step, State::skipped, "the database is not reached");
    }
    return;
  }
  steps.say("connect", State::ok, connection->where());
  const auto tls = connection->tls();
  if (!tls.encrypted) {
    steps.say("tls", State::skipped,
              "there is none: over a network anybody can read along; sslmode=verify-full asks for "
              "it");
  } else {
    steps.say("tls", State::ok,
              tls.verified ? "the server's certificate is right"
                           : "encrypted, but the server's certificate is not compared with its "
                             "name: sslmode=verify-full does");
  }
  const auto version = postgres::schema_version(*connection);
  if (!version) {
    steps.say("schema", State::failed, version.error().message);
    return;
  }
  const auto [state, text] = judge_version(*version, postgres::all_migrations().size(),
                                           settings.store.save_before_upgrade);
  steps.say("schema", state, text);
  const auto missing = connection->run(kMissing);
  const bool may = missing && missing->rows() == 1 && missing->text(0, 0).empty();
  steps.say("write", may ? State::ok : State::failed,
            may       ? "may be written"
            : missing ? std::string(missing->text(0, 0))
                      : missing.error().message);
}

}  // namespace

void check_storage(const config::Settings& settings, const runtime::Clock& clock,
                   const std::function<void(const OnlineStep&)>& on_step) {
  Steps steps(clock, on_step);
  check_disk(settings, steps);
  if (!settings.store.enabled) return;
  steps.begin("database");
  settings.store.on_server() ? check_server(settings, steps) : check_file(settings, steps);
}

}  // namespace tickwitness::app
