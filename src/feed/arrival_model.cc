#include "feed/arrival_model.h"

#include <algorithm>
#include <bit>

namespace tickwitness::feed {
namespace {

// Of one arrival: so that what is rare outlives some halvings.
constexpr std::uint32_t kUnit = 16;
constexpr std::uint32_t kRare = 1000;  // one interval in so many
// Of the share of long intervals: all is kOne, each arrival weighs one in kShareOver.
constexpr std::int32_t kOne = 1 << 16;
constexpr std::int32_t kShareOver = 64;
constexpr std::int32_t kBusyShareMax = kOne / 10;
constexpr int kFactor = 2;
constexpr std::uint32_t kLearnEvery = 16;  // arrivals
constexpr int kHalvingsMax = 32;           // nothing is left after these

}  // namespace

std::size_t ArrivalModel::bucket_of(base::Duration interval) {
  using std::chrono::milliseconds;
  const auto count = std::chrono::duration_cast<milliseconds>(interval).count();
  if (count < 4) return static_cast<std::size_t>(std::max<std::int64_t>(count, 0));
  const auto millis = static_cast<std::uint64_t>(count);
  const auto octave = static_cast<std::size_t>(std::bit_width(millis)) - 1;
  const auto quarter = static_cast<std::size_t>((millis >> (octave - 2)) & 3U);
  return std::min((octave - 1) * 4 + quarter, kBuckets - 1);
}

base::Duration ArrivalModel::upper_edge(std::size_t bucket) {
  const std::size_t next = bucket + 1;
  if (next < 4) return std::chrono::milliseconds(next);
  const std::size_t octave = next / 4 + 1;
  return std::chrono::milliseconds((4 + next % 4) << (octave - 2));
}

void ArrivalModel::on_arrival(base::Instant now) {
  fade(now);
  if (last_) {
    if (*last_ == now) return;
    const base::Duration interval = now - *last_;
    weight_[bucket_of(interval)] += kUnit;
    long_share_ += ((interval > kBusy ? kOne : 0) - long_share_) / kShareOver;
    total_ += kUnit;
    ++seen_;
    if (++since_learned_ >= kLearnEvery || seen_ == kArrivalsMin) learn();
  }
  last_ = now;
}

void ArrivalModel::fade(base::Instant now) {
  if (!faded_) faded_ = now;
  int halvings = total_ >= kFadeAfter * kUnit ? 1 : 0;
  const auto hours = (now - *faded_) / kFadeEvery;
  if (hours > 0) {
    halvings += static_cast<int>(std::min<std::int64_t>(hours, kHalvingsMax - 1));
    *faded_ += hours * kFadeEvery;
  }
  if (halvings == 0) return;
  total_ = 0;
  for (auto& weight : weight_) {
    weight >>= halvings;
    total_ += weight;
  }
}

base::Duration ArrivalModel::exceeded_by(std::uint32_t most) const {
  std::uint32_t beyond = 0;
  for (std::size_t i = kBuckets; i-- > 0;) {
    beyond += weight_[i];
    if (beyond > most) return upper_edge(i);
  }
  return base::Duration::zero();
}

void ArrivalModel::learn() {
  since_learned_ = 0;
  if (seen_ < kArrivalsMin || total_ == 0) return;
  base::Duration limit = kFactor * exceeded_by(total_ / kRare);
  if (long_share_ <= kBusyShareMax) limit = std::min(limit, kBusy);
  threshold_ = std::max(limit, kFloor);
}

}  // namespace tickwitness::feed
