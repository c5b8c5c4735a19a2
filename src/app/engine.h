// The engine: feeds, hand-over and what consumes them, on one executor. Knows no socket, file or
// thread: the real world and a simulated one compose it from the same seams.
#pragma once

#include <functional>
#include <memory>
#include <set>
#include <utility>
#include <vector>

#include "feed/feed.h"
#include "pipeline/handoff.h"
#include "pipeline/market_meter.h"
#include "pipeline/record_tap.h"
#include "runtime/executor.h"
#include "runtime/log.h"
#include "runtime/message_channel.h"
#include "serve/status.h"
#include "telemetry/catalog.gen.h"
#include "telemetry/registry.h"

namespace tickwitness::app {

struct VenueSettings {
  feed::FeedSettings feed;
  std::uint32_t book_depth = 10;  // of those that the venue offers
};

struct EngineSettings {
  std::vector<VenueSettings> feeds;  // each of a venue of its own
  std::size_t ring_capacity = 8192;
  pipeline::OverloadPolicy overload = pipeline::OverloadPolicy::backpressure;
};

// All calls on the executor's thread but the constructor's, which comes before it runs.
class Engine {
 public:
  struct World {
    runtime::Executor& executor;
    runtime::MessageChannelFactory& channels;
    telemetry::Registry& registry;
    telemetry::Catalog& metrics;
    runtime::Log& log;
    runtime::HttpRequester* http = nullptr;  // null only where no settings ask for REST
    pipeline::FrameTap* tap = nullptr;       // is shown what the feeds receive; may be null
    pipeline::RecordTap* records = nullptr;  // is shown what must last; may be null
  };
  // `each_turn` runs first in every turn, for measurements of the process; it may be null. Then
  // `on_status` gets the state.
  Engine(World world, const EngineSettings& settings, std::function<void(base::Now)> each_turn,
         std::function<void(std::shared_ptr<const serve::EngineStatus>)> on_status);

  // What an earlier process left. Before start().
  struct Past {
    std::vector<feed::TradesPast> trades;
    std::vector<feed::Gap> gaps;  // ascending
    std::uint64_t last_gap = 0;   // the highest id in the ledger; of others, ids go on from there
  };
  void restore(Past past);
  void start();
  // See Feed::finish; of all feeds.
  void finish(std::function<void()> on_ended);
  // Closes the feeds, drains the ring, reports a last time, then calls back once.
  void stop(std::function<void()> on_stopped);
  // Of the venues that are followed; which these are stays as it was from the start.
  void apply(const EngineSettings& settings);

 private:
  using Market = std::pair<market::Venue, market::Symbol>;
  static std::set<Market> markets_of(const EngineSettings& settings);
  // Of these, those whose best bid and offer are followed.
  static std::set<Market> quoted_of(const EngineSettings& settings);
  void add_feed(const VenueSettings& settings);
  void drain();
  void turn();
  void report();
  void on_event(market::Venue venue, const feed::LinkEvent& event);
  void log_gaps();
  void keep_gaps();

  World world_;
  std::function<void(base::Now)> each_turn_;
  std::function<void(std::shared_ptr<const serve::EngineStatus>)> on_status_;
  feed::GapLedger ledger_;
  pipeline::Handoff handoff_;
  pipeline::MarketMeter meter_;
  struct Followed {
    market::Venue venue;
    std::unique_ptr<feed::Feed> feed;
  };
  std::vector<Followed> feeds_;        // in the order of the settings
  std::set<Market> markets_, quoted_;  // that are configured
  std::unique_ptr<runtime::Timer> timer_;
  base::Instant next_report_{};
  std::uint64_t last_gap_ = 0;         // in the log
  std::set<std::uint64_t> open_gaps_;  // that are in the log and not closed there
  telemetry::Gauge uptime_;
  base::Instant started_{};
};

}  // namespace tickwitness::app
