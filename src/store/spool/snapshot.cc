#include "store/spool/snapshot.h"

#include <algorithm>
#include <span>
#include <utility>

namespace tickwitness::store::spool {

using runtime::Disk;
using runtime::DiskFault;
using runtime::DiskFile;
using runtime::DiskResult;

namespace {

constexpr std::size_t kPiece = std::size_t{256} << 10;
// A list is old when a segment on it goes before it is opened.
constexpr int kAttempts = 20;

struct End {
  std::uint64_t bytes = kHeadBytes;  // up to where the last whole record ends
  Lsn last = 0;                      // its number; 0: there is none
};

// A record is written and synced before the next one is begun, and is never changed: where this
// sees a whole one, all bytes before it are as they will stay.
DiskResult<End> find_end(SegmentReader& reader) {
  End end;
  for (Lsn expected = reader.head().first;;) {
    const auto record = reader.next();
    if (!record) return std::unexpected(record.error());
    if (*record) {
      end = {.bytes = reader.offset(), .last = (*record)->lsn};
      expected = end.last + 1;
      continue;
    }
    const auto more = reader.seek(expected);  // damage, if something follows
    if (!more) return std::unexpected(more.error());
    if (!*more) return end;
  }
}

// The first `bytes` of `from`, or all it has, under a new name.
DiskResult<std::uint64_t> copy_file(const DiskFile& from, std::uint64_t bytes, Disk& to,
                                    const std::string& name,
                                    const std::function<void(std::uint64_t)>& on_bytes) {
  auto file = to.create(name);
  if (!file) return std::unexpected(file.error());
  std::vector<char> piece(kPiece);
  std::uint64_t done = 0;
  while (done < bytes) {
    const std::size_t wanted = std::min<std::uint64_t>(piece.size(), bytes - done);
    const auto read = from.read(done, std::span(piece).first(wanted));
    if (!read) return std::unexpected(read.error());
    if (*read == 0) break;
    const std::string_view text(piece.data(), *read);
    if (auto ok = runtime::write_all(**file, done, text); !ok) return std::unexpected(ok.error());
    done += *read;
    if (on_bytes) on_bytes(*read);
  }
  if (auto ok = (*file)->sync(); !ok) return std::unexpected(ok.error());
  return done;
}

}  // namespace

DiskResult<Snapshot::Seen> Snapshot::open_all() {
  for (int attempt = 1;; ++attempt) {
    auto found = find_segments(disk_);
    const auto old = [&](const runtime::DiskError& error) {
      return error.fault == DiskFault::not_found && attempt < kAttempts;
    };
    if (!found && old(found.error())) continue;
    if (!found) return std::unexpected(found.error());
    Seen seen{.damaged = std::move(found->damaged)};
    bool again = false;
    for (const Segment& segment : found->segments) {
      auto reader = open_segment(disk_, segment);
      again = !reader && old(reader.error());
      if (again) break;
      if (!reader) return std::unexpected(reader.error());
      seen.open.push_back({.segment = segment, .reader = std::move(*reader)});
    }
    if (!again) return seen;
  }
}

DiskResult<bool> Snapshot::look() {
  auto now = open_all();
  if (!now) return std::unexpected(now.error());
  if (std::exchange(looked_, true) && !now->open.empty()) {
    const SegmentHead& first = now->open.front().segment.head;
    // Segments go from the front. Where the oldest one was there before, or is the first ever, none
    // went that was not open.
    const bool known = seen_.open.empty()
                           ? first.follows == 0
                           : std::ranges::any_of(seen_.open, [&](const Open& before) {
                               return before.segment.head == first;
                             });
    if (!known) {
      seen_ = std::move(*now);
      return false;
    }
    // What has another one by its name now was begun anew, before anything was accepted in it.
    std::erase_if(seen_.open,
                  [&](const Open& before) { return before.segment.head.first >= first.first; });
    std::ranges::move(now->open, std::back_inserter(seen_.open));
    now->open = std::move(seen_.open);
  }
  seen_ = std::move(*now);
  return true;
}

std::uint64_t Snapshot::bytes() const {
  std::uint64_t sum = 0;
  for (const auto& one : seen_.open) sum += one.segment.bytes;
  return sum;
}

DiskResult<Snapshot::Copy> Snapshot::copy(Disk& to,
                                          const std::function<void(std::uint64_t)>& on_bytes) {
  Copy copy;
  for (auto& [segment, reader] : seen_.open) {
    const auto end = find_end(reader);
    if (!end) return std::unexpected(end.error());
    const auto done = copy_file(reader.file(), end->bytes, to, segment.name, on_bytes);
    if (!done) return std::unexpected(done.error());
    copy.names.push_back(segment.name);
    copy.bytes += *done;
    copy.spool = segment.head.spool;
    copy.last = std::max({copy.last, segment.head.follows, end->last});
    copy.highest = std::max({copy.highest, segment.head.first, copy.last});
  }
  // Their numbers were given: a start on the copy must know of them. Of those that were put aside
  // the name says enough.
  for (const auto& name : seen_.damaged) {
    const auto file = disk_.open(name);
    if (!file && file.error().fault == DiskFault::not_found) continue;  // put away meanwhile
    if (!file) return std::unexpected(file.error());
    const auto bytes = (*file)->size();
    if (!bytes) return std::unexpected(bytes.error());
    const auto done = copy_file(**file, *bytes, to, name, on_bytes);
    if (!done) return std::unexpected(done.error());
    copy.names.push_back(name);
    copy.bytes += *done;
    copy.highest = std::max(copy.highest, *segment_first(name));
  }
  const auto names = disk_.list();
  if (!names) return std::unexpected(names.error());
  for (const auto& name : *names) {
    const auto first = put_aside_first(name);
    if (!first) continue;
    auto file = to.create(name);
    if (!file) return std::unexpected(file.error());
    if (auto ok = (*file)->sync(); !ok) return std::unexpected(ok.error());
    copy.names.push_back(name);
    copy.highest = std::max(copy.highest, *first);
  }
  return copy;
}

}  // namespace tickwitness::store::spool
