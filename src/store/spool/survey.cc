#include "store/spool/survey.h"

#include <utility>

namespace tickwitness::store::spool {

using runtime::DiskResult;

namespace {

// `next`: the segment behind it, which takes the place of whatever has its number or a later one;
// may be null.
DiskResult<SegmentSurvey> look_through(runtime::Disk& disk, const Segment& segment,
                                       const Segment* next,
                                       const std::function<void(const Record&)>& on_record) {
  auto reader = open_segment(disk, segment);
  if (!reader) return std::unexpected(reader.error());
  SegmentSurvey all{.segment = segment};
  for (Lsn expected = segment.head.first;; expected = all.last + 1) {
    auto record = reader->next();
    if (record && !*record) {
      const auto more = reader->seek(expected);
      if (!more) return std::unexpected(more.error());
      if (*more) record = reader->next();
    }
    if (!record) return std::unexpected(record.error());
    if (!*record || (next != nullptr && (*record)->lsn >= next->head.first)) break;
    if ((*record)->lsn > expected) ++all.lost;
    ++all.records;
    all.last = (*record)->lsn;
    all.payload_bytes += (*record)->payload.size();
    if (on_record) on_record(**record);
  }
  const Lsn before = all.records > 0 ? all.last : segment.head.first - 1;
  if (next != nullptr && before < next->head.follows) ++all.lost;
  const auto behind = reader->bytes_behind();
  if (!behind) return std::unexpected(behind.error());
  all.behind_bytes = *behind;
  return all;
}

}  // namespace

DiskResult<Survey> survey(runtime::Disk& disk,
                          const std::function<void(const Record&)>& on_record) {
  auto found = find_segments(disk);
  if (!found) return std::unexpected(found.error());
  Survey all{.damaged = std::move(found->damaged)};
  const auto names = disk.list();
  if (!names) return std::unexpected(names.error());
  for (const auto& name : *names) {
    if (name.ends_with(kDamagedSuffix)) all.damaged.push_back(name);
  }
  const auto& segments = found->segments;
  for (std::size_t i = 0; i < segments.size(); ++i) {
    const Segment* next = i + 1 < segments.size() ? &segments[i + 1] : nullptr;
    auto one = look_through(disk, segments[i], next, on_record);
    if (!one) return std::unexpected(one.error());
    all.segments.push_back(std::move(*one));
  }
  return all;
}

}  // namespace tickwitness::store::spool
