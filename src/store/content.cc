#include "store/content.h"

#include <algorithm>
#include <utility>

namespace tickwitness::store {
namespace {

constexpr std::size_t kBytesMin = std::size_t{256} << 10;

}  // namespace

Content::Content(Read read) : read_(std::move(read)), buffer_(kBytesMin) {}

void Content::want(std::size_t bytes) {
  if (end_ - begin_ >= bytes || ended_) return;
  std::copy(buffer_.data() + begin_, buffer_.data() + end_, buffer_.data());
  before_ += begin_;
  end_ -= std::exchange(begin_, 0);
  while (end_ < bytes && !ended_) {
    // Twice as much at most: what claims to be long may be cut off.
    if (end_ == buffer_.size()) buffer_.resize(2 * buffer_.size());
    const auto count = read_({buffer_.data() + end_, buffer_.size() - end_});
    if (!count) error_ = count.error();
    end_ += count.value_or(0);
    ended_ = count.value_or(0) == 0;
  }
}

}  // namespace tickwitness::store
