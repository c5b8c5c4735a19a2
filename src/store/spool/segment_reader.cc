#include "store/spool/segment_reader.h"

#include <algorithm>

namespace tickwitness::store::spool {

using runtime::DiskResult;

namespace {

constexpr std::size_t kReadAheadMax = std::size_t{256} << 10;

}  // namespace

DiskResult<std::string_view> SegmentReader::view(std::uint64_t offset, std::size_t bytes) {
  const bool inside = offset >= window_at_ && offset + bytes <= window_at_ + window_.size();
  if (!inside) {
    window_.resize(std::max(bytes, ahead_));
    ahead_ = std::min(2 * ahead_, kReadAheadMax);
    window_at_ = offset;
    std::size_t filled = 0;
    for (std::size_t some = 1; some > 0 && filled < window_.size(); filled += some) {
      const auto read = file_->read(offset + filled, std::span(window_).subspan(filled));
      if (!read) {
        window_.clear();
        return std::unexpected(read.error());
      }
      some = *read;
    }
    window_.resize(filled);
  }
  return std::string_view(window_).substr(offset - window_at_, bytes);
}

DiskResult<std::optional<Record>> SegmentReader::record_at(std::uint64_t offset) {
  const auto text = view(offset, kRecordHeadBytes);
  if (!text) return std::unexpected(text.error());
  const auto record = read_record_head(*text);
  if (!record) return std::nullopt;
  const auto payload = view(offset + kRecordHeadBytes, record->length);
  if (!payload) return std::unexpected(payload.error());
  if (!whole(head_, *record, *payload)) return std::nullopt;
  return Record{.lsn = record->lsn, .payload = *payload};
}

DiskResult<std::optional<Record>> SegmentReader::next() {
  auto record = record_at(offset_);
  if (record && !*record) {  // it may have been written since the file was looked at
    window_.clear();
    ahead_ = kReadAheadMin;
    record = record_at(offset_);
  }
  if (record && *record) offset_ += record_bytes((*record)->payload.size());
  return record;
}

DiskResult<bool> SegmentReader::seek(Lsn least) {
  for (std::uint64_t at = offset_;; at += kAlignment) {
    const auto text = view(at, kRecordHeadBytes);
    if (!text) return std::unexpected(text.error());
    if (text->size() < kRecordHeadBytes) return false;
    const auto head = read_record_head(*text);
    // A number that is too far away would need more records than lie between.
    if (!head || head->lsn < least || head->lsn - least > (at - offset_) / kRecordBytesMin)
      continue;
    const auto record = record_at(at);
    if (!record) return std::unexpected(record.error());
    if (!*record) continue;
    offset_ = at;
    return true;
  }
}

DiskResult<std::uint64_t> SegmentReader::bytes_behind() {
  std::uint64_t behind = 0;
  for (std::uint64_t at = offset_;; at += kReadAheadMax) {
    const auto text = view(at, kReadAheadMax);
    if (!text) return std::unexpected(text.error());
    if (text->empty()) return behind;
    const std::size_t last = text->find_last_not_of('\0');
    if (last != std::string_view::npos) behind = at + last + 1 - offset_;
  }
}

}  // namespace tickwitness::store::spool
