// The life of one connection to a venue, as a pure state machine: events and time in, actions out.
// The driver (feed/link) does what the actions say and reports what happened; every failure path is
// a table test without a socket.
#pragma once

#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "base/backoff.h"
#include "base/prng.h"
#include "base/time.h"
#include "exchange/protocol.h"
#include "feed/attempt_budget.h"
#include "feed/circuit_breaker.h"
#include "feed/clock_offset.h"
#include "feed/paced_requests.h"
#include "feed/subscription_table.h"
#include "runtime/message_channel.h"

namespace tickwitness::feed {

struct SessionSettings {
  base::Duration ping_interval =
      std::chrono::seconds(30);  // Kraken closes after about a minute of silence from us
  base::Duration link_timeout =
      std::chrono::seconds(10);  // any frame; Kraken's heartbeat comes each second
  base::Duration ack_timeout = std::chrono::seconds(10);
  base::Duration unsubscribe_timeout = std::chrono::seconds(5);  // of a renewal; then it goes on
  std::size_t heals_at_once = 3;                                 // renewals under way
  int heals_in_vain_max = 3;  // of one subscription in a row; then the connection is replaced
  base::Duration replacement_pause = std::chrono::minutes(5);  // between two of these
  base::Duration healthy_after =
      std::chrono::seconds(60);  // forgives past failures; a connection lost earlier is one
  base::Duration maintenance_floor =
      std::chrono::seconds(5);  // between attempts after the venue announced maintenance
  // After HTTP 403, 429 or 451 at the upgrade.
  base::Duration banned_pause = std::chrono::minutes(10);
  StaleAfter stale_after;
  base::BackoffSettings backoff;
  BreakerSettings breaker;
};

// What the driver must do now.
namespace action {
struct Connect {};
struct Send {
  std::string text;
};
struct Disconnect {};  // the driver reports on_closed when it is done
// A witness is to be asked; the driver reports on_witness, at once or later.
struct Witness {
  exchange::Subscription subscription;
};
// The data of this subscription ends here; it will begin anew. It is being renewed.
struct Renew {
  exchange::Subscription subscription;
};
// A zombie was found so long after its last data; nothing is to be done.
struct Found {
  exchange::Subscription subscription;
  base::Duration after;
};
}  // namespace action
using Action = std::variant<action::Connect, action::Send, action::Disconnect, action::Witness,
                            action::Renew, action::Found>;
using Actions = std::vector<Action>;

enum class LinkState : std::uint8_t { idle, waiting, connecting, connected, stopped };

// Sums of one connection's life, read by its probe; they never fall.
struct SessionCounts {
  std::uint64_t attempts = 0;            // connection attempts
  std::uint64_t reconnect_attempts = 0;  // of these, after a first connection had been up
  std::uint64_t reconnects = 0;          // connections up again after a loss
  std::uint64_t disconnections = 0;      // connections that were up and ended
  std::uint64_t acks = 0;
  std::uint64_t refusals = 0;
  std::uint64_t acks_overdue = 0;  // requests repeated because nothing answered
  std::uint64_t zombies = 0;       // times any subscription was found dead
  std::uint64_t frames_late = 0;   // of a subscription that was being taken back
};

// Not thread-safe. After each call the driver runs `out` in order, then sees that on_time is called
// by deadline().
class Session {
 public:
  // `protocol` and `budget` outlive the session; the budget is shared by all sessions to one host.
  Session(const SessionSettings& settings, exchange::Protocol& protocol, AttemptBudget& budget,
          base::Prng random, std::vector<exchange::Subscription> wanted);

  void start(base::Now now, Actions& out);
  // Lets the connection live on but does not replace it when it ends: the exchange is about to
  // close.
  void finish();
  // Unsubscribes nothing: closing says it all. Final.
  void stop(base::Now now, Actions& out);
  void on_open(base::Now now, Actions& out);
  // `frame` as decoded from what was received at `received`.
  void on_frame(base::Now received, const exchange::Frame& frame, Actions& out);
  // What a subscription that is being renewed still says before the venue took it back. It is data
  // like any other (trades are told apart by id, a book waits for its snapshot), but no sign that
  // the renewal helped.
  bool is_late(const exchange::Frame& frame) const;
  void on_witness(base::Now now, const exchange::Subscription& subscription, Verdict verdict,
                  Actions& out);
  // What the venue says of itself, on whichever connection. While its matching engine rests, and
  // for a while after, silence says nothing.
  void on_venue(base::Now now, exchange::VenueStatus status);
  void on_closed(base::Now now, const runtime::Closed& closed);
  void on_time(base::Now now, Actions& out);
  // Asks for it anew, because what it brings is wrong; as a zombie is healed.
  void renew(base::Now now, const exchange::Subscription& subscription, Actions& out);
  // Changes what is wanted without touching what stays (configuration reload).
  void set_wanted(base::Now now, std::vector<exchange::Subscription> wanted, Actions& out);
  void set_settings(const SessionSettings& settings);
  // This connection, which is up, replaces another of the same plan: it goes on with what that one
  // had counted and learned.
  void succeed(const Session& predecessor);

  // When on_time must be called at the latest. Frames with market data only ever move it later, so
  // a driver may skip asking again after them.
  std::optional<base::Instant> deadline() const;

  LinkState state() const { return state_; }
  const CircuitBreaker& breaker() const { return breaker_; }
  const SubscriptionTable& subscriptions() const { return table_; }
  const SessionCounts& counts() const { return counts_; }
  const ClockOffset& clock_offset() const { return offset_; }
  // What the venue last said of itself on the connection that is open now.
  struct VenueWord {
    exchange::VenueStatus status;
    base::Instant at;
  };
  const std::optional<VenueWord>& venue_word() const { return venue_word_; }
  std::optional<base::Instant> last_frame() const { return last_frame_; }
  std::optional<base::Instant> next_attempt() const;

 private:
  void schedule_attempt(base::Now now);
  void attempt(base::Now now, Actions& out);
  void request(base::Now now, std::vector<exchange::Subscription> wanted, Actions& out);
  void note_health(base::Instant now);
  void check_answers(base::Now now, Actions& out);
  void check_silences(base::Now now, Actions& out);
  void heal(base::Now now, Actions& out);
  void take_back(const exchange::Subscription& subscription, base::Instant now, Actions& out);
  void ask_again(base::Now now, const std::vector<exchange::Subscription>& taken_back,
                 Actions& out);
  void ping(base::Now now, Actions& out);
  void send(base::Now now, Actions& out);
  void on_ack(base::Now received, const exchange::Frame& frame);
  void on_refusal(base::Now received, const exchange::Frame& frame, Actions& out);
  void on_items(base::Now received, const exchange::Frame& frame);
  void disconnect(std::string why, Actions& out);

  SessionSettings settings_;
  exchange::Protocol& protocol_;
  AttemptBudget& budget_;
  base::Backoff backoff_;
  CircuitBreaker breaker_;
  SubscriptionTable table_;
  PacedRequests requests_;
  ClockOffset offset_;
  SessionCounts counts_;

  LinkState state_ = LinkState::idle;
  std::optional<VenueWord> venue_word_;
  bool was_up_ = false;   // a connection has been up before
  bool healthy_ = false;  // this connection has outlived healthy_after
  bool finishing_ = false;
  bool closing_ = false;   // Disconnect was asked for; further decisions wait for on_closed
  std::string close_why_;  // our own reason, when closing_
  base::Instant retry_at_{};
  base::Instant opened_at_{};
  base::Instant next_ping_{};
  int pings_ = 0;              // on this connection
  base::Instant next_look_{};  // at silences: data may have moved their deadlines nearer
  std::optional<base::Instant> replaced_at_;  // because renewals were in vain
  std::optional<base::Instant> last_frame_;   // ever: its age is shown while disconnected too
  base::Instant heard_{};  // link watchdog: opening or any frame of this connection
  std::uint64_t next_request_ = 1;
};

}  // namespace tickwitness::feed
