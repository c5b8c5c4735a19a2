#include "app/save_tables.h"

#include <fmt/format.h>

#include <filesystem>

#include "app/build_info.h"
#include "store/backup/backup.h"

namespace tickwitness::app {

store::SinkResult<std::string> TableSaver::save(int version) {
  using store::backup::Fault;
  const auto wanted =
      fmt::format("{}/postgresql.backup-schema-{}", settings_.data_directory, version);
  std::string place = wanted;
  std::error_code error;
  for (int i = 2; std::filesystem::exists(place, error); ++i)
    place = fmt::format("{}-{}", wanted, i);
  if (log_ != nullptr)
    log_->info("store", "saving the tables of an earlier version before they are changed",
               {{"version", version}, {"to", place}});
  // What must stay free is for the spool, which goes on meanwhile.
  const auto& store = settings_.store;
  const auto made =
      store::backup::back_up({.data = settings_.data_directory,
                              .database = "",
                              .server = {{.database = base::Secret(store.database)}},
                              .program = std::string(kVersion),
                              .keep_free = store.spool_free_bytes + 2 * store.spool_segment_bytes,
                              .stop = stop_.get_token()},
                             place, clock_.now().wall, nullptr);
  if (made) return place;
  return store::sink_fail(
      fmt::format("tables of version {} must be saved before they are changed, and cannot be: {} "
                  "(store.save_before_upgrade)",
                  version, made.error().message),
      made.error().fault == Fault::source);
}

}  // namespace tickwitness::app
