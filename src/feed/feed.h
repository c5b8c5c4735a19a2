// Everything that follows one venue: its connections, each with a session of its own, and what they
// share.
#pragma once

#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "exchange/protocol.h"
#include "feed/attempt_budget.h"
#include "feed/intake.h"
#include "feed/link.h"
#include "feed/status.h"
#include "feed/witness_desk.h"
#include "runtime/executor.h"
#include "runtime/message_channel.h"

namespace tickwitness::feed {

struct FeedSettings {
  market::Venue venue = market::Venue::kraken;
  runtime::Endpoint endpoint;
  runtime::ChannelLimits channel;
  SessionSettings session;
  TradeKeeperSettings trades;
  BookKeeperSettings books;
  std::size_t attempts_per_10_minutes = 60;
  std::vector<exchange::Subscription> subscriptions;
  std::uint64_t seed = 0;  // of the jitter
};

// On its executor's thread.
class Feed {
 public:
  // All references outlive the feed. `make_protocol` makes one codec for each connection. `tap` is
  // shown what is received; it may be null.
  Feed(const FeedSettings& settings, runtime::Executor& executor,
       runtime::MessageChannelFactory& channels, telemetry::Catalog& metrics, GapLedger& ledger,
       pipeline::Handoff& handoff,
       std::function<std::unique_ptr<exchange::Protocol>()> make_protocol,
       std::function<void()> turn_done, std::function<void(const LinkEvent&)> on_event,
       pipeline::FrameTap* tap = nullptr);

  void start();
  // Connections that end from now on are not replaced: the exchange is about to close. Calls back
  // once all have ended.
  void finish(std::function<void()> on_ended);
  // Closes every connection; calls back once when all are closed.
  void stop(std::function<void()> on_stopped);
  // Applies what can be applied live: subscriptions, thresholds, breaker and back-off limits. What
  // stays subscribed is not touched; connections that are no longer needed close, new ones open.
  void apply(const FeedSettings& settings);
  // Once a second: ages and states into the registry.
  void observe(base::Instant now);
  FeedStatus status(base::Now now) const;
  const Intake& intake() const { return intake_; }
  // Asks nobody until it is given a source.
  WitnessDesk& witness() { return witness_; }
  // The most certain of what the connections know of the venue's clock.
  std::optional<ClockOffset::Estimate> clock(base::Now now) const;

 private:
  struct Plan {
    std::string name;
    std::vector<exchange::Subscription> wanted;
  };
  std::vector<Plan> plan() const;
  std::optional<exchange::VenueStatus> venue_status() const;
  void on_venue(exchange::VenueStatus status);
  void add_link(Plan plan);
  void retire(std::unique_ptr<Link> link);

  FeedSettings settings_;
  std::function<std::unique_ptr<exchange::Protocol>()> make_protocol_;
  std::unique_ptr<exchange::Protocol> protocol_;  // for what is not about one connection
  runtime::Executor& executor_;
  AttemptBudget budget_;
  Intake intake_;
  WitnessDesk witness_;
  LinkContext context_;
  base::Prng random_;
  telemetry::StateSet<telemetry::label::VenueStatus> venue_status_;
  telemetry::Gauge clock_offset_, clock_uncertainty_;
  std::optional<exchange::VenueStatus> last_word_;  // newest ever; links that come later must know
  std::vector<std::unique_ptr<Link>> links_;
  std::vector<std::unique_ptr<Link>> retired_;  // closing after a reload
  bool started_ = false;
};

}  // namespace tickwitness::feed
