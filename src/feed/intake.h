// Where frames become counted events: the ingest half of a feed that has no opinion about
// connections. Live sessions and replay both go through here, so both count the same.
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <vector>

#include "exchange/messages.h"
#include "feed/exemplar_pick.h"
#include "market/venue.h"
#include "pipeline/handoff.h"
#include "telemetry/catalog.gen.h"

namespace tickwitness::feed {

// Not thread-safe; lives on the ingest thread.
class Intake {
 public:
  // `make_room` is called under backpressure and must drain the hand-off.
  Intake(market::Venue venue, telemetry::Catalog& metrics, pipeline::Handoff& handoff,
         std::function<void()> make_room);

  // Counts the frame by what it is and hands its events on. `bytes`: length of the text as
  // received.
  void on_frame(base::Now received, const exchange::Frame& frame, std::size_t bytes);
  // A symbol that is configured: its counters exist at 0 before its first event.
  void expect(const market::Symbol& symbol);

  // Sums since the start, for tests and replay's summary; the same numbers the metrics export.
  struct Counts {
    std::uint64_t frames = 0, malformed = 0, unsupported = 0, skipped = 0;
    std::uint64_t trades = 0, quotes = 0, candles = 0, instruments = 0;
  };
  const Counts& counts() const { return counts_; }

 private:
  struct Market {
    market::Symbol symbol;
    telemetry::Counter trades, quotes, candles;              // all that was decoded
    telemetry::Counter new_trades, new_quotes, new_candles;  // without what snapshots repeat
    telemetry::Counter negative;
    telemetry::Histogram latency;
    ExemplarPick pick = {};  // of the trades whose latency is told by name
  };
  Market& market(const market::Symbol& symbol);
  // Absent, and counted, when the stamp is none that a latency could be computed from.
  std::optional<base::Duration> latency_of(Market& market, base::Now received,
                                           base::WallTime exchange_time);
  void observe_trade(Market& market, base::Now received, const market::Trade& trade);
  void hand_on(base::Now received, bool snapshot, const market::Event& event);
  void on_trades(base::Now received, const exchange::Frame& frame);
  void on_quotes(base::Now received, const exchange::Frame& frame);
  void on_candles(base::Now received, const exchange::Frame& frame);

  market::Venue venue_;
  telemetry::label::Exchange label_;
  telemetry::Catalog& metrics_;
  pipeline::Handoff& handoff_;
  std::function<void()> make_room_;
  Counts counts_;
  std::vector<telemetry::Counter> by_kind_;
  std::vector<telemetry::Counter> by_reason_;
  telemetry::Counter bytes_, skipped_, implausible_;
  std::vector<Market> markets_;  // one per symbol seen; the label budget bounds what is exported
  std::size_t last_hit_ = 0;
};

}  // namespace tickwitness::feed
