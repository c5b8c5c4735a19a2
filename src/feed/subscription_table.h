// What was asked of a venue on one connection and what became of it. Liveness of a subscription is
// its own data, never the link's heartbeats.
#pragma once

#include <array>
#include <optional>
#include <string>
#include <vector>

#include "base/index.h"
#include "base/time.h"
#include "exchange/messages.h"
#include "feed/arrival_model.h"
#include "feed/renewal.h"
#include "feed/verdict.h"

namespace tickwitness::feed {

enum class SubscriptionState : std::uint8_t {
  pending,  // asked for, no data yet
  live,     // data came, and is not missed yet
  quiet,    // silent, and so is its market: a witness said so
  suspect,  // silent for too long; a witness is being asked, or none can tell
  zombie,   // silent, and a witness saw its market move
  healing,  // is being renewed
  refused,  // the venue will not have it
};
// Its data is missed: suspect, zombie or healing.
bool is_silent(SubscriptionState state);

// Silence longer than this makes a subscription suspect whatever else is known of it; a witness is
// asked at this time at the latest.
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
  bool queued = false;           // to be asked for, waiting for its turn
  std::uint64_t request_id = 0;  // of the last request that asked for it; 0: not asked yet
  int requests = 0;              // on this connection, since it was last renewed
  base::Instant since{};         // silence is counted from here: asked, accepted, or last data
  bool data = false;             // on this connection, since it was last renewed
  bool overlong = false;         // this silence is in times_stale
  bool asking = false;           // a witness
  base::Duration patience{0};    // silence before the next question, when more than the threshold
  int unknowns = 0;              // answers during this silence that told nothing
  ArrivalModel arrivals;
  Renewal renewal;
  std::optional<base::Instant> last_data;  // ever, across connections
  std::uint64_t events = 0;                // ever
  std::uint64_t times_stale = 0;           // ever: silences longer than StaleAfter
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

  // This connection replaces another: what that one had counted and learned goes on here, and so
  // does a silence that both have heard.
  void succeed(const SubscriptionTable& predecessor);
  // What the venue knew of us went with the connection: everything is pending again.
  void on_connection_lost();
  // It is to be asked for; not overdue until it was sent.
  void on_queued(const exchange::Subscription& subscription);
  void on_requested(const exchange::Subscription& subscription, std::uint64_t request_id,
                    base::Instant now);
  void on_accepted(const exchange::Subscription& subscription, base::Instant now);
  // All that the request asked for.
  void on_accepted(std::uint64_t request_id, base::Instant now);
  // Marks what the refusal is about (request id, and symbol when the venue named one); returns how
  // many were marked.
  std::size_t on_refused(std::uint64_t request_id, const std::optional<market::Symbol>& symbol,
                         const std::string& words);
  // `items` data items of this stream arrived; `snapshot`: state repeated, not news.
  void on_data(const exchange::Subscription& subscription, std::uint64_t items, bool snapshot,
               base::Instant now);

  // The venue's matching engine rests: silence says nothing until it is back, and for kGrace more.
  void mute(bool muted, base::Instant now);
  static constexpr base::Duration kGrace = std::chrono::seconds(10);

  // The next moment at which check() or overdue() would find something.
  std::optional<base::Instant> deadline(base::Duration ack_timeout) const;
  // Judges every silence; returns those that a witness must be asked about now.
  std::vector<exchange::Subscription> check(base::Instant now);
  // How many have been silent for longer than StaleAfter, ever.
  std::uint64_t times_stale() const { return times_stale_; }
  // The witness has answered. What it found dead is a zombie: then how long it had been silent.
  std::optional<base::Duration> on_witness(const exchange::Subscription& subscription,
                                           Verdict verdict, base::Instant now);
  // Asked, not answered, no data, for ack_timeout.
  std::vector<exchange::Subscription> overdue(base::Instant now, base::Duration ack_timeout) const;
  int requests_max() const;

  // Zombies whose turn it is, so that at most `at_once` are healing.
  std::vector<exchange::Subscription> to_heal(base::Instant now, std::size_t at_once) const;
  // Most renewals in a row that brought nothing, of those that are zombies now.
  int heals_in_vain() const;
  void begin_heal(const exchange::Subscription& subscription, base::Instant now);
  void on_unsubscribe_sent(const exchange::Subscription& subscription, std::uint64_t request_id,
                           base::Instant now);
  // Those whose unsubscribing is done: answered by this id, or asked for before `sent_before`. They
  // may be asked for again.
  std::vector<exchange::Subscription> unsubscribed(std::optional<std::uint64_t> request_id,
                                                   base::Instant sent_before);
  // Data of it is not to be used: it is being taken back.
  bool is_off(const exchange::Subscription& subscription) const;
  // By HealResult.
  const std::array<std::uint64_t, 4>& heals() const { return heals_; }

  bool any_accepted() const;
  const std::vector<SubscriptionEntry>& entries() const { return entries_; }
  base::Duration stale_after(const SubscriptionEntry& entry) const {
    return stale_after_.of(entry.subscription.channel);
  }
  // Silence after which a witness is first asked; never more than stale_after.
  base::Duration suspicious_after(const SubscriptionEntry& entry) const;

 private:
  SubscriptionEntry* find(const exchange::Subscription& subscription);
  bool is_judged(const SubscriptionEntry& entry) const;
  base::Instant silent_since(const SubscriptionEntry& entry) const;
  void accept(SubscriptionEntry& entry, base::Instant now);
  bool judge(SubscriptionEntry& entry, base::Instant now);
  void end_heal(SubscriptionEntry& entry, HealResult result);

  StaleAfter stale_after_;
  std::vector<SubscriptionEntry> entries_;
  base::Index<exchange::Subscription> entry_of_;  // into entries_
  std::size_t off_ = 0;                           // entries that are being taken back to be renewed
  bool muted_ = false;
  std::optional<base::Instant> counted_from_;  // no silence before counts
  std::uint64_t times_stale_ = 0;
  std::array<std::uint64_t, 4> heals_{};
};

}  // namespace tickwitness::feed
