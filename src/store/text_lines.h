// A recording of lines of text.
#pragma once

#include <cstdint>
#include <optional>

#include "base/result.h"
#include "store/content.h"
#include "store/recording_reader.h"

namespace tickwitness::store {

// Not thread-safe.
class TextLines {
 public:
  // `content` outlives it.
  explicit TextLines(Content& content) : content_(content) {}

  // The next line that is not empty; nothing at the end. Its views hold until the next call.
  base::Result<std::optional<RecordedLine>> next();
  std::uint64_t line_number() const { return line_number_; }  // of the last one, from 1

 private:
  base::Result<std::optional<std::string_view>> next_line();

  Content& content_;
  std::uint64_t line_number_ = 0;
};

}  // namespace tickwitness::store
