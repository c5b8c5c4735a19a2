// A stream of bytes of which what was read and not used yet lies in one piece.
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <optional>
#include <span>
#include <string_view>
#include <vector>

#include "base/result.h"

namespace tickwitness::store {

// Not thread-safe.
class Content {
 public:
  // Puts some bytes there and says how many; 0 at the end.
  using Read = std::function<base::Result<std::size_t>(std::span<char> into)>;
  explicit Content(Read read);

  // Makes view() at least `bytes` long, or all there is left.
  void want(std::size_t bytes);
  // Why no more comes, if that is not the end; what was read before is there still.
  const std::optional<base::Error>& error() const { return error_; }
  // Valid until the next want().
  std::string_view view() const { return {buffer_.data() + begin_, end_ - begin_}; }
  void drop(std::size_t bytes) { begin_ += bytes; }
  // Bytes dropped since the beginning.
  std::uint64_t offset() const { return before_ + begin_; }

 private:
  Read read_;
  std::vector<char> buffer_;
  std::size_t begin_ = 0, end_ = 0;
  std::uint64_t before_ = 0;  // of what was moved out
  bool ended_ = false;
  std::optional<base::Error> error_;
};

}  // namespace tickwitness::store
