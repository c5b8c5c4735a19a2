#include "store/recording_format.h"

#include <fmt/format.h>
#include <zlib.h>
#include <zstd.h>

#include <algorithm>
#include <array>

#include "base/bytes.h"

namespace tickwitness::store {
namespace {

using base::fail;
using base::fixed_at;
using base::folded;
using base::put_fixed;
using base::Result;
using base::unfolded;

constexpr int kCompressionLevel = 3;    // several times faster than any feed, and most of the gain
constexpr std::uint8_t kStreamTag = 0;  // beside the numbers of Record::Kind

std::uint32_t crc_of(std::string_view text) {
  return static_cast<std::uint32_t>(
      crc32_z(0, reinterpret_cast<const Bytef*>(text.data()), text.size()));
}

std::uint64_t bits_of(auto time) {
  return static_cast<std::uint64_t>(time.time_since_epoch().count());
}

}  // namespace

void append_file_head(const FileHead& head, std::string& out) {
  const std::size_t start = out.size();
  const auto instance = std::string_view(head.instance).substr(0, kInstanceBytesMax);
  out += kFileMagic;
  put_fixed(kFormatVersion, out);
  put_fixed(static_cast<std::uint16_t>(instance.size()), out);
  put_fixed(bits_of(head.created), out);
  out += instance;
  put_fixed(crc_of(std::string_view(out).substr(start)), out);
}

Result<std::optional<FileHeadRead>> read_file_head(std::string_view text) {
  constexpr std::size_t kVersionAt = 8, kLengthAt = 10, kCreatedAt = 12, kInstanceAt = 20;
  if (text.size() < kFileHeadBytesMin) return std::nullopt;
  const auto version = fixed_at<std::uint16_t>(text, kVersionAt);
  const auto length = fixed_at<std::uint16_t>(text, kLengthAt);
  const std::size_t sum_at = kInstanceAt + length;
  const bool whole = length <= kInstanceBytesMax && text.size() >= sum_at + 4 &&
                     crc_of(text.substr(0, sum_at)) == fixed_at<std::uint32_t>(text, sum_at);
  // A later version may have another head, and so no sum where this one looks for it.
  if (version > kFormatVersion && version < 256)
    return fail(fmt::format("the recording has format {}; this program reads up to {}", version,
                            kFormatVersion));
  if (!whole || version == 0) return std::nullopt;
  return FileHeadRead{
      .head = {.instance = std::string(text.substr(kInstanceAt, length)),
               .created = base::WallTime(base::Duration(fixed_at<std::int64_t>(text, kCreatedAt)))},
      .bytes = sum_at + 4};
}

std::optional<BlockHead> read_block_head(std::string_view text) {
  if (text.size() < kBlockHeadBytes || !text.starts_with(kBlockMagic)) return std::nullopt;
  if (crc_of(text.substr(0, 20)) != fixed_at<std::uint32_t>(text, 20)) return std::nullopt;
  const BlockHead head{.stored_bytes = fixed_at<std::uint32_t>(text, 4),
                       .raw_bytes = fixed_at<std::uint32_t>(text, 8),
                       .records = fixed_at<std::uint32_t>(text, 12),
                       .stored_crc = fixed_at<std::uint32_t>(text, 16)};
  if (head.stored_bytes > kBlockBytesMax || head.raw_bytes > kBlockBytesMax) return std::nullopt;
  return head;
}

BlockWriter::BlockWriter() : compressor_(ZSTD_createCCtx()) {}

BlockWriter::~BlockWriter() {
  ZSTD_freeCCtx(compressor_);
}

void BlockWriter::put_stream(std::uint32_t stream, const StreamName& name) {
  if (named_.size() <= stream) named_.resize(stream + 1);
  if (named_[stream]) return;
  named_[stream] = true;
  raw_ += static_cast<char>(kStreamTag);
  base::put_number(stream, raw_);
  base::put_text(name.exchange, raw_);
  base::put_text(name.connection, raw_);
  base::put_text(name.url, raw_);
}

// The wall clock moves as the other one does, except when it is set: mostly a 0.
void BlockWriter::put_time(base::Now at) {
  const std::uint64_t mono = bits_of(at.mono) - bits_of(before_.mono);
  const std::uint64_t wall = bits_of(at.wall) - bits_of(before_.wall);
  base::put_number(folded(mono), raw_);
  base::put_number(folded(wall - mono), raw_);
  before_ = at;
}

void BlockWriter::add(const Record& record, const StreamName& name) {
  using Kind = Record::Kind;
  if (record.kind != Kind::lost) put_stream(record.stream, name);
  raw_ += static_cast<char>(record.kind);
  if (record.kind != Kind::lost) base::put_number(record.stream, raw_);
  put_time(record.at);
  if (record.kind == Kind::lost) base::put_number(record.lost, raw_);
  if (record.kind == Kind::rest) base::put_text(record.target, raw_);
  if (record.kind != Kind::lost && record.kind != Kind::open) base::put_text(record.text, raw_);
  ++records_;
}

Result<void> BlockWriter::finish(std::string& out) {
  const std::size_t start = out.size();
  out.resize(start + kBlockHeadBytes + ZSTD_compressBound(raw_.size()));
  const std::size_t stored = ZSTD_compressCCtx(compressor_, out.data() + start + kBlockHeadBytes,
                                               out.size() - start - kBlockHeadBytes, raw_.data(),
                                               raw_.size(), kCompressionLevel);
  const bool good = ZSTD_isError(stored) == 0;
  out.resize(start + (good ? kBlockHeadBytes + stored : 0));
  const std::uint32_t records = records_;
  const auto raw_bytes = static_cast<std::uint32_t>(raw_.size());
  raw_.clear();
  records_ = 0;
  before_ = {};
  named_.assign(named_.size(), false);
  if (!good) return fail(fmt::format("cannot be compressed: {}", ZSTD_getErrorName(stored)));
  std::string head(kBlockMagic);
  put_fixed(static_cast<std::uint32_t>(stored), head);
  put_fixed(raw_bytes, head);
  put_fixed(records, head);
  put_fixed(crc_of(std::string_view(out).substr(start + kBlockHeadBytes)), head);
  put_fixed(crc_of(head), head);
  std::copy(head.begin(), head.end(), out.begin() + static_cast<std::ptrdiff_t>(start));
  return {};
}

BlockReader::BlockReader() : decompressor_(ZSTD_createDCtx()) {}

BlockReader::~BlockReader() {
  ZSTD_freeDCtx(decompressor_);
}

bool BlockReader::open(const BlockHead& head, std::string_view stored) {
  left_ = {};
  records_left_ = 0;
  before_ = {};
  names_.clear();
  if (crc_of(stored) != head.stored_crc) return false;
  // Says so itself, before memory is taken for it.
  if (ZSTD_getFrameContentSize(stored.data(), stored.size()) != head.raw_bytes) return false;
  raw_.resize(head.raw_bytes);
  const std::size_t raw =
      ZSTD_decompressDCtx(decompressor_, raw_.data(), raw_.size(), stored.data(), stored.size());
  if (ZSTD_isError(raw) != 0 || raw != head.raw_bytes) return false;
  left_ = raw_;
  records_left_ = head.records;
  return true;
}

bool BlockReader::take_stream(std::uint32_t& index) {
  std::uint64_t id = 0;
  if (!base::take_number(left_, id)) return false;
  const auto found = std::ranges::find(names_, id, &Named::id);
  index = static_cast<std::uint32_t>(found - names_.begin());
  return found != names_.end();
}

bool BlockReader::take_time(base::Now& at) {
  std::uint64_t mono = 0, wall = 0;
  if (!base::take_number(left_, mono) || !base::take_number(left_, wall)) return false;
  mono = unfolded(mono);
  wall = unfolded(wall) + mono;
  at = {.mono =
            base::Instant(base::Duration(static_cast<std::int64_t>(bits_of(before_.mono) + mono))),
        .wall = base::WallTime(
            base::Duration(static_cast<std::int64_t>(bits_of(before_.wall) + wall)))};
  before_ = at;
  return true;
}

bool BlockReader::take_name() {
  std::uint64_t id = 0;
  std::string_view exchange, connection, url;
  if (!base::take_number(left_, id) || id > UINT32_MAX || names_.size() == kStreamsMax)
    return false;
  if (!base::take_text(left_, exchange) || !base::take_text(left_, connection) ||
      !base::take_text(left_, url))
    return false;
  if (std::ranges::find(names_, id, &Named::id) != names_.end()) return false;
  names_.push_back({static_cast<std::uint32_t>(id),
                    {std::string(exchange), std::string(connection), std::string(url)}});
  return true;
}

bool BlockReader::take_record(Record& record) {
  using Kind = Record::Kind;
  switch (record.kind) {
    case Kind::open:
      return take_stream(record.stream) && take_time(record.at);
    case Kind::closed:
    case Kind::frame:
      return take_stream(record.stream) && take_time(record.at) &&
             base::take_text(left_, record.text);
    case Kind::rest:
      return take_stream(record.stream) && take_time(record.at) &&
             base::take_text(left_, record.target) && base::take_text(left_, record.text);
    case Kind::lost:
      return take_time(record.at) && base::take_number(left_, record.lost);
  }
  return false;
}

Result<std::optional<Record>> BlockReader::next() {
  while (!left_.empty()) {
    const auto tag = static_cast<std::uint8_t>(left_.front());
    left_.remove_prefix(1);
    if (tag == kStreamTag) {
      if (!take_name()) return give_up();
      continue;
    }
    Record record{.kind = static_cast<Record::Kind>(tag)};
    if (records_left_ == 0 || !take_record(record)) return give_up();
    --records_left_;
    return record;
  }
  if (records_left_ != 0) return give_up();
  return std::nullopt;
}

std::unexpected<base::Error> BlockReader::give_up() {
  left_ = {};
  return fail("what the block holds makes no sense");
}

}  // namespace tickwitness::store
