#include "store/spool/spool.h"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

namespace tickwitness::store::spool {

using runtime::Disk;
using runtime::DiskFault;
using runtime::DiskResult;

DiskResult<Spool> Spool::open(Disk& disk, const SpoolSettings& settings, std::uint64_t drawn) {
  auto found = find_segments(disk);
  if (!found) return std::unexpected(found.error());
  if (settings.segment_bytes < kSegmentBytesMin)
    return runtime::disk_fail(DiskFault::invalid, "spool", "opened",
                              fmt::format("segments of {} bytes; they need {}",
                                          settings.segment_bytes, kSegmentBytesMin));
  Spool spool(disk, settings);
  spool.id_ = found->segments.empty() ? drawn : found->segments.front().head.spool;
  if (const auto recovered = spool.recover(std::move(*found)); !recovered)
    return std::unexpected(recovered.error());
  return spool;
}

DiskResult<void> Spool::recover(Found found) {
  if (const auto done = put_away(found); !done) return done;
  recovery_.damaged = std::move(found.damaged);
  segments_ = std::move(found.segments);
  if (!segments_.empty()) {
    if (const auto done = recover_last(segments_.back()); !done) return done;
  }
  const auto damaged = highest_damaged();
  if (!damaged) return std::unexpected(damaged.error());
  const Lsn highest = std::max(last_, *damaged);
  // What cannot be read may have had numbers that a store has seen: this start has its own.
  next_ = highest == 0 ? 1 : ((highest >> kStartShift) + 1) << kStartShift | 1;
  recovery_.segments = segments_.size();
  recovery_.last = last_;
  return {};
}

// The first number of the newest segment that was ever put aside; 0: none was.
DiskResult<Lsn> Spool::highest_damaged() const {
  const auto names = disk_->list();
  if (!names) return std::unexpected(names.error());
  Lsn highest = 0;
  for (const auto& name : *names) highest = std::max(highest, put_aside_first(name).value_or(0));
  return highest;
}

DiskResult<void> Spool::put_away(const Found& found) {
  for (const auto& name : found.unfinished) {
    if (const auto done = disk_->remove(name); !done) return done;
  }
  for (const auto& name : found.damaged) {
    if (const auto done = disk_->rename(name, name + std::string(kDamagedSuffix)); !done)
      return done;
  }
  if (found.unfinished.empty() && found.damaged.empty()) return {};
  return disk_->sync_names();
}

// Finds the last record and gives back the room behind it. It is never written to again: whatever
// lies behind its last record, the next segment goes on from there.
DiskResult<void> Spool::recover_last(Segment& last) {
  auto reader = open_segment(*disk_, last);
  if (!reader) return std::unexpected(reader.error());
  last_ = last.head.follows;
  for (Lsn expected = last.head.first;;) {
    const auto record = reader->next();
    if (!record) return std::unexpected(record.error());
    if (*record) {
      last_ = (*record)->lsn;
      expected = last_ + 1;
      continue;
    }
    const auto more = reader->seek(expected);  // damage, if something follows
    if (!more) return std::unexpected(more.error());
    if (!*more) break;
  }
  const auto torn = reader->bytes_behind();
  if (!torn) return std::unexpected(torn.error());
  recovery_.torn_bytes = *torn;
  last.bytes = reader->offset();
  auto file = disk_->open(last.name);
  if (!file) return std::unexpected(file.error());
  if (const auto cut = (*file)->truncate(last.bytes); !cut) return cut;
  return (*file)->sync();
}

DiskResult<Lsn> Spool::append(std::string_view payload, base::WallTime now) {
  if (payload.empty() || payload.size() > kPayloadMax)
    return runtime::disk_fail(DiskFault::invalid, "spool", "written",
                              fmt::format("a record of {} bytes", payload.size()));
  auto written = write(payload, now);
  if (!written && abandon()) written = write(payload, now);
  if (!written) {
    abandon();
    return std::unexpected(written.error());
  }
  last_ = *written;
  next_ = last_ + 1;
  return last_;
}

DiskResult<Lsn> Spool::write(std::string_view payload, base::WallTime now) {
  if (file_ && used_ + record_bytes(payload.size()) > settings_.segment_bytes) end_current();
  record_.clear();
  Lsn lsn = next_;
  if (!file_) {
    if (const auto begun = begin(now); !begun) return std::unexpected(begun.error());
    if (preface_) append_record(segments_.back().head, lsn++, preface_(), record_);
  }
  append_record(segments_.back().head, lsn, payload, record_);
  if (const auto written = runtime::write_all(*file_, used_, record_); !written)
    return std::unexpected(written.error());
  if (const auto synced = file_->sync(); !synced) return std::unexpected(synced.error());
  used_ += record_.size();
  return lsn;
}

// What a sync did not make durable may be lost although it can be read: nothing is written there
// again. False if no segment is being written.
bool Spool::abandon() {
  if (!file_) return false;
  file_.reset();
  ++abandoned_;
  return true;
}

// That the reserved room is not given back, if it is not, costs nothing but room.
void Spool::end_current() {
  if (file_->truncate(used_)) segments_.back().bytes = used_;
  file_.reset();
}

DiskResult<void> Spool::begin(base::WallTime now) {
  const Segment segment{.name = segment_name(next_),
                        .head = {.spool = id_, .first = next_, .follows = last_, .created = now},
                        .bytes = settings_.segment_bytes};
  // One that was begun and abandoned before anything was accepted is replaced.
  if (!segments_.empty() && segments_.back().head.first == next_) segments_.pop_back();
  if (const auto room = check_room(); !room) return room;
  auto file = create(segment);
  if (!file) return std::unexpected(file.error());
  file_ = std::move(*file);
  used_ = kHeadBytes;
  segments_.push_back(segment);
  return {};
}

DiskResult<std::unique_ptr<runtime::DiskFile>> Spool::create(const Segment& segment) {
  const std::string unfinished = segment.name + std::string(kUnfinishedSuffix);
  auto file = disk_->create(unfinished);
  if (!file && file.error().fault == DiskFault::exists) {  // left by an attempt that failed
    if (const auto gone = disk_->remove(unfinished); !gone) return std::unexpected(gone.error());
    file = disk_->create(unfinished);
  }
  if (!file) return file;
  auto done = (*file)->preallocate(segment.bytes);
  if (done) done = runtime::write_all(**file, 0, segment_head(segment.head));
  if (done) done = (*file)->sync();
  if (done) done = disk_->rename(unfinished, segment.name);
  if (done) done = disk_->sync_names();
  if (!done) return std::unexpected(done.error());
  return file;
}

DiskResult<void> Spool::check_room() const {
  const std::uint64_t used = bytes();
  if (used + settings_.segment_bytes > settings_.total_bytes)
    return runtime::disk_fail(
        DiskFault::no_space, "spool", "extended",
        fmt::format("it has {} bytes, and the limit is {}", used, settings_.total_bytes));
  const auto free = disk_->free_bytes();
  if (!free) return std::unexpected(free.error());
  if (*free < settings_.free_bytes + settings_.segment_bytes)
    return runtime::disk_fail(DiskFault::no_space, "spool", "extended",
                              fmt::format("{} bytes are free on the disk, and {} must stay so",
                                          *free, settings_.free_bytes));
  return {};
}

std::uint64_t Spool::bytes() const {
  std::uint64_t sum = 0;
  for (const auto& segment : segments_) sum += segment.bytes;
  return sum;
}

DiskResult<void> Spool::retire(Lsn upto) {
  bool removed = false;
  // The newest with a record stays: it begins with what came to pass before it.
  while (segments_.size() > 1 && segments_[1].head.follows <= upto &&
         segments_[1].head.first <= last_) {
    if (const auto done = disk_->remove(segments_.front().name); !done) return done;
    segments_.erase(segments_.begin());
    removed = true;
  }
  if (!removed) return {};
  return disk_->sync_names();
}

}  // namespace tickwitness::store::spool
