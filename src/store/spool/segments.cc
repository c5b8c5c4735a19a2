#include "store/spool/segments.h"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

namespace tickwitness::store::spool {

using runtime::DiskFault;
using runtime::DiskResult;

namespace {

DiskResult<std::string> read_start(const runtime::DiskFile& file) {
  std::string text(kHeadBytes, '\0');
  std::size_t filled = 0;
  for (std::size_t some = 1; some > 0 && filled < text.size(); filled += some) {
    const auto read = file.read(filled, std::span(text).subspan(filled));
    if (!read) return std::unexpected(read.error());
    some = *read;
  }
  text.resize(filled);
  return text;
}

DiskResult<void> look_at(runtime::Disk& disk, const std::string& name, Found& found) {
  const auto file = disk.open(name);
  if (!file) return std::unexpected(file.error());
  const auto bytes = (*file)->size();
  if (!bytes) return std::unexpected(bytes.error());
  const auto start = read_start(**file);
  if (!start) return std::unexpected(start.error());
  const auto head = read_segment_head(*start);
  if (!head) return runtime::disk_fail(DiskFault::invalid, name, "read", head.error().message);
  if (!*head || (*head)->first != segment_first(name)) {
    found.damaged.push_back(name);
    return {};
  }
  if (!found.segments.empty() && found.segments.front().head.spool != (*head)->spool)
    return runtime::disk_fail(DiskFault::invalid, name, "used",
                              fmt::format("it is of another spool than {}; move one of them away",
                                          found.segments.front().name));
  found.segments.push_back({.name = name, .head = **head, .bytes = *bytes});
  return {};
}

}  // namespace

DiskResult<Found> find_segments(runtime::Disk& disk) {
  const auto names = disk.list();
  if (!names) return std::unexpected(names.error());
  Found found;
  for (const auto& name : *names) {
    if (name.ends_with(kUnfinishedSuffix)) found.unfinished.push_back(name);
    if (!segment_first(name)) continue;
    if (const auto looked = look_at(disk, name, found); !looked)
      return std::unexpected(looked.error());
  }
  return found;
}

std::optional<Lsn> put_aside_first(std::string_view name) {
  if (!name.ends_with(kDamagedSuffix)) return std::nullopt;
  name.remove_suffix(kDamagedSuffix.size());
  return segment_first(name);
}

DiskResult<SegmentReader> open_segment(runtime::Disk& disk, const Segment& segment) {
  auto file = disk.open(segment.name);
  if (!file) return std::unexpected(file.error());
  return SegmentReader(std::move(*file), segment.head);
}

}  // namespace tickwitness::store::spool
