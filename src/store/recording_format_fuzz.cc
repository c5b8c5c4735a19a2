// Whatever a recording holds: it is read to an end, what is handed out lies inside the file's
// limits, and what was read can be written and read again.
#include <zlib.h>
#include <zstd.h>

#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>

#include "store/block_stream.h"

namespace {

using namespace tickwitness::store;

void read_file(std::string_view bytes) {
  std::size_t at = 0;
  Content content([&](std::span<char> into) {
    const std::size_t count = bytes.substr(at).copy(into.data(), into.size());
    at += count;
    return tickwitness::base::Result<std::size_t>(count);
  });
  BlockStream blocks(content);
  for (;;) {
    const auto next = blocks.next();
    if (!next || !*next) break;
    if ((*next)->text.size() > kBlockBytesMax) std::abort();
  }
  const Damage& damage = blocks.damage();
  if (damage.bytes + damage.torn_bytes > bytes.size()) std::abort();
  if (blocks.notes().size() > BlockStream::kNotesMax) std::abort();
}

// Copies into `out` what makes sense; how many records it was.
std::uint32_t copy_records(BlockReader& reader, BlockWriter& out) {
  std::uint32_t records = 0;
  for (;; ++records) {
    const auto next = reader.next();
    if (!next || !*next) return records;
    const bool lost = (*next)->kind == Record::Kind::lost;
    out.add(**next, lost ? StreamName{} : reader.name((*next)->stream));
  }
}

// A block of these bytes as they are, with sums that nobody guesses.
void read_payload(std::string_view bytes) {
  std::string stored(ZSTD_compressBound(bytes.size()), '\0');
  stored.resize(ZSTD_compress(stored.data(), stored.size(), bytes.data(), bytes.size(), 1));
  const auto crc = crc32_z(0, reinterpret_cast<const Bytef*>(stored.data()), stored.size());
  const BlockHead head{.stored_bytes = static_cast<std::uint32_t>(stored.size()),
                       .raw_bytes = static_cast<std::uint32_t>(bytes.size()),
                       .records = 1000,
                       .stored_crc = static_cast<std::uint32_t>(crc)};
  BlockReader reader;
  if (!reader.open(head, stored)) std::abort();
  BlockWriter copy;
  const std::uint32_t records = copy_records(reader, copy);
  std::string block, before;
  // The first copy numbers its streams anew; from the second on nothing changes any more.
  for (int round = 0; round < 3; ++round) {
    before.swap(block);
    block.clear();
    if (!copy.finish(block)) std::abort();
    const auto read = read_block_head(block);
    if (!read || read->records != records) std::abort();
    if (!reader.open(*read, std::string_view(block).substr(kBlockHeadBytes))) std::abort();
    if (copy_records(reader, copy) != records) std::abort();
  }
  if (block != before) std::abort();
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view bytes(reinterpret_cast<const char*>(data), size);
  read_file(bytes);
  read_payload(bytes);
  return 0;
}
