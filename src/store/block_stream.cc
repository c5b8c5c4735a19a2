#include "store/block_stream.h"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

namespace tickwitness::store {

using base::fail;
using base::Result;

void BlockStream::note(std::string text) {
  if (notes_.size() < kNotesMax) notes_.push_back(std::move(text));
}

Result<void> BlockStream::take_head() {
  content_.want(kFileHeadBytesMax);
  if (!content_.view().starts_with(kFileMagic)) return {};
  const auto head = read_file_head(content_.view());
  if (!head) return std::unexpected(head.error());
  if (!*head) return {};  // what follows is looked for as behind any damage
  head_ = (*head)->head;
  content_.drop((*head)->bytes);
  return {};
}

// Whether there is a head of a block; all before it is dropped.
bool BlockStream::find_block() {
  for (;;) {
    content_.want(kBlockHeadBytes);
    const auto view = content_.view();
    const std::size_t found = view.find(kBlockMagic);
    if (found == 0) {
      if (read_block_head(view)) return true;
      content_.drop(1);
    } else if (found != view.npos) {
      content_.drop(found);
    } else if (view.size() < kBlockHeadBytes) {
      content_.drop(view.size());
      return false;
    } else {
      content_.drop(view.size() - kBlockMagic.size() + 1);
    }
  }
}

// Leaves out what stands here up to the next head of a block. False: there is none.
bool BlockStream::skip(std::uint64_t records_missing) {
  const std::uint64_t from = content_.offset();
  content_.drop(std::min<std::size_t>(1, content_.view().size()));
  const bool found = find_block();
  const std::uint64_t bytes = content_.offset() - from;
  if (!found) {
    damage_.torn_bytes += bytes;
    note(fmt::format("the last {} bytes are no whole block and were left out", bytes));
    return false;
  }
  ++damage_.stretches;
  damage_.bytes += bytes;
  note(fmt::format("{} bytes at {} are damaged and were left out, {}", bytes, from,
                   records_missing ? fmt::format("with {} records or more", records_missing)
                                   : std::string("with an unknown number of records")));
  missing_ = missing_.value_or(0) + records_missing;
  return true;
}

// False at the end.
Result<bool> BlockStream::open_block() {
  for (;;) {
    content_.want(kBlockHeadBytes);
    if (content_.view().empty()) return false;
    // Files joined by `cat`.
    if (content_.view().starts_with(kFileMagic)) {
      const std::uint64_t before = content_.offset();
      if (auto ok = take_head(); !ok) return std::unexpected(ok.error());
      if (content_.offset() != before) continue;
    }
    const auto head = read_block_head(content_.view());
    if (head) {
      const std::size_t bytes = kBlockHeadBytes + head->stored_bytes;
      content_.want(bytes);
      const auto view = content_.view();
      if (view.size() >= bytes &&
          reader_.open(*head, view.substr(kBlockHeadBytes, head->stored_bytes))) {
        content_.drop(bytes);
        return true;
      }
    }
    if (!skip(head ? head->records : 0)) return false;
  }
}

Result<std::optional<Record>> BlockStream::next() {
  if (!std::exchange(started_, true)) {
    if (auto ok = take_head(); !ok) return std::unexpected(ok.error());
  }
  for (;;) {
    if (in_block_ && !missing_) {
      const auto record = reader_.next();
      if (record && *record) {
        last_ = (*record)->at;
        return record;
      }
      in_block_ = false;
      if (!record) {
        ++damage_.stretches;
        missing_ = reader_.records_left();
        note(fmt::format("the block before {}: {}; {} records were left out", content_.offset(),
                         record.error().message, *missing_));
      }
      continue;
    }
    if (missing_) {
      const std::uint64_t count = *std::exchange(missing_, std::nullopt);
      return Record{.kind = Record::Kind::lost, .at = last_, .lost = count};
    }
    const auto opened = open_block();
    if (!opened) return std::unexpected(opened.error());
    if (!*opened && content_.error()) return std::unexpected(*content_.error());
    if (!*opened) return std::nullopt;
    in_block_ = true;
  }
}

}  // namespace tickwitness::store
