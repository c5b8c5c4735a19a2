// Where frames become counted events: the ingest half of a feed that has no opinion about
// connections. Live sessions and replay both go through here, so both count the same. What is
// handed on is complete and in order as far as the keepers of trades and books can make it so.
#pragma once

#include <array>
#include <cstdint>
#include <functional>
#include <optional>
#include <span>
#include <utility>
#include <vector>

#include "base/index.h"
#include "exchange/messages.h"
#include "exchange/protocol.h"
#include "feed/book_keeper.h"
#include "feed/exemplar_pick.h"
#include "feed/gap_ledger.h"
#include "feed/trade_keeper.h"
#include "market/venue.h"
#include "pipeline/handoff.h"
#include "telemetry/catalog.gen.h"

namespace tickwitness::feed {

// Not thread-safe; lives on the ingest thread.
class Intake {
 public:
  struct Settings {
    market::Venue venue = market::Venue::kraken;
    TradeKeeperSettings trades;
    BookKeeperSettings books;
  };
  // All references outlive the intake; of `protocol` only what it says of books is used.
  // `make_room` is called under backpressure and must drain the hand-off.
  Intake(const Settings& settings, const exchange::Protocol& protocol, GapLedger& ledger,
         telemetry::Catalog& metrics, pipeline::Handoff& handoff, std::function<void()> make_room);

  // Counts the frame by what it is and hands its events on. `bytes`: length of the text as
  // received. What another `stream` has already brought is counted, and not handed on again.
  void on_frame(base::Now received, const exchange::Frame& frame, std::size_t bytes,
                StreamNumber stream = 0);
  // Is told the best prices of a book whenever they change, and that there are none once they are
  // not known; it may be null.
  void set_on_top(std::function<void(const market::Quote&)> on_top) { on_top_ = std::move(on_top); }
  // What is configured: its counters exist at 0 before its first event. A market whose spread is
  // followed gets its quotes from there, another one from its book.
  void expect(const exchange::Subscription& subscription);
  // No longer followed: what they said is no longer said, and what a venue sends until it has read
  // that it is not wanted changes nothing here; trades, candles and quotes are handed on all the
  // same. Where a book takes the place of a spread its best prices are handed on at once, and no
  // quote but its own from then on.
  void forget(base::Now now, std::span<const exchange::Subscription> gone);
  // `stream` takes it over from another connection, which is to end.
  void on_stream_joined(const exchange::Subscription& subscription, StreamNumber stream);
  // Its stream has ended: what comes next may have left something out, unless another stream goes
  // on with it.
  void on_stream_lost(base::Now now, const exchange::Subscription& subscription,
                      StreamNumber stream = 0);

  // Back-fill and snapshots that came over REST.
  void on_page(base::Now now, const BackfillAsk& ask, const exchange::TradePage& page);
  // Trades that REST showed somebody who asked for another reason.
  void on_shown(base::Now now, const market::Symbol& symbol, const exchange::TradePage& page);
  void on_failure(base::Now now, const BackfillAsk& ask, const exchange::RestFailure& failure);
  void on_snapshot(base::Now now, const exchange::BookSnapshot& snapshot);

  // To be called at deadline(), which may have changed after any call.
  void on_time(base::Now now);
  std::optional<base::Instant> deadline() const;
  // Once a second: gauges.
  void observe() const;

  TradeKeeper& trades() { return trades_; }
  const TradeKeeper& trades() const { return trades_; }
  BookKeeper& books() { return books_; }
  const BookKeeper& books() const { return books_; }

  // Sums since the start, for tests and replay's summary; the same numbers the metrics export.
  struct Counts {
    std::uint64_t frames = 0, malformed = 0, unsupported = 0, skipped = 0;
    std::uint64_t trades = 0, quotes = 0, candles = 0, instruments = 0, books = 0;
  };
  const Counts& counts() const { return counts_; }

 private:
  static constexpr std::size_t kChannels =
      static_cast<std::size_t>(exchange::Channel::agg_trade) + 1;
  // What was handed on last of a state that each connection tells whole.
  struct LastQuote {
    StreamNumber stream;
    std::optional<std::uint64_t> update_id;
  };
  struct LastCandle {
    StreamNumber stream;
    market::Candle candle;
  };
  struct Market {
    market::Symbol symbol;
    // All that was decoded, and of it what is news: snapshots only repeat.
    struct Counts {
      telemetry::Counter all, news;
    };
    Counts trades, aggregates, quotes, candles, books;
    telemetry::Counter negative;
    // As received: what waits behind a hole is known all the same.
    telemetry::Gauge last_price, last_trade;
    std::uint64_t newest = 0;  // highest id
    telemetry::Histogram latency;
    ExemplarPick pick = {};  // of the trades whose latency is told by name
    bool has_spread = false;
    std::array<bool, kChannels> forgotten = {};  // by exchange::Channel
    std::optional<LastQuote> quote;
    std::vector<LastCandle> last_candles;  // one for each interval
  };
  Market& market(const market::Symbol& symbol);
  // Absent, and counted, when the stamp is none that a latency could be computed from.
  std::optional<base::Duration> latency_of(Market& market, base::Now received,
                                           base::WallTime exchange_time);
  void observe_trade(Market& market, base::Now received, const market::Trade& trade);
  static bool& forgotten(Market& market, exchange::Channel channel) {
    return market.forgotten[static_cast<std::size_t>(channel)];
  }
  void forget(base::Now now, Market& market, const exchange::Subscription& gone);
  void forget_trades(Market& market, const exchange::Subscription& gone);
  void forget_spread(base::Now now, Market& market);
  void forget_book(base::Now now, const market::Symbol& symbol);
  void count(const Market::Counts& counts, bool snapshot);
  void hand_on(pipeline::Tick tick);
  void hand_on_trades();
  void hand_on_tops(base::Now received, pipeline::Origin origin);
  // False: another stream has brought it, or what is newer.
  static bool is_new(Market& market, const market::Quote& quote, StreamNumber stream);
  static bool is_new(Market& market, const market::Candle& candle, StreamNumber stream);
  void on_trades(base::Now received, const exchange::Frame& frame, StreamNumber stream);
  void on_quotes(base::Now received, const exchange::Frame& frame, StreamNumber stream);
  void on_candles(base::Now received, const exchange::Frame& frame, StreamNumber stream);
  void on_books(base::Now received, const exchange::Frame& frame, StreamNumber stream);
  void on_instruments(const exchange::Frame& frame);

  market::Venue venue_;
  telemetry::label::Exchange label_;
  telemetry::Catalog& metrics_;
  pipeline::Handoff& handoff_;
  std::function<void()> make_room_;
  std::function<void(const market::Quote&)> on_top_;
  Counts counts_;
  std::vector<telemetry::Counter> by_kind_;
  std::vector<telemetry::Counter> by_reason_;
  telemetry::Counter bytes_, skipped_, implausible_;
  std::vector<Market> markets_;  // one per symbol seen; the label budget bounds what is exported
  base::Index<market::Symbol> market_of_;  // into markets_
  TradeKeeper trades_;
  BookKeeper books_;
  TradeKeeper::Out sequenced_;         // kept for its memory
  std::vector<market::Quote> quotes_;  // kept for its memory
};

}  // namespace tickwitness::feed
