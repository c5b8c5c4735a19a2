#include "store/spool/format.h"

#include <fmt/format.h>
#include <zlib.h>

#include <charconv>

#include "base/bytes.h"

namespace tickwitness::store::spool {
namespace {

using base::fixed_at;
using base::put_fixed;

constexpr std::string_view kSuffix = ".spool";
constexpr std::size_t kNumberLength = 16;
constexpr std::size_t kCopyBytes = 48;  // of a head: what one copy takes
constexpr std::size_t kCopyEvery = kHeadBytes / 2;

std::uint32_t crc_of(std::string_view text, std::uint32_t before = 0) {
  return static_cast<std::uint32_t>(
      crc32_z(before, reinterpret_cast<const Bytef*>(text.data()), text.size()));
}

std::optional<SegmentHead> read_copy(std::string_view text) {
  if (crc_of(text.substr(0, kCopyBytes - 4)) != fixed_at<std::uint32_t>(text, kCopyBytes - 4))
    return std::nullopt;
  return SegmentHead{.spool = fixed_at<std::uint64_t>(text, 12),
                     .first = fixed_at<std::uint64_t>(text, 20),
                     .follows = fixed_at<std::uint64_t>(text, 28),
                     .created = base::WallTime(base::Duration(fixed_at<std::int64_t>(text, 36)))};
}

// Begins with which segment it is: a record that lay in another file is none here.
std::uint32_t record_crc(const SegmentHead& head, std::uint32_t length, Lsn lsn,
                         std::string_view payload) {
  std::string fields;
  put_fixed(head.spool, fields);
  put_fixed(head.first, fields);
  put_fixed(length, fields);
  put_fixed(lsn, fields);
  return crc_of(payload, crc_of(fields));
}

}  // namespace

std::string segment_name(Lsn first) {
  return fmt::format("{:016x}{}", first, kSuffix);
}

std::optional<Lsn> segment_first(std::string_view name) {
  Lsn first = 0;
  if (name.size() != kNumberLength + kSuffix.size()) return std::nullopt;
  const std::string_view digits = name.substr(0, kNumberLength);
  const auto parsed = std::from_chars(digits.data(), digits.data() + digits.size(), first, 16);
  if (parsed.ec != std::errc() || segment_name(first) != name) return std::nullopt;
  return first;
}

std::string segment_head(const SegmentHead& head) {
  std::string copy(kMagic);
  put_fixed(kFormatVersion, copy);
  put_fixed(std::uint16_t{0}, copy);
  put_fixed(head.spool, copy);
  put_fixed(head.first, copy);
  put_fixed(head.follows, copy);
  put_fixed(head.created.time_since_epoch().count(), copy);
  put_fixed(crc_of(copy), copy);
  copy.resize(kCopyEvery);
  return copy + copy;
}

base::Result<std::optional<SegmentHead>> read_segment_head(std::string_view text) {
  constexpr std::size_t kVersionAt = kMagic.size();
  for (std::size_t at = 0; at + kCopyBytes <= text.size() && at < kHeadBytes; at += kCopyEvery) {
    const std::string_view copy = text.substr(at, kCopyBytes);
    if (!copy.starts_with(kMagic)) continue;
    // Beside the known fields a later version keeps magic, version and sum where they are.
    const auto head = read_copy(copy);
    if (!head) continue;
    const auto version = fixed_at<std::uint16_t>(copy, kVersionAt);
    if (version == kFormatVersion) return head;
    return base::fail(
        fmt::format("the segment has format {}; this program reads {}", version, kFormatVersion));
  }
  return std::nullopt;
}

void append_record(const SegmentHead& head, Lsn lsn, std::string_view payload, std::string& out) {
  const std::size_t start = out.size();
  const auto length = static_cast<std::uint32_t>(payload.size());
  put_fixed(length, out);
  put_fixed(record_crc(head, length, lsn, payload), out);
  put_fixed(lsn, out);
  out += payload;
  out.resize(start + record_bytes(payload.size()));
}

std::optional<RecordHead> read_record_head(std::string_view text) {
  if (text.size() < kRecordHeadBytes) return std::nullopt;
  const RecordHead record{.length = fixed_at<std::uint32_t>(text, 0),
                          .crc = fixed_at<std::uint32_t>(text, 4),
                          .lsn = fixed_at<std::uint64_t>(text, 8)};
  if (record.length == 0 || record.length > kPayloadMax) return std::nullopt;
  return record;
}

bool whole(const SegmentHead& head, const RecordHead& record, std::string_view payload) {
  return payload.size() == record.length &&
         record_crc(head, record.length, record.lsn, payload) == record.crc;
}

}  // namespace tickwitness::store::spool
