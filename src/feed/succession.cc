// How what one connection had counted and learned goes on with the one that replaces it.
#include <algorithm>

#include "feed/session.h"

namespace tickwitness::feed {
namespace {

void add(SessionCounts& counts, const SessionCounts& before) {
  counts.attempts += before.attempts;
  counts.reconnect_attempts += before.reconnect_attempts;
  counts.reconnects += before.reconnects;
  counts.disconnections += before.disconnections;
  counts.acks += before.acks;
  counts.refusals += before.refusals;
  counts.acks_overdue += before.acks_overdue;
  counts.zombies += before.zombies;
  counts.frames_late += before.frames_late;
}

// Nothing came on either connection since this one began: it is as it was.
void go_on_waiting(SubscriptionEntry& entry, const SubscriptionEntry& before) {
  const bool well =
      before.state == SubscriptionState::live || before.state == SubscriptionState::quiet;
  if (entry.state != SubscriptionState::pending || !entry.answered || !well) return;
  entry.state = before.state;
  entry.data = before.data;
  entry.since = before.since;
  entry.overlong = before.overlong;
  entry.patience = before.patience;
}

}  // namespace

void SubscriptionTable::succeed(const SubscriptionTable& predecessor) {
  for (auto& entry : entries_) {
    const auto before = std::ranges::find(predecessor.entries_, entry.subscription,
                                          &SubscriptionEntry::subscription);
    if (before == predecessor.entries_.end()) continue;
    entry.events += before->events;
    entry.times_stale += before->times_stale;
    entry.last_data = std::max(entry.last_data, before->last_data);
    if (before->arrivals.intervals() > entry.arrivals.intervals()) {
      entry.arrivals = before->arrivals;
      entry.arrivals.restart();
    }
    if (!entry.data) go_on_waiting(entry, *before);
  }
  times_stale_ += predecessor.times_stale_;
  for (std::size_t i = 0; i < heals_.size(); ++i) heals_[i] += predecessor.heals_[i];
}

void Session::succeed(const Session& predecessor) {
  add(counts_, predecessor.counts_);
  breaker_.succeed(predecessor.breaker_);
  table_.succeed(predecessor.table_);
  replaced_at_ = std::max(replaced_at_, predecessor.replaced_at_);
}

}  // namespace tickwitness::feed
