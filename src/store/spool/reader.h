// A store's way through the spool: every record once, in order, and what cannot be read is said.
#pragma once

#include <optional>
#include <string>

#include "runtime/disk.h"
#include "store/spool/segment_reader.h"
#include "store/spool/spool.h"

namespace tickwitness::store::spool {

// Records that were accepted and can no longer be read, one of them at least: numbers that were
// never given may lie between.
struct LostRecords {
  Lsn first = 0, last = 0;
  std::string segment;  // that held the first, or follows it
};

struct Read {
  std::optional<LostRecords> lost;  // before the record
  std::optional<Record> record;
};

// Not thread-safe; on the spool's thread.
class Reader {
 public:
  // Goes on behind `after`, the last that the store has; 0: from the oldest that is left. The spool
  // outlives it.
  Reader(const Spool& spool, Lsn after);

  // The next accepted record. Nothing in either field: there is none yet; `lost` alone: none after
  // what was lost. Errors: the disk's; the same call may succeed later.
  runtime::DiskResult<Read> next();

 private:
  const Segment* segment() const;
  Lsn end_of(const Segment& segment) const;
  runtime::DiskResult<void> read_in(const Segment& segment, Lsn end, Read& read);
  static void lose(Lsn first, Lsn last, const Segment& segment, Read& read);

  const Spool& spool_;
  Lsn position_;  // that is looked for
  std::optional<SegmentReader> open_;
};

}  // namespace tickwitness::store::spool
