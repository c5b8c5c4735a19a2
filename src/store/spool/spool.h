// The write-ahead spool: what append() accepted is read back after any crash, until every store has
// it. Design and what it promises: docs/spool-format.md.
#pragma once

#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "runtime/disk.h"
#include "store/spool/format.h"
#include "store/spool/segments.h"

namespace tickwitness::store::spool {

// A segment holds one record of any length at least.
inline constexpr std::uint64_t kSegmentBytesMin = kHeadBytes + record_bytes(kPayloadMax);

struct SpoolSettings {
  std::uint64_t segment_bytes = std::uint64_t{64} << 20;  // room is reserved a segment at a time
  std::uint64_t total_bytes = std::uint64_t{4} << 30;     // of all segments
  std::uint64_t free_bytes = std::uint64_t{256} << 20;    // that stay free on the disk
};

// What a start found.
struct Recovery {
  std::uint64_t segments = 0;
  Lsn last = 0;                      // the last record; 0: none
  std::uint64_t torn_bytes = 0;      // behind it that were being written when the power failed
  std::vector<std::string> damaged;  // segments without a head, renamed to NAME.damaged
};

// On one thread. Outlives its readers; the disk outlives it. All calls block as long as the disk
// does.
class Spool {
 public:
  // A normal start is a recovery. `drawn` names the spool if there is none yet. Errors: the disk's,
  // and those of find_segments().
  static runtime::DiskResult<Spool> open(runtime::Disk& disk, const SpoolSettings& settings,
                                         std::uint64_t drawn);
  const Recovery& recovery() const { return recovery_; }

  // From now on each segment begins with a record of its own that `preface` gives, of 1 to
  // kPayloadMax bytes: what came to pass in the segments before it, so that a start needs to read
  // the last one only. Accepted with the record after it, or not at all; where the two need more
  // room than a segment has, it becomes larger.
  void set_preface(std::function<std::string()> preface) { preface_ = std::move(preface); }

  // Writes one record of 1 to kPayloadMax bytes and makes it durable; its number. A write or sync
  // that fails is never repeated where it failed: the record goes into a new segment, once.
  // no_space: the disk or the spool's limits are full, nothing was taken, and the same call may
  // succeed later. Any other error means that the disk cannot be trusted now.
  runtime::DiskResult<Lsn> append(std::string_view payload, base::WallTime now);

  // Every store has the records up to this one: segments that hold no other go.
  runtime::DiskResult<void> retire(Lsn upto);

  std::uint64_t id() const { return id_; }
  Lsn last() const { return last_; }  // the last accepted; 0: none ever
  std::uint64_t bytes() const;        // of all segments, with what is reserved
  // In their order. Changed by append() and retire().
  const std::vector<Segment>& segments() const { return segments_; }
  runtime::Disk& disk() const { return *disk_; }
  std::uint64_t abandoned() const { return abandoned_; }  // segments after a failed write or sync

 private:
  Spool(runtime::Disk& disk, const SpoolSettings& settings) : disk_(&disk), settings_(settings) {}
  runtime::DiskResult<void> recover(Found found);
  runtime::DiskResult<void> recover_last(Segment& last);
  runtime::DiskResult<Lsn> highest_damaged() const;
  runtime::DiskResult<void> put_away(const Found& found);
  runtime::DiskResult<Lsn> write(std::string_view payload, base::WallTime now);
  runtime::DiskResult<void> begin(base::WallTime now);
  runtime::DiskResult<std::unique_ptr<runtime::DiskFile>> create(const Segment& segment);
  runtime::DiskResult<void> check_room() const;
  void end_current();
  bool abandon();

  runtime::Disk* disk_;
  SpoolSettings settings_;
  std::uint64_t id_ = 0;
  std::vector<Segment> segments_;  // the last is the one that is written, if file_ is not null
  std::unique_ptr<runtime::DiskFile> file_;
  std::uint64_t used_ = 0;  // bytes of it
  Lsn last_ = 0, next_ = 1;
  std::function<std::string()> preface_;  // or null
  std::string record_;                    // memory of append()
  std::uint64_t abandoned_ = 0;
  Recovery recovery_;
};

}  // namespace tickwitness::store::spool
