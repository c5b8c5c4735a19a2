#include "feed/subscription_table.h"

#include <algorithm>

namespace tickwitness::feed {

bool is_silent(SubscriptionState state) {
  return state == SubscriptionState::suspect || state == SubscriptionState::zombie ||
         state == SubscriptionState::healing;
}

base::Duration StaleAfter::of(exchange::Channel channel) const {
  switch (channel) {
    case exchange::Channel::trade:
    case exchange::Channel::agg_trade:
      return trade;
    case exchange::Channel::spread:
    case exchange::Channel::book:
      return spread;
    case exchange::Channel::ohlc:
      return ohlc;
    case exchange::Channel::instrument:
      break;
  }
  return base::Duration::max();  // reference data changes when it changes: silence says nothing
}

SubscriptionEntry* SubscriptionTable::find(const exchange::Subscription& subscription) {
  const auto known = entry_of_.find(subscription);
  return known ? &entries_[*known] : nullptr;
}

SubscriptionTable::Change SubscriptionTable::set(std::vector<exchange::Subscription> wanted) {
  Change change;
  for (const auto& entry : entries_) {
    if (std::ranges::find(wanted, entry.subscription) == wanted.end()) {
      change.removed.push_back(entry.subscription);
    }
  }
  off_ = 0;
  std::erase_if(entries_, [&](const SubscriptionEntry& entry) {
    return std::ranges::find(wanted, entry.subscription) == wanted.end();
  });
  for (const auto& entry : entries_) off_ += entry.renewal.unsubscribing() ? 1 : 0;
  entry_of_.clear();
  for (std::size_t i = 0; i < entries_.size(); ++i) entry_of_.add(entries_[i].subscription, i);
  for (auto& subscription : wanted) {
    if (find(subscription) != nullptr) continue;
    entry_of_.add(subscription, entries_.size());
    entries_.push_back({.subscription = subscription});
    change.added.push_back(subscription);
  }
  return change;
}

void SubscriptionTable::on_connection_lost() {
  for (auto& entry : entries_) {
    end_heal(entry, HealResult::lost);
    entry.state = SubscriptionState::pending;
    entry.answered = entry.queued = entry.data = entry.overlong = entry.asking = false;
    entry.request_id = 0;
    entry.requests = entry.unknowns = 0;
    entry.patience = base::Duration::zero();
    entry.arrivals.restart();
    entry.refusal.clear();
  }
}

void SubscriptionTable::on_queued(const exchange::Subscription& subscription) {
  if (SubscriptionEntry* entry = find(subscription)) entry->queued = true;
}

void SubscriptionTable::on_requested(const exchange::Subscription& subscription,
                                     std::uint64_t request_id, base::Instant now) {
  SubscriptionEntry* entry = find(subscription);
  if (entry == nullptr) return;
  entry->queued = false;
  entry->request_id = request_id;
  ++entry->requests;
  if (!entry->overlong) entry->since = now;  // asking does not end a silence that has been found
}

void SubscriptionTable::accept(SubscriptionEntry& entry, base::Instant now) {
  if (entry.state == SubscriptionState::refused) entry.state = SubscriptionState::pending;
  if (entry.answered) return;
  entry.answered = true;
  // The first data is waited for from now on.
  if (!entry.data && !entry.overlong) entry.since = now;
}

void SubscriptionTable::on_accepted(const exchange::Subscription& subscription, base::Instant now) {
  if (SubscriptionEntry* entry = find(subscription)) accept(*entry, now);
}

void SubscriptionTable::on_accepted(std::uint64_t request_id, base::Instant now) {
  for (auto& entry : entries_) {
    if (request_id != 0 && entry.request_id == request_id) accept(entry, now);
  }
}

std::size_t SubscriptionTable::on_refused(std::uint64_t request_id,
                                          const std::optional<market::Symbol>& symbol,
                                          const std::string& words) {
  std::size_t marked = 0;
  for (auto& entry : entries_) {
    if (entry.request_id != request_id || entry.answered) continue;
    if (symbol && entry.subscription.symbol != *symbol) continue;
    end_heal(entry, HealResult::refused);
    entry.answered = true;
    entry.state = SubscriptionState::refused;
    entry.refusal = words;
    ++marked;
  }
  return marked;
}

void SubscriptionTable::on_data(const exchange::Subscription& subscription, std::uint64_t items,
                                bool snapshot, base::Instant now) {
  SubscriptionEntry* entry = find(subscription);
  if (entry == nullptr) return;
  if (snapshot) {
    entry->arrivals.restart();
  } else {
    entry->arrivals.on_arrival(now);
    end_heal(*entry, HealResult::healed);
  }
  entry->state = SubscriptionState::live;
  entry->answered = entry->data = true;
  entry->overlong = entry->asking = false;
  entry->patience = base::Duration::zero();
  entry->unknowns = 0;
  entry->since = now;
  entry->last_data = now;
  entry->events += items;
}

std::vector<exchange::Subscription> SubscriptionTable::overdue(base::Instant now,
                                                               base::Duration ack_timeout) const {
  std::vector<exchange::Subscription> late;
  for (const auto& entry : entries_) {
    if (entry.request_id != 0 && !entry.answered && !entry.queued &&
        now - entry.since >= ack_timeout) {
      late.push_back(entry.subscription);
    }
  }
  return late;
}

int SubscriptionTable::requests_max() const {
  int most = 0;
  for (const auto& entry : entries_) {
    if (!entry.answered) most = std::max(most, entry.requests);
  }
  return most;
}

bool SubscriptionTable::any_accepted() const {
  return std::ranges::any_of(entries_, [](const SubscriptionEntry& entry) {
    return entry.answered && entry.state != SubscriptionState::refused;
  });
}

}  // namespace tickwitness::feed
