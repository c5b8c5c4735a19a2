#include "store/spool/reader.h"

#include <algorithm>

namespace tickwitness::store::spool {

using runtime::DiskFault;
using runtime::DiskResult;

Reader::Reader(const Spool& spool, Lsn after) : spool_(spool), position_(after + 1) {
  const auto& segments = spool.segments();
  if (after == 0 && !segments.empty()) position_ = segments.front().head.first;
}

// The one whose numbers begin at `position_` or before, or else the first.
const Segment* Reader::segment() const {
  const auto& all = spool_.segments();
  if (all.empty()) return nullptr;
  const auto behind = std::ranges::upper_bound(all, position_, {},
                                               [](const Segment& each) { return each.head.first; });
  return behind == all.begin() ? &*behind : &*std::prev(behind);
}

// Of the numbers that this segment is there for; what else it holds was never accepted.
Lsn Reader::end_of(const Segment& segment) const {
  const Segment* next = &segment + 1;
  const auto& all = spool_.segments();
  return next == all.data() + all.size() ? spool_.last() : next->head.follows;
}

DiskResult<Read> Reader::next() {
  Read read;
  while (!read.record && position_ <= spool_.last()) {
    const Segment* segment = this->segment();
    if (segment == nullptr) break;
    const Lsn end = end_of(*segment);
    if (position_ < segment->head.first) {
      // What was before it is gone, without a store that has it.
      if (position_ <= segment->head.follows)
        lose(position_, segment->head.follows, *segment, read);
      position_ = segment->head.first;
    }
    if (position_ > end) {
      position_ = (segment + 1)->head.first;
      continue;
    }
    const auto done = read_in(*segment, end, read);
    if (!done) return std::unexpected(done.error());
  }
  return read;
}

DiskResult<void> Reader::read_in(const Segment& segment, Lsn end, Read& read) {
  if (!open_ || open_->head() != segment.head) {
    auto opened = open_segment(spool_.disk(), segment);
    if (!opened && opened.error().fault == DiskFault::not_found) {
      lose(position_, end, segment, read);
      position_ = end + 1;
      return {};
    }
    if (!opened) return std::unexpected(opened.error());
    open_.emplace(std::move(*opened));
  }
  auto record = open_->next();
  if (record && !*record) {
    const auto found = open_->seek(position_);
    if (!found) return std::unexpected(found.error());
    if (*found) record = open_->next();
  }
  if (!record) return std::unexpected(record.error());
  if (!*record || (*record)->lsn > end) {
    lose(position_, end, segment, read);
    position_ = end + 1;
    return {};
  }
  const Lsn lsn = (*record)->lsn;
  if (lsn < position_) return {};  // the store has it
  if (lsn > position_) lose(position_, lsn - 1, segment, read);
  position_ = lsn + 1;
  read.record = **record;
  return {};
}

void Reader::lose(Lsn first, Lsn last, const Segment& segment, Read& read) {
  if (!read.lost) read.lost = LostRecords{.first = first, .segment = segment.name};
  read.lost->last = last;
}

}  // namespace tickwitness::store::spool
