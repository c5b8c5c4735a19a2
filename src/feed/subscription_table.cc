#include "feed/subscription_table.h"

#include <algorithm>

namespace tickwitness::feed {

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
  if (last_hit_ < entries_.size() && entries_[last_hit_].subscription == subscription) {
    return &entries_[last_hit_];
  }
  for (std::size_t i = 0; i < entries_.size(); ++i) {
    if (entries_[i].subscription == subscription) {
      last_hit_ = i;
      return &entries_[i];
    }
  }
  return nullptr;
}

SubscriptionTable::Change SubscriptionTable::set(std::vector<exchange::Subscription> wanted) {
  Change change;
  for (const auto& entry : entries_) {
    if (std::ranges::find(wanted, entry.subscription) == wanted.end()) {
      change.removed.push_back(entry.subscription);
    }
  }
  std::erase_if(entries_, [&](const SubscriptionEntry& entry) {
    return std::ranges::find(wanted, entry.subscription) == wanted.end();
  });
  for (auto& subscription : wanted) {
    if (find(subscription) != nullptr) continue;
    entries_.push_back({.subscription = subscription});
    change.added.push_back(subscription);
  }
  return change;
}

void SubscriptionTable::on_connection_lost() {
  for (auto& entry : entries_) {
    entry.state = SubscriptionState::pending;
    entry.answered = false;
    entry.request_id = 0;
    entry.requests = 0;
    entry.refusal.clear();
  }
}

void SubscriptionTable::on_requested(const exchange::Subscription& subscription,
                                     std::uint64_t request_id, base::Instant now) {
  SubscriptionEntry* entry = find(subscription);
  if (entry == nullptr) return;
  entry->request_id = request_id;
  ++entry->requests;
  entry->since = now;
}

void SubscriptionTable::on_accepted(const exchange::Subscription& subscription) {
  if (SubscriptionEntry* entry = find(subscription)) {
    entry->answered = true;
    entry->refusal.clear();
    if (entry->state == SubscriptionState::refused) entry->state = SubscriptionState::pending;
  }
}

std::size_t SubscriptionTable::on_refused(std::uint64_t request_id,
                                          const std::optional<market::Symbol>& symbol,
                                          const std::string& words) {
  std::size_t marked = 0;
  for (auto& entry : entries_) {
    if (entry.request_id != request_id || entry.answered) continue;
    if (symbol && entry.subscription.symbol != *symbol) continue;
    entry.answered = true;
    entry.state = SubscriptionState::refused;
    entry.refusal = words;
    ++marked;
  }
  return marked;
}

void SubscriptionTable::on_data(const exchange::Subscription& subscription, std::uint64_t items,
                                base::Instant now) {
  SubscriptionEntry* entry = find(subscription);
  if (entry == nullptr) return;
  entry->state = SubscriptionState::live;
  entry->answered = true;
  entry->since = now;
  entry->last_data = now;
  entry->events += items;
}

std::optional<base::Instant> SubscriptionTable::deadline(base::Duration ack_timeout) const {
  std::optional<base::Instant> first;
  const auto consider = [&](base::Instant at) {
    if (!first || at < *first) first = at;
  };
  for (const auto& entry : entries_) {
    if (entry.request_id == 0 || entry.state == SubscriptionState::refused) continue;
    if (!entry.answered) consider(entry.since + ack_timeout);
    const base::Duration limit = stale_after(entry);
    if (entry.state != SubscriptionState::stale && limit != base::Duration::max()) {
      consider(entry.since + limit);
    }
  }
  return first;
}

std::vector<exchange::Subscription> SubscriptionTable::mark_stale(base::Instant now) {
  std::vector<exchange::Subscription> marked;
  for (auto& entry : entries_) {
    if (entry.request_id == 0 || entry.state == SubscriptionState::refused ||
        entry.state == SubscriptionState::stale) {
      continue;
    }
    const base::Duration limit = stale_after(entry);
    if (limit == base::Duration::max() || now - entry.since < limit) continue;
    entry.state = SubscriptionState::stale;
    ++entry.times_stale;
    marked.push_back(entry.subscription);
  }
  return marked;
}

std::vector<exchange::Subscription> SubscriptionTable::overdue(base::Instant now,
                                                               base::Duration ack_timeout) const {
  std::vector<exchange::Subscription> late;
  for (const auto& entry : entries_) {
    if (entry.request_id != 0 && !entry.answered && now - entry.since >= ack_timeout) {
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
