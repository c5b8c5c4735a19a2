// Everything that follows one venue: its connections, each with a session of its own, and what they
// share.
#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "exchange/protocol.h"
#include "feed/attempt_budget.h"
#include "feed/gap_filler.h"
#include "feed/intake.h"
#include "feed/line.h"
#include "feed/past.h"
#include "feed/rest_client.h"
#include "feed/rest_witness.h"
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
  std::optional<runtime::Endpoint> rest;  // the venue's REST interface; absent: not to be asked
  std::optional<base::Duration> max_age;  // a connection as old is replaced; see Rotation
  std::size_t attempts_per_10_minutes = 60;
  std::vector<exchange::Subscription> subscriptions;
  std::uint64_t seed = 0;  // of the jitter
};

// On its executor's thread.
class Feed {
 public:
  // What a feed knows of its venue's way to speak.
  struct Dialect {
    std::function<std::unique_ptr<exchange::Protocol>()> make_protocol;  // one for each connection
    std::unique_ptr<exchange::RestProtocol> rest;
  };
  // What a feed uses and does not own; all of it outlives the feed.
  struct Parts {
    runtime::Executor& executor;
    runtime::MessageChannelFactory& channels;
    runtime::HttpRequester* http = nullptr;  // null only where FeedSettings::rest is absent
    telemetry::Catalog& metrics;
    GapLedger& ledger;
    pipeline::Handoff& handoff;
    std::function<void()> turn_done;
    std::function<void(const LinkEvent&)> on_event;
    pipeline::FrameTap* tap = nullptr;  // is shown what is received; null: nobody
  };
  Feed(const FeedSettings& settings, Dialect dialect, Parts parts);

  // What an earlier process knew of this venue's trades. Of a market whose trades are not followed
  // it counts from when they are. Before start().
  void restore(TradesPast past);
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
  LineSettings line_settings() const;
  void take_up_past();
  void add_line(Plan plan);
  void resubscribe_book(const market::Symbol& symbol);
  void retire(std::unique_ptr<Line> line);

  FeedSettings settings_;
  Dialect dialect_;
  std::unique_ptr<exchange::Protocol> protocol_;  // for what is not about one connection
  runtime::Executor& executor_;
  AttemptBudget budget_;
  Intake intake_;
  std::unique_ptr<RestClient> rest_;  // null: not to be asked
  std::unique_ptr<RestWitness> rest_witness_;
  GapFiller filler_;
  WitnessDesk witness_;
  LinkContext context_;
  base::Prng random_;
  telemetry::StateSet<telemetry::label::VenueStatus> venue_status_;
  telemetry::Gauge clock_offset_, clock_uncertainty_;
  std::optional<exchange::VenueStatus> last_word_;  // newest ever; links that come later must know
  std::vector<TradesPast> past_;                    // of trades that nobody followed yet
  std::vector<std::unique_ptr<Line>> lines_;
  std::vector<std::unique_ptr<Line>> retired_;  // closing after a reload
  bool started_ = false;
};

}  // namespace tickwitness::feed
