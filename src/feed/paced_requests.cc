#include "feed/paced_requests.h"

#include <algorithm>
#include <utility>

namespace tickwitness::feed {
namespace {

constexpr base::Duration kFirstPause = std::chrono::seconds(1);
constexpr base::Duration kPauseMax = std::chrono::minutes(1);
constexpr int kPauseDoublingsMax = 6;  // enough for kPauseMax

}  // namespace

base::Instant PacedRequests::ready_at() const {
  return budget_.earliest(blocked_until_.value_or(base::Instant::min()));
}

std::optional<PacedRequests::Item> PacedRequests::next(base::Instant now) {
  if (waiting_.empty() || !pass(now)) return std::nullopt;
  Item item = std::move(waiting_.front());
  waiting_.pop_front();
  return item;
}

bool PacedRequests::pass(base::Instant now) {
  if (ready_at() > now) return false;
  budget_.record(now);
  return true;
}

void PacedRequests::on_too_many(base::Instant now) {
  const base::Duration pause = kFirstPause * (1 << std::min(times_too_many_++, kPauseDoublingsMax));
  blocked_until_ = now + std::min(pause, kPauseMax);
}

void PacedRequests::clear() {
  waiting_.clear();
  blocked_until_.reset();
  times_too_many_ = 0;
}

}  // namespace tickwitness::feed
