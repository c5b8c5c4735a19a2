// Which segments a directory holds.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "runtime/disk.h"
#include "store/spool/format.h"
#include "store/spool/segment_reader.h"

namespace tickwitness::store::spool {

struct Segment {
  std::string name;
  SegmentHead head;
  std::uint64_t bytes = 0;  // of the file
};

struct Found {
  std::vector<Segment> segments;        // in the order of their numbers
  std::vector<std::string> damaged;     // segments whose heads cannot be read
  std::vector<std::string> unfinished;  // that a crash kept from being begun
};

// Reads heads alone. Errors: the disk's; a segment of a later format, of another spool than the
// rest.
runtime::DiskResult<Found> find_segments(runtime::Disk& disk);

runtime::DiskResult<SegmentReader> open_segment(runtime::Disk& disk, const Segment& segment);

inline constexpr std::string_view kUnfinishedSuffix = ".new";
inline constexpr std::string_view kDamagedSuffix = ".damaged";

// The first number of a segment that was put aside, by its name; nothing for any other name. Its
// contents are read by nobody, its numbers are never given again.
std::optional<Lsn> put_aside_first(std::string_view name);

}  // namespace tickwitness::store::spool
