#include "store/frame_ring.h"

#include <algorithm>
#include <cstring>

namespace tickwitness::store {
namespace {

constexpr std::size_t kAlign = 8;
constexpr std::uint32_t kNameKind = 0;  // beside Record::Kind

std::size_t aligned(std::size_t bytes) {
  return (bytes + kAlign - 1) & ~(kAlign - 1);
}

}  // namespace

// In front of each entry; in the ring it may lie around the end.
struct FrameRing::Head {
  std::uint64_t number = 0;  // of the record; names have the one that comes
  base::Now at{};
  std::uint32_t kind = 0;
  std::uint32_t stream = 0;
  std::uint32_t lengths[3] = {};
  std::uint32_t unused = 0;
};

FrameRing::FrameRing(std::size_t bytes_min) {
  while (capacity_ < bytes_min) capacity_ *= 2;
  bytes_ = std::make_unique_for_overwrite<char[]>(capacity_);
}

char* FrameRing::copy_in(char* place, const void* bytes, std::size_t length) {
  const std::size_t to_end = static_cast<std::size_t>(bytes_.get() + capacity_ - place);
  const std::size_t first = std::min(length, to_end);
  if (length == 0) return place;
  std::memcpy(place, bytes, first);
  if (length < to_end) return place + length;
  std::memcpy(bytes_.get(), static_cast<const char*>(bytes) + first, length - first);
  return bytes_.get() + (length - first);
}

void FrameRing::copy_out(std::size_t from, void* to, std::size_t length) const {
  const std::size_t start = from & (capacity_ - 1);
  const std::size_t first = std::min(length, capacity_ - start);
  std::memcpy(to, bytes_.get() + start, first);
  std::memcpy(static_cast<char*>(to) + first, bytes_.get(), length - first);
}

std::string_view FrameRing::view(std::size_t from, std::size_t length, std::string& scratch) const {
  const std::size_t start = from & (capacity_ - 1);
  if (start + length <= capacity_) return {bytes_.get() + start, length};
  scratch.resize(length);
  copy_out(from, scratch.data(), length);
  return scratch;
}

bool FrameRing::put(const Head& head, std::string_view first, std::string_view second,
                    std::string_view third) {
  const std::size_t wanted = aligned(sizeof(Head) + first.size() + second.size() + third.size());
  const std::size_t begin = head_.load(std::memory_order_relaxed);
  if (wanted > capacity_) return false;
  if (begin + wanted - tail_seen_ > capacity_) {
    tail_seen_ = tail_.load(std::memory_order_acquire);
    if (begin + wanted - tail_seen_ > capacity_) return false;
  }
  char* place = bytes_.get() + (begin & (capacity_ - 1));
  place = copy_in(place, &head, sizeof(Head));
  place = copy_in(place, first.data(), first.size());
  place = copy_in(place, second.data(), second.size());
  copy_in(place, third.data(), third.size());
  head_.store(begin + wanted, std::memory_order_release);
  return true;
}

// After the record is in: whoever sees this number sees all records before it.
void FrameRing::count_tried() {
  tried_.store(tried_.load(std::memory_order_relaxed) + 1, std::memory_order_release);
}

bool FrameRing::push(const Record& record) {
  const bool fits = record.target.size() + record.text.size() <= kRecordBytesMax &&
                    put({.number = tried_.load(std::memory_order_relaxed),
                         .at = record.at,
                         .kind = static_cast<std::uint32_t>(record.kind),
                         .stream = record.stream,
                         .lengths = {static_cast<std::uint32_t>(record.target.size()),
                                     static_cast<std::uint32_t>(record.text.size()), 0}},
                        record.target, record.text, {});
  if (!fits) {
    lose();
    return false;
  }
  count_tried();
  return true;
}

void FrameRing::lose() {
  lost_.store(lost_.load(std::memory_order_relaxed) + 1, std::memory_order_relaxed);
  count_tried();
}

bool FrameRing::push_name(std::uint32_t stream, const StreamName& name) {
  return put({.number = tried_.load(std::memory_order_relaxed),
              .kind = kNameKind,
              .stream = stream,
              .lengths = {static_cast<std::uint32_t>(name.exchange.size()),
                          static_cast<std::uint32_t>(name.connection.size()),
                          static_cast<std::uint32_t>(name.url.size())}},
             name.exchange, name.connection, name.url);
}

void FrameRing::show_lost(std::uint64_t count) {
  entry_.name.reset();
  entry_.record = {.kind = Record::Kind::lost, .at = last_, .lost = count};
  expected_ += count;
  front_bytes_ = 0;
  showing_ = true;
}

void FrameRing::show(const Head& head, std::size_t at) {
  const std::size_t start = at + sizeof(Head);
  front_bytes_ =
      aligned(sizeof(Head) + std::size_t{head.lengths[0]} + head.lengths[1] + head.lengths[2]);
  showing_ = true;
  if (head.kind == kNameKind) {
    std::string all;
    all.resize(std::size_t{head.lengths[0]} + head.lengths[1] + head.lengths[2]);
    copy_out(start, all.data(), all.size());
    entry_.name = {.exchange = all.substr(0, head.lengths[0]),
                   .connection = all.substr(head.lengths[0], head.lengths[1]),
                   .url = all.substr(std::size_t{head.lengths[0]} + head.lengths[1])};
    entry_.record = {.stream = head.stream};
    return;
  }
  ++expected_;
  entry_.name.reset();
  entry_.record = {.kind = static_cast<Record::Kind>(head.kind),
                   .stream = head.stream,
                   .at = head.at,
                   .target = view(start, head.lengths[0], wrapped_target_),
                   .text = view(start + head.lengths[0], head.lengths[1], wrapped_text_)};
}

const FrameRing::Entry* FrameRing::front() {
  if (showing_) return &entry_;
  const std::size_t tail = tail_.load(std::memory_order_relaxed);
  if (tail == head_seen_) {
    // In this order: what was tried by now and is in the ring, is seen in the ring.
    const std::uint64_t tried = tried_.load(std::memory_order_acquire);
    head_seen_ = head_.load(std::memory_order_acquire);
    if (tail == head_seen_) {
      if (tried == expected_) return nullptr;
      show_lost(tried - expected_);
      return &entry_;
    }
  }
  Head head;
  copy_out(tail, &head, sizeof(Head));
  // A name stands in front of its first record, so what is missing is missing before both.
  if (head.kind != kNameKind) last_ = head.at;
  if (head.number != expected_) {
    show_lost(head.number - expected_);
  } else {
    show(head, tail);
  }
  return &entry_;
}

void FrameRing::pop() {
  showing_ = false;
  tail_.store(tail_.load(std::memory_order_relaxed) + front_bytes_, std::memory_order_release);
}

std::size_t FrameRing::bytes_waiting() const {
  const std::size_t tail = tail_.load(std::memory_order_acquire);
  return head_.load(std::memory_order_acquire) - tail;
}

}  // namespace tickwitness::store
