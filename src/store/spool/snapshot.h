// What a spool holds, to be copied while a process goes on writing to it.
#pragma once

#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "runtime/disk.h"
#include "store/spool/segments.h"

namespace tickwitness::store::spool {

// Not thread-safe; the disk outlives it.
class Snapshot {
 public:
  struct Copy {
    std::vector<std::string> names;  // of the files that were written
    std::uint64_t bytes = 0;         // of them
    std::uint64_t spool = 0;         // its id; 0: there is no segment
    Lsn last = 0;                    // the last record of the copy; 0: it has none
    Lsn highest = 0;                 // number that a segment, readable or not, says was given
  };

  explicit Snapshot(runtime::Disk& disk) : disk_(disk) {}

  // Opens the segments that there are now; what is open can be read whatever becomes of its name.
  // False: a segment came and went since the last look, and what it held is not here: begin anew.
  runtime::DiskResult<bool> look();

  // Of the spool; 0: there was no segment.
  std::uint64_t id() const {
    return seen_.open.empty() ? 0 : seen_.open.front().segment.head.spool;
  }
  // Bytes of the segments as they are, with what is reserved.
  std::uint64_t bytes() const;

  // Writes to `to` the segments that were looked at, each up to its last whole record as of now,
  // and syncs them. What is being written meanwhile is in the copy whole or not at all, and if a
  // record is, all before it are. A segment that was put aside is an empty file of the same name.
  // `on_bytes` hears how many were copied; it may be null.
  runtime::DiskResult<Copy> copy(runtime::Disk& to,
                                 const std::function<void(std::uint64_t)>& on_bytes);

 private:
  struct Open {
    Segment segment;
    SegmentReader reader;
  };
  struct Seen {
    std::vector<Open> open;            // by number
    std::vector<std::string> damaged;  // segments whose heads cannot be read
  };
  runtime::DiskResult<Seen> open_all();

  runtime::Disk& disk_;
  Seen seen_;
  bool looked_ = false;
};

}  // namespace tickwitness::store::spool
