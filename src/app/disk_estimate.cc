#include "app/disk_estimate.h"

#include <fmt/format.h>

#include <algorithm>
#include <set>
#include <vector>

#include "app/storage_threads.h"
#include "runtime/input_file.h"
#include "store/recording_name.h"
#include "store/sqlite/past.h"
#include "telemetry/read.h"

namespace tickwitness::app {
namespace {

// Of less nothing is said: a market's minute is not its day.
constexpr base::Duration kSpanMin = std::chrono::minutes(10);

double days(base::Duration span) {
  return std::chrono::duration<double, std::ratio<86400>>(span).count();
}

std::optional<DiskUse> use_of(std::uint64_t bytes, base::Duration span) {
  if (span < kSpanMin) return std::nullopt;
  return DiskUse{.bytes = bytes, .span = span};
}

// Each is complete when the next one is begun: of the last one nobody knows how long it took.
std::optional<DiskUse> use_of_recordings(const std::string& directory) {
  struct File {
    store::RecordingName name;
    std::uint64_t bytes = 0;
  };
  std::vector<File> files;
  const auto names = runtime::names_in(directory);
  if (!names) return std::nullopt;
  for (const auto& text : *names) {
    const auto name = store::RecordingName::parse(text);
    if (!name) continue;
    const auto file = runtime::InputFile::open(fmt::format("{}/{}", directory, text));
    if (file) files.push_back({*name, file->size()});
  }
  if (files.size() < 2) return std::nullopt;
  std::ranges::sort(files, {}, [](const File& file) { return file.name.number; });
  std::uint64_t bytes = 0;
  for (const auto& file : files) bytes += file.bytes;
  return use_of(bytes - files.back().bytes, files.back().name.created - files.front().name.created);
}

std::string in_words(std::string_view what, const std::optional<DiskUse>& use) {
  if (!use) return fmt::format("{} not known yet", what);
  return fmt::format("{} {:.3g} GB a day, as in the {:.3g} days of its past", what,
                     use->gb_per_day(), days(use->span));
}

}  // namespace

double DiskUse::gb_per_day() const {
  return static_cast<double>(bytes) / 1e9 / days(span);
}

DiskEstimate estimate_disk(const config::Settings& settings, const EngineSettings& engine) {
  using Market = std::pair<market::Venue, std::string>;
  std::set<Market> followed, known;
  for (const auto& venue : engine.feeds) {
    for (const auto& one : venue.feed.subscriptions) {
      if (one.channel == exchange::Channel::trade)
        followed.emplace(venue.feed.venue, one.symbol.str());
    }
  }
  DiskEstimate estimate{.markets = followed.size(), .markets_without_past = followed.size()};
  if (settings.recorder.enabled)
    estimate.recordings = use_of_recordings(settings.recorder.directory.empty()
                                                ? settings.data_directory + "/recordings"
                                                : settings.recorder.directory);
  if (!settings.store.enabled || settings.store.on_server()) return estimate;
  const auto past = store::sqlite::read_past(database_path(settings));
  if (!past || !*past) return estimate;
  estimate.database = use_of((*past)->bytes, (*past)->last - (*past)->first);
  for (const auto& [venue, symbol] : (*past)->markets) known.emplace(venue, symbol.str());
  estimate.markets_without_past = static_cast<std::size_t>(std::ranges::count_if(
      followed, [&](const Market& market) { return !known.contains(market); }));
  return estimate;
}

std::string describe(const DiskEstimate& estimate) {
  std::string text = fmt::format("Disk: {}, {}.", in_words("database", estimate.database),
                                 in_words("recordings", estimate.recordings));
  if (estimate.database && estimate.markets_without_past > 0)
    text += fmt::format(" {} of {} markets have no past in it.", estimate.markets_without_past,
                        estimate.markets);
  return text;
}

void tell(const DiskEstimate& estimate, runtime::Log& log) {
  if (!estimate.database && !estimate.recordings) {
    log.info("app", "disk a day is not known yet",
             {{"why", "nothing of ten minutes was stored or recorded here"},
              {"measured_in_seconds",
               std::chrono::duration<double>(DiskMeasurement::kBegin + DiskMeasurement::kLength)
                   .count()}});
    return;
  }
  const auto one = [&](std::string_view what, const std::optional<DiskUse>& use) {
    if (!use) return;
    log.info("app", "disk a day, by the past",
             {{"of", what},
              {"gb", use->gb_per_day()},
              {"days", days(use->span)},
              {"markets", estimate.markets},
              {"markets_without_past", estimate.markets_without_past}});
  };
  one("database", estimate.database);
  one("recordings", estimate.recordings);
}

DiskMeasurement::DiskMeasurement(runtime::Executor& executor, const telemetry::Registry& registry,
                                 runtime::Log& log)
    : executor_(executor), registry_(registry), log_(log), timer_(executor.make_timer()) {
  timer_->arm(executor.clock().now().mono + kBegin, [this] { begin(); });
}

DiskMeasurement::Bytes DiskMeasurement::read() const {
  Bytes bytes{.database = telemetry::value(registry_, "tickwitness_store_disk_bytes"),
              .recordings = std::nullopt};
  for (const auto& sample : telemetry::samples(registry_, "tickwitness_recorder_bytes_total")) {
    if (sample.labels.front().value == "compressed") bytes.recordings = sample.value;
  }
  return bytes;
}

void DiskMeasurement::begin() {
  before_ = read();
  began_ = executor_.clock().now().mono;
  timer_->arm(began_ + kLength, [this] { end(); });
}

void DiskMeasurement::end() {
  const Bytes after = read();
  const base::Duration span = executor_.clock().now().mono - began_;
  const auto one = [&](std::string_view what, const std::optional<double>& from,
                       const std::optional<double>& to) {
    if (!from || !to || *to < *from) return;
    const DiskUse use{.bytes = static_cast<std::uint64_t>(*to - *from), .span = span};
    log_.info("app", "disk a day, as measured",
              {{"of", what}, {"gb", use.gb_per_day()}, {"seconds", base::seconds(span)}});
  };
  one("database", before_.database, after.database);
  one("recordings", before_.recordings, after.recordings);
}

}  // namespace tickwitness::app
