#include "sim/disk/file_image.h"

#include <limits>
#include <utility>
#include <vector>

namespace tickwitness::sim {
namespace {

constexpr std::uint64_t kEverythingReached = std::numeric_limits<std::uint64_t>::max();
constexpr std::uint64_t kChangeCost = 64;
constexpr std::uint64_t kUndecidedCostFree = 64U << 10;

}  // namespace

void FileImage::write(std::uint64_t offset, std::string_view bytes) {
  const std::uint64_t before = seen_.size();
  const std::uint64_t end = offset + bytes.size();
  if (end > before) seen_.resize(end);
  seen_.replace(offset, bytes.size(), bytes);
  const std::uint64_t first = offset / kSectorBytes * kSectorBytes;
  const std::uint64_t last = (end + kSectorBytes - 1) / kSectorBytes * kSectorBytes;
  add({.size_before = before,
       .size_after = seen_.size(),
       .offset = first,
       .bytes = seen_.substr(first, last - first)});
}

void FileImage::resize(std::uint64_t size) {
  const std::uint64_t before = seen_.size();
  seen_.resize(size);
  add({.size_before = before, .size_after = size, .resize = true, .bytes = {}});
}

void FileImage::add(Change change) {
  undecided_cost_ += kChangeCost + change.bytes.size();
  largest_ = std::max(largest_, change.size_after);
  undecided_.push_back(std::move(change));
  // A bound for memory. Kernels write back the oldest pages too when there are many.
  while (undecided_cost_ > kUndecidedCostFree + room()) {
    undecided_cost_ -= kChangeCost + undecided_.front().bytes.size();
    store(undecided_.front());
    undecided_.pop_front();
  }
}

void FileImage::store(const Change& change) {
  stored_.resize(change.size_after);
  stored_.replace(change.offset, change.bytes.size(), change.bytes);
}

void FileImage::sync() {
  for (const Change& change : undecided_) store(change);
  forget_changes();
}

void FileImage::forget_changes() {
  undecided_.clear();
  undecided_cost_ = 0;
  largest_ = 0;
}

// Sizes are not data: they stay undecided, and the next sync() makes them durable over zeros or old
// bytes. That is the worst a reader of the file can meet.
void FileImage::fail_sync() {
  for (Change& change : undecided_) {
    undecided_cost_ -= change.bytes.size();
    change.bytes.clear();
  }
}

void FileImage::lose_power(Dice& dice) {
  std::uint64_t unreached = kEverythingReached;
  for (const Change& change : undecided_) {
    if (!change.resize)
      store_arrived(change, dice, unreached);
    else if (unreached == kEverythingReached && dice.happens())
      store(change);
    else
      unreached = std::min({unreached, change.size_before, change.size_after});
  }
  forget_changes();
  seen_ = stored_;
}

void FileImage::store_arrived(const Change& change, Dice& dice, std::uint64_t unreached) {
  const std::size_t sectors = (change.bytes.size() + kSectorBytes - 1) / kSectorBytes;
  const std::vector<bool> arrived = dice.arrivals(sectors);
  for (std::size_t i = 0; i < sectors; ++i) {
    const std::uint64_t start = change.offset + i * kSectorBytes;
    if (!arrived[i] || start + kSectorBytes > unreached) continue;
    const auto sector = std::string_view(change.bytes).substr(i * kSectorBytes, kSectorBytes);
    if (stored_.size() < start + sector.size()) stored_.resize(start + sector.size());
    stored_.replace(start, sector.size(), sector);
  }
  // The size alone, without the data: they read as zeros.
  const bool grows = stored_.size() < change.size_after && unreached == kEverythingReached;
  if (grows && dice.happens()) stored_.resize(change.size_after);
}

}  // namespace tickwitness::sim
