#include "store/recollect.h"

#include <ranges>
#include <utility>

#include "store/spool/reader.h"

namespace tickwitness::store {
namespace {

// 0: there is no record.
runtime::DiskResult<spool::Lsn> where_to_begin(const spool::Spool& spool) {
  const auto& segments = spool.segments();
  for (const auto& segment : std::views::reverse(segments)) {
    auto reader = spool::open_segment(spool.disk(), segment);
    if (!reader) return std::unexpected(reader.error());
    const auto first = reader->next();
    if (!first) return std::unexpected(first.error());
    if (*first && Accepted::read((*first)->payload)) return (*first)->lsn;
  }
  return segments.empty() ? 0 : segments.front().head.first;
}

}  // namespace

runtime::DiskResult<Recollection> recollect(const spool::Spool& spool) {
  Recollection all;
  const auto first = where_to_begin(spool);
  if (!first) return std::unexpected(first.error());
  if (*first == 0) return all;
  bool begun = false;  // at a checkpoint, or with the first record ever
  for (spool::Reader reader(spool, *first - 1);;) {
    const auto read = reader.next();
    if (!read) return std::unexpected(read.error());
    if (read->lost) all.whole = false;
    if (!read->record) return all;
    const std::string_view payload = read->record->payload;
    if (Accepted::is_checkpoint(payload)) {
      // After damage it knows more than what could be read before it.
      auto known = Accepted::read(payload);
      if (known) all.accepted = std::move(*known);
      all.whole = known.has_value();
    } else {
      if (!begun && read->record->lsn != 1) all.whole = false;
      all.accepted.add_batch(payload);  // the writer tells of one that makes no sense
    }
    begun = true;
  }
}

}  // namespace tickwitness::store
