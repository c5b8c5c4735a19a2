// The trades of one venue, complete and in order: duplicates are dropped, holes go to the ledger
// and are filled over REST, live trades wait meanwhile, but not for ever.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "base/index.h"
#include "exchange/messages.h"
#include "exchange/rest.h"
#include "feed/completeness.h"
#include "feed/gap_ledger.h"
#include "feed/past.h"
#include "feed/stream_number.h"
#include "feed/trade_sequence.h"
#include "telemetry/catalog.gen.h"

namespace tickwitness::feed {

struct TradeKeeperSettings {
  TradeSequenceLimits sequence;
  // A trade that was overtaken by others comes within this; then it is missing.
  base::Duration grace = std::chrono::milliseconds(500);
  // Live trades wait that long behind a hole; afterwards what fills it comes late.
  base::Duration held_for = std::chrono::seconds(30);
  // REST may know of a trade that much later than the stream.
  base::Duration rest_lag = std::chrono::seconds(10);
  base::Duration retry_first = std::chrono::seconds(1);  // doubling after each failure
  base::Duration retry_max = std::chrono::seconds(60);
  base::Duration give_up_after = std::chrono::hours(24);
  bool backfill = true;  // false: nobody to ask; what is missing stays open
};

// What to ask REST for.
struct BackfillAsk {
  market::Symbol symbol;
  exchange::TradeCursor cursor;
  std::uint64_t to = 0;  // last id of the hole
};

// Pure: time and what was received come in, trades and questions go out. Not thread-safe. After
// each call but the const ones deadline() may have changed.
class TradeKeeper {
 public:
  using Out = std::vector<SequencedTrade>;  // appended to

  // All references outlive the keeper.
  TradeKeeper(market::Venue venue, const TradeKeeperSettings& settings, GapLedger& ledger,
              telemetry::Catalog& metrics);

  // A market that is configured: its counters exist at 0 from now on.
  void expect(const exchange::Subscription& trades);
  // What an earlier process had received, before the first trade of this one: what it was still
  // missing is missing now, and so will be what came to pass between the two.
  void restore(base::Now now, exchange::Channel channel, const TradesPast& past);
  // No longer followed; no connection brings them. What comes all the same is handed on.
  void forget(const exchange::Subscription& trades);
  // Trades of a frame that came on `stream`.
  void on_trades(base::Now received, const exchange::Frame& frame, Out& out,
                 StreamNumber stream = 0);
  // That connection brings these trades as well, though it may have had none to bring yet.
  void on_stream_joined(const exchange::Subscription& trades, StreamNumber stream);
  // A stream of these trades ended. Unless another goes on with them, what is missing next is
  // missing for that reason.
  void on_stream_lost(const exchange::Subscription& trades, StreamNumber stream = 0);
  void on_time(base::Now now, Out& out);
  std::optional<base::Instant> deadline() const;

  // One question at a time for each market; each is answered by one of the on_ calls.
  std::optional<BackfillAsk> next_ask(base::Now now);
  void on_page(base::Now now, const BackfillAsk& ask, const exchange::TradePage& page, Out& out);
  // Nobody asked for these because they are missing, but some may be.
  void on_shown(base::Now now, const market::Symbol& symbol, const exchange::TradePage& page,
                Out& out);
  void on_failure(base::Now now, const BackfillAsk& ask, const exchange::RestFailure& failure,
                  Out& out);

  // Once a second: gauges.
  void observe() const;

  struct MarketStatus {
    market::Symbol symbol;
    std::vector<DayOfTrades> days;
    std::uint64_t missing = 0;  // ids, now
    std::size_t held = 0;
  };
  std::vector<MarketStatus> status() const;
  // The newest trade of a market that was received; nothing before the first.
  struct Newest {
    std::uint64_t id;
    base::WallTime exchange_time;
  };
  std::optional<Newest> newest(const market::Symbol& symbol) const;

 private:
  struct Market {
    market::Symbol symbol;
    exchange::Channel channel;  // trade or agg_trade: each has ids of its own
    TradeSequence sequence;
    Completeness days;
    telemetry::Counter live, snapshot, rest, duplicates, late, missing, filled, gaps, lost,
        returned;
    telemetry::Gauge completeness, held;
    std::vector<StreamNumber> feeders;  // connections that bring them
    bool followed = true;
    bool after_disconnect = false;
    bool restored = false;  // and no trade was received since that is newer
    bool asking = false;
    int failures = 0;
    base::Instant next_ask{};
    std::string page;  // REST's cursor of the next page, while a hole takes several
  };

  Market& market(const market::Symbol& symbol, exchange::Channel channel);
  Market* find(const market::Symbol& symbol, exchange::Channel channel = exchange::Channel::trade);
  static void add_feeder(Market& m, StreamNumber stream);
  void take(Market& m, base::Now received, const market::Trade& trade, TradeOrigin origin,
            Out& out);
  void note_filled(Market& m, const TradeHole& hole, base::Now now);
  void open_entry(Market& m, TradeHole& hole);
  void begin_anew(Market& m, base::Now now);
  static void note_missing(Market& m, const TradeHole& hole);
  void relax(Market& m, base::Now now, Out& out);
  void give_up(Market& m, TradeHole hole, std::string_view reason, base::Now now, Out& out);
  // All holes that are entries and of which `hopeless(const TradeHole&)` is true.
  template <class Hopeless>
  void give_up_if(Market& m, std::string_view reason, base::Now now, Out& out, Hopeless hopeless);
  void note_given_out(Market& m, Out& out, std::size_t from);
  std::optional<base::Instant> deadline(const Market& m) const;

  market::Venue venue_;
  telemetry::label::Exchange label_;
  TradeKeeperSettings settings_;
  GapLedger& ledger_;
  telemetry::Catalog& metrics_;
  std::vector<std::unique_ptr<Market>> markets_;
  base::Index<exchange::Subscription> market_of_;  // into markets_, by channel and symbol
};

}  // namespace tickwitness::feed
