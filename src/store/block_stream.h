// The records of one recording of tickwitness's own, past what is damaged: a bad block is left out,
// the next good one is found, and it is told what is missing.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "base/result.h"
#include "store/content.h"
#include "store/recording_format.h"

namespace tickwitness::store {

// What could not be read.
struct Damage {
  std::uint64_t stretches = 0;   // in the middle: one or more blocks each
  std::uint64_t bytes = 0;       // of them, as stored
  std::uint64_t torn_bytes = 0;  // at the end: a block that was never finished
  friend bool operator==(const Damage&, const Damage&) = default;
};

// Not thread-safe.
class BlockStream {
 public:
  static constexpr std::size_t kNotesMax = 32;  // more are only counted in damage()

  // `content` outlives it and stands at its beginning.
  explicit BlockStream(Content& content) : content_(content) {}

  // The next record; its views hold until the next call. Nothing at the end. Where records are
  // missing because of damage there is one of kind `lost`, with 0 if nobody knows how many. Errors:
  // unreadable, or of a later format.
  base::Result<std::optional<Record>> next();
  // Of a record that next() gave, until the next call.
  const StreamName& name(std::uint32_t stream) const { return reader_.name(stream); }

  const std::optional<FileHead>& head() const { return head_; }  // absent when damaged
  const Damage& damage() const { return damage_; }
  // One line for a person each.
  const std::vector<std::string>& notes() const { return notes_; }

 private:
  base::Result<void> take_head();
  base::Result<bool> open_block();
  bool find_block();
  bool skip(std::uint64_t records_missing);
  void note(std::string text);

  Content& content_;
  BlockReader reader_;
  std::optional<FileHead> head_;
  Damage damage_;
  std::vector<std::string> notes_;
  std::optional<std::uint64_t> missing_;  // records that next() has to tell as lost
  base::Now last_{};
  bool started_ = false;
  bool in_block_ = false;
};

}  // namespace tickwitness::store
