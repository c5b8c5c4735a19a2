// Drives one session: does what it asks of the channel and the timer, and passes on what they
// report. No decisions here.
#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "exchange/protocol.h"
#include "feed/intake.h"
#include "feed/latency_split.h"
#include "feed/link_probe.h"
#include "feed/session.h"
#include "feed/status.h"
#include "feed/witness_desk.h"
#include "pipeline/frame_tap.h"
#include "runtime/executor.h"
#include "runtime/message_channel.h"

namespace tickwitness::feed {

// Something an operator would want a log line for.
struct LinkEvent {
  enum class What : std::uint8_t {
    connecting,
    connected,
    closed,
    refused,
    silent,  // subscriptions, for longer than configured
    zombie,
    breaker,
    rotating,  // a successor is being opened
    rotated    // and has taken over
  };
  What what = What::connecting;
  std::string connection;
  std::string detail;
};

// What links share and do not own; everything outlives them.
struct LinkContext {
  market::Venue venue = market::Venue::kraken;
  runtime::Executor& executor;
  runtime::MessageChannelFactory& channels;
  telemetry::Catalog& metrics;
  Intake& intake;
  AttemptBudget& budget;
  std::function<void()> turn_done;  // after each frame: the consumer may drain
  std::function<void(const LinkEvent&)> on_event;
  pipeline::FrameTap* tap;  // null: nobody listens
  WitnessDesk& witness;
  std::function<void(exchange::VenueStatus)> on_venue;  // one link heard it, all must know
  StreamNumber last_stream = 0;                         // that a link was given
};

enum class LinkChange : std::uint8_t {
  opened,
  announced,  // the venue is about to close it
  closed      // or the attempt failed
};

// Where a link stands among those of its name.
struct LinkRole {
  bool in_service = true;                     // false: it is to replace the one that is
  std::string tap_name;                       // what the tap knows it by; empty: its own name
  std::function<void(LinkChange)> on_change;  // after the link's own part of it; null: nobody asks
};

// On its executor's thread.
class Link {
 public:
  Link(LinkContext& context, std::string name, runtime::Endpoint endpoint,
       const runtime::ChannelLimits& limits, const SessionSettings& settings,
       std::unique_ptr<exchange::Protocol> protocol, base::Prng random,
       std::vector<exchange::Subscription> wanted, LinkRole role = {});
  Link(const Link&) = delete;
  Link& operator=(const Link&) = delete;

  void start();
  // See Session::finish; `on_ended` is called once there is no connection any more.
  void finish(std::function<void()> on_ended);
  // `on_stopped` is called once the connection is closed (at once when there is none).
  void stop(std::function<void()> on_stopped);
  // stop() of a connection that is no longer configured, or replaced: its gauges become absent at
  // once.
  void retire(std::function<void()> on_stopped);
  // It is up, and from now on in service in the place of another, which was retired.
  void succeed(Link& predecessor);
  // Takes this subscription back and asks for it anew; nothing happens when it is not of this link.
  void renew(const exchange::Subscription& subscription);
  void set_wanted(std::vector<exchange::Subscription> wanted);
  // `limits` from the next attempt on.
  void set_settings(const SessionSettings& settings, const runtime::ChannelLimits& limits);
  // Once a second.
  void observe(base::Instant now);

  const std::string& name() const { return name_; }
  // What the venue said on any connection.
  void on_venue(exchange::VenueStatus status);
  std::optional<ClockOffset::Estimate> clock(base::Now now) const {
    return session_.clock_offset().at(now);
  }
  const std::optional<Session::VenueWord>& venue_word() const { return session_.venue_word(); }
  const Session& session() const { return session_; }
  // Of the connection that is open now.
  base::Instant opened_at() const { return opened_at_; }
  ConnectionStatus status() const;
  void append_subscriptions(std::vector<SubscriptionStatus>& out) const;

 private:
  void open();
  void on_message(base::Now received, std::string_view text);
  void on_closed(base::Now now, const runtime::Closed& closed);
  void perform();  // the session's actions, then the timer
  void perform(Action& act);
  void ask_witness(const exchange::Subscription& subscription);
  void report();  // changes worth a log line
  void tell(LinkEvent::What what, std::string detail) const;
  void changed(LinkChange change) const {
    if (role_.on_change) role_.on_change(change);
  }

  LinkContext& context_;
  std::string name_;
  LinkRole role_;
  StreamNumber stream_;
  runtime::Endpoint endpoint_;
  std::unique_ptr<exchange::Protocol> protocol_;
  Session session_;
  LinkProbe probe_;
  runtime::ChannelLimits limits_;
  runtime::ChannelLimits channel_limits_;  // that channel_ was made with
  std::unique_ptr<runtime::MessageChannel> channel_;
  std::unique_ptr<runtime::Timer> timer_;
  pipeline::FrameTap::Stream tap_stream_ = 0;
  bool up_ = false;  // on_open, and not yet on_closed
  bool retired_ = false;
  base::Instant opened_at_{};
  bool tap_open_ = false;  // the tap was told of an opening and not yet of its end
  exchange::Frame frame_;
  Actions actions_;
  // What is under way may outlive the link; it looks here whether it does.
  std::shared_ptr<Link*> self_ = std::make_shared<Link*>(this);
  std::function<void()> on_stopped_;  // of stop() or finish()
  LatencySplit split_;
  std::uint64_t silent_reported_ = 0;
  std::uint64_t refusals_reported_ = 0;
  BreakerState breaker_reported_ = BreakerState::closed;
};

}  // namespace tickwitness::feed
