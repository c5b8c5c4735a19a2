#include "feed/rotation.h"

#include <algorithm>

namespace tickwitness::feed {
namespace {

const SubscriptionEntry* find(const SubscriptionTable& table, const exchange::Subscription& one) {
  const auto& entries = table.entries();
  const auto found = std::ranges::find(entries, one, &SubscriptionEntry::subscription);
  return found == entries.end() ? nullptr : &*found;
}

// Every answer is there, and none is a refusal of what the other has.
bool is_answered(const SubscriptionTable& old, const SubscriptionTable& young) {
  return std::ranges::all_of(young.entries(), [&](const SubscriptionEntry& entry) {
    if (!entry.answered) return false;
    if (entry.state != SubscriptionState::refused) return true;
    const SubscriptionEntry* const before = find(old, entry.subscription);
    return before == nullptr || before->state == SubscriptionState::refused;
  });
}

// What the other brought since then has come here too.
bool keeps_up(const SubscriptionTable& old, const SubscriptionTable& young, base::Instant since) {
  return std::ranges::all_of(young.entries(), [&](const SubscriptionEntry& entry) {
    if (entry.data) return true;
    const SubscriptionEntry* const before = find(old, entry.subscription);
    return before == nullptr || !before->last_data || *before->last_data < since;
  });
}

}  // namespace

Rotation::Rotation(std::optional<base::Duration> max_age, base::Prng random)
    : max_age_(max_age), random_(random) {}

void Rotation::on_opened(base::Instant at) {
  on_closed();
  opened_ = at;
  younger_ = random_.unit();
}

void Rotation::on_closed() {
  opened_.reset();
  announced_.reset();
  not_before_.reset();
  answered_.reset();
}

std::optional<base::Instant> Rotation::due() const {
  std::optional<base::Instant> at = announced_;
  if (!at && opened_ && max_age_) {
    const auto spread = static_cast<double>((*max_age_ / kSpread).count());
    at = *opened_ + *max_age_ - base::Duration(static_cast<std::int64_t>(spread * younger_));
  }
  if (at && not_before_) at = std::max(*at, *not_before_);
  return at;
}

Rotation::Look Rotation::look(base::Instant now, const SubscriptionTable& old,
                              const SubscriptionTable& young, std::optional<base::Instant> opened) {
  if (!opened || !is_answered(old, young)) {
    answered_.reset();
  } else if (!answered_) {
    answered_ = now;
  }
  if (answered_ && now - *answered_ >= kOverlap && keeps_up(old, young, *answered_)) {
    return Look::hand_over;
  }
  if (!opened || now - *opened < kPatience) return Look::wait;
  not_before_ = now + kPause;
  answered_.reset();
  return Look::give_up;
}

}  // namespace tickwitness::feed
