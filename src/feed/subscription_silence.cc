// The judgement of silences, and the renewal of what was found dead: the second half of
// SubscriptionTable.
#include <algorithm>

#include "feed/subscription_table.h"

namespace tickwitness::feed {
namespace {

constexpr base::Duration kFirstRepeat = std::chrono::seconds(1);
constexpr int kRepeatDoublingsMax = 6;  // of kFirstRepeat, while a witness tells nothing

// Where a subscription is of which nothing bad is known.
SubscriptionState unsuspected(const SubscriptionEntry& entry) {
  if (entry.data) return SubscriptionState::live;
  return entry.renewal.under_way() ? SubscriptionState::healing : SubscriptionState::pending;
}

}  // namespace

base::Duration SubscriptionTable::suspicious_after(const SubscriptionEntry& entry) const {
  const base::Duration limit = stale_after(entry);
  return std::min(entry.arrivals.threshold().value_or(limit), limit);
}

base::Instant SubscriptionTable::silent_since(const SubscriptionEntry& entry) const {
  return counted_from_ ? std::max(entry.since, *counted_from_) : entry.since;
}

bool SubscriptionTable::is_judged(const SubscriptionEntry& entry) const {
  using enum SubscriptionState;
  if (muted_ || entry.request_id == 0 || entry.state == refused) return false;
  if (entry.renewal.unsubscribing()) return false;
  if (entry.queued && entry.renewal.under_way()) return false;  // not asked for again yet
  return stale_after(entry) != base::Duration::max();
}

void SubscriptionTable::mute(bool muted, base::Instant now) {
  if (muted_ && !muted) counted_from_ = now + kGrace;
  muted_ = muted;
}

std::vector<exchange::Subscription> SubscriptionTable::check(base::Instant now) {
  std::vector<exchange::Subscription> questions;
  for (auto& entry : entries_) {
    if (is_judged(entry) && judge(entry, now)) questions.push_back(entry.subscription);
  }
  return questions;
}

bool SubscriptionTable::judge(SubscriptionEntry& entry, base::Instant now) {
  using enum SubscriptionState;
  const base::Duration silence = now - silent_since(entry);
  const bool overlong = silence >= stale_after(entry);
  if (overlong && !entry.overlong) {
    entry.overlong = true;
    ++entry.times_stale;
    ++times_stale_;
  }
  if (entry.asking || entry.state == zombie) return false;
  if (entry.answered && silence >= std::max(suspicious_after(entry), entry.patience)) {
    if (entry.state != quiet) entry.state = suspect;  // asked again, it is still what it was
    entry.asking = true;
    return true;
  }
  if (overlong && (entry.state == live || entry.state == pending)) entry.state = suspect;
  if (!overlong && entry.state == suspect) entry.state = unsuspected(entry);
  return false;
}

std::optional<base::Instant> SubscriptionTable::deadline(base::Duration ack_timeout) const {
  std::optional<base::Instant> first;
  const auto consider = [&](base::Instant at) {
    if (!first || at < *first) first = at;
  };
  for (const auto& entry : entries_) {
    if (entry.request_id == 0 || entry.state == SubscriptionState::refused) continue;
    if (!entry.answered && !entry.queued) consider(entry.since + ack_timeout);
    if (!is_judged(entry)) continue;
    const base::Instant since = silent_since(entry);
    if (!entry.overlong) consider(since + stale_after(entry));
    if (entry.asking || !entry.answered || entry.state == SubscriptionState::zombie) continue;
    consider(since + std::max(suspicious_after(entry), entry.patience));
  }
  return first;
}

std::optional<base::Duration> SubscriptionTable::on_witness(
    const exchange::Subscription& subscription, Verdict verdict, base::Instant now) {
  SubscriptionEntry* entry = find(subscription);
  if (entry == nullptr || !entry->asking) return std::nullopt;  // data came meanwhile
  entry->asking = false;
  if (muted_) return std::nullopt;
  const base::Duration silence = now - silent_since(*entry);
  const base::Duration limit = stale_after(*entry);
  switch (verdict) {
    case Verdict::active:
      end_heal(*entry, HealResult::silent);
      entry->state = SubscriptionState::zombie;
      return now - entry->since;
    case Verdict::quiet:
      entry->state = SubscriptionState::quiet;
      entry->unknowns = 0;
      entry->patience = silence + std::clamp(silence, ArrivalModel::kFloor, limit);
      break;
    case Verdict::unknown:
      // Without a witness the configured limit alone speaks.
      entry->state = silence >= limit ? SubscriptionState::suspect : unsuspected(*entry);
      entry->patience =
          silence + kFirstRepeat * (1 << std::min(entry->unknowns, kRepeatDoublingsMax));
      ++entry->unknowns;
      break;
  }
  return std::nullopt;
}

std::vector<exchange::Subscription> SubscriptionTable::to_heal(base::Instant now,
                                                               std::size_t at_once) const {
  std::vector<exchange::Subscription> due;
  if (muted_) return due;
  auto healing = static_cast<std::size_t>(
      std::ranges::count(entries_, SubscriptionState::healing, &SubscriptionEntry::state));
  for (const auto& entry : entries_) {
    if (healing >= at_once) break;
    if (entry.state != SubscriptionState::zombie || !entry.renewal.may_begin(now)) continue;
    due.push_back(entry.subscription);
    ++healing;
  }
  return due;
}

int SubscriptionTable::heals_in_vain() const {
  int most = 0;
  for (const auto& entry : entries_) {
    if (entry.state == SubscriptionState::zombie) most = std::max(most, entry.renewal.in_vain());
  }
  return most;
}

void SubscriptionTable::begin_heal(const exchange::Subscription& subscription, base::Instant now) {
  SubscriptionEntry* entry = find(subscription);
  if (entry == nullptr) return;
  entry->renewal.begin(now);
  ++off_;
  entry->state = SubscriptionState::healing;
  entry->data = entry->overlong = false;
  entry->patience = base::Duration::zero();
  entry->unknowns = 0;
  entry->arrivals.restart();
}

void SubscriptionTable::on_unsubscribe_sent(const exchange::Subscription& subscription,
                                            std::uint64_t request_id, base::Instant now) {
  SubscriptionEntry* entry = find(subscription);
  if (entry != nullptr && entry->renewal.unsubscribing()) {
    entry->renewal.on_unsubscribe_sent(request_id, now);
  }
}

std::vector<exchange::Subscription> SubscriptionTable::unsubscribed(
    std::optional<std::uint64_t> request_id, base::Instant sent_before) {
  std::vector<exchange::Subscription> done;
  for (auto& entry : entries_) {
    if (!entry.renewal.unsubscribing() || !entry.renewal.unsubscribe_sent()) continue;
    const bool answered = request_id && entry.renewal.unsubscribe_id() == *request_id;
    if (!answered && *entry.renewal.unsubscribe_sent() >= sent_before) continue;
    entry.renewal.on_unsubscribed();
    --off_;
    entry.answered = false;
    entry.requests = 0;
    done.push_back(entry.subscription);
  }
  return done;
}

bool SubscriptionTable::is_off(const exchange::Subscription& subscription) const {
  if (off_ == 0) return false;
  return std::ranges::any_of(entries_, [&](const SubscriptionEntry& entry) {
    return entry.renewal.unsubscribing() && entry.subscription == subscription;
  });
}

void SubscriptionTable::end_heal(SubscriptionEntry& entry, HealResult result) {
  if (entry.renewal.unsubscribing()) --off_;
  if (const auto ended = entry.renewal.end(result)) ++heals_[static_cast<std::size_t>(*ended)];
}

}  // namespace tickwitness::feed
