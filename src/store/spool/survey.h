// What a spool holds, without touching it: for people. A process may be writing to it meanwhile.
#pragma once

#include <functional>
#include <string>
#include <vector>

#include "runtime/disk.h"
#include "store/spool/segments.h"

namespace tickwitness::store::spool {

struct SegmentSurvey {
  Segment segment;
  std::uint64_t records = 0;
  Lsn last = 0;                     // number of its last record; 0: it has none
  std::uint64_t payload_bytes = 0;  // of its records
  std::uint64_t lost = 0;           // runs of records that are damaged or missing
  std::uint64_t behind_bytes = 0;   // that are neither a record nor zero, behind the last
};

struct Survey {
  std::vector<SegmentSurvey> segments;
  std::vector<std::string> damaged;  // segments without a head, or put aside for that
};

// `on_record` is shown each record; it may be null.
runtime::DiskResult<Survey> survey(runtime::Disk& disk,
                                   const std::function<void(const Record&)>& on_record);

}  // namespace tickwitness::store::spool
