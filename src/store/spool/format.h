// The bytes of a spool segment, both ways; docs/spool-format.md has every field. Pure: no file is
// touched here.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "base/result.h"
#include "base/time.h"

namespace tickwitness::store::spool {

inline constexpr std::string_view kMagic{"\x89TWSPL\r\n", 8};
inline constexpr std::uint16_t kFormatVersion = 1;
// Of a segment, with two copies of the same fields in sectors of their own: one may be damaged.
inline constexpr std::size_t kHeadBytes = 1024;
inline constexpr std::size_t kRecordHeadBytes = 16;
inline constexpr std::size_t kPayloadMax = std::size_t{1} << 20;
// Records begin at multiples of it.
inline constexpr std::size_t kAlignment = 8;
inline constexpr std::size_t kRecordBytesMin = kRecordHeadBytes + kAlignment;

// Log sequence numbers count records from 1, over all segments of a spool. None is used twice.
using Lsn = std::uint64_t;
// The upper half of a number counts the starts, the lower one the records since.
inline constexpr unsigned kStartShift = 32;

struct SegmentHead {
  std::uint64_t spool = 0;  // drawn when the spool was begun: numbers of another mean nothing here
  Lsn first = 0;            // of the first record, and the file's name
  Lsn follows = 0;          // the last one before; numbers between the two were never given
  base::WallTime created{};
  friend bool operator==(const SegmentHead&, const SegmentHead&) = default;
};

// "00000000000004d2.spool": names sort as their numbers do.
std::string segment_name(Lsn first);
std::optional<Lsn> segment_first(std::string_view name);

// kHeadBytes.
std::string segment_head(const SegmentHead& head);
// Of the first kHeadBytes of a file, or all it has. Nothing: no copy is whole. An error: of a
// version that this program does not know.
base::Result<std::optional<SegmentHead>> read_segment_head(std::string_view text);

// With padding.
constexpr std::size_t record_bytes(std::size_t payload) {
  return kRecordHeadBytes + (payload + kAlignment - 1) / kAlignment * kAlignment;
}
// `payload` has 1 to kPayloadMax bytes.
void append_record(const SegmentHead& head, Lsn lsn, std::string_view payload, std::string& out);

struct RecordHead {
  std::uint32_t length = 0;  // of the payload
  std::uint32_t crc = 0;
  Lsn lsn = 0;
};
// Nothing where these kRecordHeadBytes can't be one.
std::optional<RecordHead> read_record_head(std::string_view text);
bool whole(const SegmentHead& head, const RecordHead& record, std::string_view payload);

}  // namespace tickwitness::store::spool
