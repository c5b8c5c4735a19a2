// The bytes of tickwitness's own recordings, both ways; docs/recording-format.md has every field.
// Pure: no file is touched here.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "base/time.h"
#include "store/record.h"

struct ZSTD_CCtx_s;
struct ZSTD_DCtx_s;

namespace tickwitness::store {

inline constexpr std::string_view kFileMagic{"\x89TWREC\r\n", 8};
inline constexpr std::uint16_t kFormatVersion = 1;
inline constexpr std::size_t kInstanceBytesMax = 255;
// Longest file header; shorter ones are good too.
inline constexpr std::size_t kFileHeadBytesMin = 8 + 2 + 2 + 8 + 4;
inline constexpr std::size_t kFileHeadBytesMax = kFileHeadBytesMin + kInstanceBytesMax;
inline constexpr std::size_t kBlockHeadBytes = 24;
inline constexpr std::string_view kBlockMagic{"TWB\n"};
// Of one block, before and after compression: what claims more is damaged.
inline constexpr std::size_t kBlockBytesMax = std::size_t{80} << 20;

struct FileHead {
  std::string instance;  // cut at kInstanceBytesMax
  base::WallTime created{};
};
void append_file_head(const FileHead& head, std::string& out);

struct FileHeadRead {
  FileHead head;
  std::size_t bytes = 0;  // that it takes
};
// Of text that starts with kFileMagic and is as long as the file, or kFileHeadBytesMax at least.
// Nothing: damaged or cut off. An error: of a version that this program does not know.
base::Result<std::optional<FileHeadRead>> read_file_head(std::string_view text);

struct BlockHead {
  std::uint32_t stored_bytes = 0;  // what follows the head
  std::uint32_t raw_bytes = 0;     // once decompressed
  std::uint32_t records = 0;
  std::uint32_t stored_crc = 0;
};
// Nothing when these kBlockHeadBytes are no head.
std::optional<BlockHead> read_block_head(std::string_view text);

// Collects records and makes a block of them. Its memory is used again. Not thread-safe.
class BlockWriter {
 public:
  BlockWriter();
  ~BlockWriter();
  BlockWriter(const BlockWriter&) = delete;
  BlockWriter& operator=(const BlockWriter&) = delete;

  // `name` of record.stream is written before its first record in each block, so that each block
  // can be read alone; it is not looked at for `lost`. A record is at most
  // kRecordBytesMax.
  void add(const Record& record, const StreamName& name);
  std::size_t raw_bytes() const { return raw_.size(); }
  std::uint32_t records() const { return records_; }
  // Appends the block to `out` and starts anew. Errors: the compressor's.
  base::Result<void> finish(std::string& out);

 private:
  void put_stream(std::uint32_t stream, const StreamName& name);
  void put_time(base::Now at);

  std::string raw_;
  std::uint32_t records_ = 0;
  base::Now before_{};
  std::vector<bool> named_;  // by stream, in this block
  ZSTD_CCtx_s* compressor_;
};

// Reads one block after another. Not thread-safe.
class BlockReader {
 public:
  BlockReader();
  ~BlockReader();
  BlockReader(const BlockReader&) = delete;
  BlockReader& operator=(const BlockReader&) = delete;

  // False: damaged, and there is nothing to read. `stored` has head.stored_bytes.
  bool open(const BlockHead& head, std::string_view stored);
  // The next record; views hold until open(). Nothing at the end. An error: the rest of the block
  // makes no sense, although its sum is right.
  base::Result<std::optional<Record>> next();
  // Of a record of this block.
  const StreamName& name(std::uint32_t stream) const { return names_[stream].name; }
  std::uint32_t records_left() const { return records_left_; }

 private:
  struct Named {
    std::uint32_t id = 0;
    StreamName name;
  };
  bool take_stream(std::uint32_t& index);
  bool take_time(base::Now& at);
  bool take_name();
  bool take_record(Record& record);
  std::unexpected<base::Error> give_up();

  std::string raw_;
  std::string_view left_;
  std::uint32_t records_left_ = 0;
  base::Now before_{};
  std::vector<Named> names_;
  ZSTD_DCtx_s* decompressor_;
};

}  // namespace tickwitness::store
