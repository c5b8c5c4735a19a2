// The records of one segment, in their order; what is damaged is passed over and said.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "runtime/disk.h"
#include "store/spool/format.h"

namespace tickwitness::store::spool {

struct Record {
  Lsn lsn = 0;
  std::string_view payload;  // until the reader is asked again
};

// Needs memory for two of the longest records. Not thread-safe.
class SegmentReader {
 public:
  SegmentReader(std::unique_ptr<runtime::DiskFile> file, const SegmentHead& head)
      : file_(std::move(file)), head_(head) {}

  // The record that lies here, if it is whole.
  runtime::DiskResult<std::optional<Record>> next();
  // Passes over what is no record, up to the next one that is and has a number of `least` or more;
  // next() hands it out. False, and nothing passed over: there is none until the file's end.
  runtime::DiskResult<bool> seek(Lsn least);

  // Bytes behind offset() until the last one that is not zero: what a crash left of a write.
  runtime::DiskResult<std::uint64_t> bytes_behind();

  // Where the next record begins, in bytes.
  std::uint64_t offset() const { return offset_; }
  const SegmentHead& head() const { return head_; }
  const runtime::DiskFile& file() const { return *file_; }

 private:
  // One that follows the writer finds little that is new each time; one that is behind reads much
  // at once.
  static constexpr std::size_t kReadAheadMin = std::size_t{4} << 10;

  // What the file has there, at most `bytes`; valid until the next call.
  runtime::DiskResult<std::string_view> view(std::uint64_t offset, std::size_t bytes);
  runtime::DiskResult<std::optional<Record>> record_at(std::uint64_t offset);

  std::unique_ptr<runtime::DiskFile> file_;
  SegmentHead head_;
  std::uint64_t offset_ = kHeadBytes;
  std::string window_;  // the file's bytes from window_at_ on
  std::uint64_t window_at_ = 0;
  std::size_t ahead_ = kReadAheadMin;
};

}  // namespace tickwitness::store::spool
