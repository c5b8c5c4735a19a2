#include "app/save_tables.h"

#include <fmt/format.h>

#include <filesystem>

#include "app/build_info.h"
#include "store/backup/backup.h"

namespace tickwitness::app {

store::SinkResult<std::string> save_tables(const config::Settings& settings, int version,
                                           base::WallTime now) {
  const auto wanted =
      fmt::format("{}/postgresql.backup-schema-{}", settings.data_directory, version);
  std::string place = wanted;
  std::error_code error;
  for (int i = 2; std::filesystem::exists(place, error); ++i)
    place = fmt::format("{}-{}", wanted, i);
  const auto made =
      store::backup::back_up({.data = settings.data_directory,
                              .database = "",
                              .server = {{.database = base::Secret(settings.store.database)}},
                              .program = std::string(kVersion)},
                             place, now, nullptr);
  if (made) return place;
  return store::sink_fail(
      fmt::format("tables of version {} must be saved before they are changed: {}", version,
                  made.error().message),
      true);
}

}  // namespace tickwitness::app
