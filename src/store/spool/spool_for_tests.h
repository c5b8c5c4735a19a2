// What the tests of the spool share.
#pragma once

#include <string>
#include <vector>

#include "runtime/test_disk.h"
#include "store/spool/reader.h"
#include "store/spool/spool.h"

namespace tickwitness::store::spool::test {

inline constexpr std::uint64_t kSpoolId = 77;
inline constexpr base::WallTime kNow{std::chrono::sys_days{std::chrono::year{2026} / 3 / 1}};

// Segments of the least size, so that few records fill one.
inline SpoolSettings small_segments() {
  return {.segment_bytes = kSegmentBytesMin, .total_bytes = 100 * kSegmentBytesMin};
}

// All that a store gets from `after` on.
struct Everything {
  std::vector<std::pair<Lsn, std::string>> records;
  std::vector<std::pair<Lsn, Lsn>> lost;
};

inline Everything read_all(const Spool& spool, Lsn after = 0) {
  Everything all;
  Reader reader(spool, after);
  for (;;) {
    const auto read = reader.next();
    if (!read) throw std::runtime_error(read.error().message);
    if (read->lost) all.lost.emplace_back(read->lost->first, read->lost->last);
    if (!read->record) return all;
    all.records.emplace_back(read->record->lsn, std::string(read->record->payload));
  }
}

}  // namespace tickwitness::store::spool::test
