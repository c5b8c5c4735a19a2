#include "store/recording_folder.h"

#include <algorithm>
#include <numeric>
#include <tuple>
#include <utility>

namespace tickwitness::store {

using runtime::DiskResult;

DiskResult<void> RecordingFolder::read_names(runtime::Disk& disk) {
  const auto names = disk.list();
  if (!names) return std::unexpected(names.error());
  recordings_.clear();
  for (const auto& text : *names) {
    auto name = RecordingName::parse(text);
    if (!name) continue;
    const auto file = disk.open(text);
    if (!file) return std::unexpected(file.error());
    const auto bytes = (*file)->size();
    if (!bytes) return std::unexpected(bytes.error());
    if (std::exchange(name->part, false)) {
      if (auto ok = disk.rename(text, name->str()); !ok) return ok;
    }
    recordings_.push_back({*name, *bytes});
  }
  std::ranges::sort(recordings_, {}, [](const Recording& r) { return r.name.number; });
  if (!recordings_.empty())
    next_number_ = std::max(next_number_, recordings_.back().name.number + 1);
  return {};
}

DiskResult<void> RecordingFolder::open() {
  if (disk_) return {};
  auto disk = open_disk_();
  if (!disk) return std::unexpected(disk.error());
  if (auto ok = read_names(**disk); !ok) return ok;
  disk_ = std::move(*disk);
  return {};
}

DiskResult<std::unique_ptr<runtime::DiskFile>> RecordingFolder::begin(base::WallTime now) {
  const RecordingName name{.number = next_number_,
                           .created = std::chrono::floor<std::chrono::seconds>(now),
                           .part = true};
  // A number is used once, whatever becomes of it: somebody else may have taken it.
  ++next_number_;
  auto file = disk_->create(name.str());
  if (file) recordings_.push_back({name, 0});
  return file;
}

DiskResult<void> RecordingFolder::finish() {
  RecordingName& name = recordings_.back().name;
  RecordingName finished = name;
  finished.part = false;
  if (auto ok = disk_->rename(name.str(), finished.str()); !ok) return ok;
  name = finished;
  return disk_->sync_names();
}

void RecordingFolder::abandon(std::unique_ptr<runtime::DiskFile> file, std::uint64_t bytes) {
  std::ignore = file->truncate(bytes);
  file.reset();
  if (bytes != 0) {
    std::ignore = finish();
  } else if (disk_->remove(recordings_.back().name.str())) {
    recordings_.pop_back();
  }
}

DiskResult<void> RecordingFolder::trim(std::uint64_t bytes_max, std::uint64_t coming,
                                       base::WallTime oldest) {
  while (recordings_.size() > 1) {
    const Recording& first = recordings_.front();
    if (bytes() + coming <= bytes_max && first.name.created >= oldest) break;
    const auto removed = disk_->remove(first.name.str());
    // Somebody else was faster.
    if (!removed && removed.error().fault != runtime::DiskFault::not_found) return removed;
    if (removed) ++trimmed_;
    recordings_.erase(recordings_.begin());
  }
  return {};
}

std::uint64_t RecordingFolder::bytes() const {
  return std::accumulate(
      recordings_.begin(), recordings_.end(), std::uint64_t{0},
      [](std::uint64_t sum, const Recording& recording) { return sum + recording.bytes; });
}

}  // namespace tickwitness::store
