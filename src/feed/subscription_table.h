// What was asked of a venue on one connection and what became of it. Liveness of a subscription is
// its own data, never the link's heartbeats.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "base/time.h"
#include "exchange/messages.h"

namespace tickwitness::feed {

enum class SubscriptionState : std::uint8_t { pending, live, stale, refused };

// Silence longer than this makes a subscription stale.
struct StaleAfter {
  base::Duration trade = std::chrono::seconds(120);
  base::Duration spread = std::chrono::seconds(60);
  base::Duration ohlc = std::chrono::seconds(180);
  base::Duration of(exchange::Channel channel) const;
};

struct SubscriptionEntry {
  exchange::Subscription subscription;
  SubscriptionState state = SubscriptionState::pending;
  bool answered = false;         // accepted or refused since this connection was opened
  std::uint64_t request_id = 0;  // of the last request that asked for it; 0: not asked yet
  int requests = 0;              // on this connection
  base::Instant since{};         // when asked, or when last data came: silence is counted from here
  std::optional<base::Instant> last_data;  // ever, across connections
  std::uint64_t events = 0;                // ever
  std::uint64_t times_stale = 0;           // ever
  std::string refusal;                     // the venue's words
};

// Not thread-safe. Bounded by what the configuration asks for; lookups are linear over at most a
// few hundred entries and start where the last one hit.
class SubscriptionTable {
 public:
  explicit SubscriptionTable(const StaleAfter& stale_after) : stale_after_(stale_after) {}

  // Makes the table hold exactly `wanted`; entries that stay keep their state.
  // Returns what is new (to subscribe) and what went (to unsubscribe).
  struct Change {
    std::vector<exchange::Subscription> added, removed;
  };
  Change set(std::vector<exchange::Subscription> wanted);
  void set_stale_after(const StaleAfter& stale_after) { stale_after_ = stale_after; }

  // What the venue knew of us went with the connection: everything is pending again.
  void on_connection_lost();
  void on_requested(const exchange::Subscription& subscription, std::uint64_t request_id,
                    base::Instant now);
  void on_accepted(const exchange::Subscription& subscription);
  // Marks what the refusal is about (request id, and symbol when the venue named one); returns how
  // many were marked.
  std::size_t on_refused(std::uint64_t request_id, const std::optional<market::Symbol>& symbol,
                         const std::string& words);
  // `items` data items of this stream arrived.
  void on_data(const exchange::Subscription& subscription, std::uint64_t items, base::Instant now);
  // The next moment at which a subscription becomes stale or its answer overdue.
  std::optional<base::Instant> deadline(base::Duration ack_timeout) const;
  // Marks those whose silence is too long; returns them.
  std::vector<exchange::Subscription> mark_stale(base::Instant now);
  // Asked, not answered, no data, for ack_timeout.
  std::vector<exchange::Subscription> overdue(base::Instant now, base::Duration ack_timeout) const;
  int requests_max() const;

  bool any_accepted() const;
  const std::vector<SubscriptionEntry>& entries() const { return entries_; }
  base::Duration stale_after(const SubscriptionEntry& entry) const {
    return stale_after_.of(entry.subscription.channel);
  }

 private:
  SubscriptionEntry* find(const exchange::Subscription& subscription);

  StaleAfter stale_after_;
  std::vector<SubscriptionEntry> entries_;
  std::size_t last_hit_ = 0;
};

}  // namespace tickwitness::feed
