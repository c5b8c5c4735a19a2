// The simulated Binance (spot) as a pure state machine, after the manner of the simulated Kraken:
// connections, requests and time in, actions out, over the same market. Which messages, which
// texts: docs/simulated-exchange.md.
//
// The shell reports what clients do (on_…), calls step() at next_deadline(), and carries out the
// actions in their order. Pings and pongs of the WebSocket protocol are the shell's own business.
// Not thread-safe.
#pragma once

#include <array>
#include <cstdint>
#include <deque>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/prng.h"
#include "base/time.h"
#include "sim/exchange/actions.h"
#include "sim/exchange/binance_books.h"
#include "sim/exchange/binance_frames.h"
#include "sim/exchange/binance_rest.h"
#include "sim/exchange/binance_settings.h"
#include "sim/exchange/binance_streams.h"
#include "sim/exchange/exchange_clock.h"
#include "sim/exchange/fault_timeline.h"
#include "sim/exchange/market_feed.h"
#include "sim/exchange/message_window.h"
#include "sim/exchange/rate_limit.h"
#include "sim/exchange/truth.h"

namespace tickwitness::sim {

class Binance {
 public:
  enum class Admission : std::uint8_t {
    accept,
    refuse,      // close the socket without an answer, as while the exchange is down or hangs
    too_many,    // answer HTTP 429
    bad_target,  // answer HTTP 400: no path of streams, or too many of them
  };

  // `settings` like binance_settings(); precisions are at most 8.
  Binance(Settings settings, base::Now start, BinanceLimits limits = {});
  Binance(const Binance&) = delete;
  Binance& operator=(const Binance&) = delete;

  // Before the WebSocket upgrade is answered. Attempts count against the limit. `target` as in the
  // request line: "/stream", "/stream?streams=btcusdt@trade/btcusdt@bookTicker", "/ws",
  // "/ws/btcusdt@trade"; under /ws events come without the name of their stream.
  Admission on_attempt(std::string_view target, base::Now now);

  // `connection`: a number the shell never uses twice; `target` was accepted. Actions are appended.
  void on_connect(ConnectionId connection, std::string_view target, base::Now now,
                  Actions& actions);
  void on_text(ConnectionId connection, base::Now now, std::string_view text, Actions& actions);
  // The client closed or the connection broke. Not needed after Close and Reset, and harmless.
  void on_disconnect(ConnectionId connection, base::Now now);

  // Does all that is due. May be called at any time; late calls catch up.
  void step(base::Now now, Actions& actions);
  base::Instant next_deadline() const;

  HttpReply on_http(std::string_view method, std::string_view target, base::Now now);

  // Every fault that is on ends, none waits or comes any more; connections that were told to go are
  // closed. A clock that is ahead goes back by and by (ExchangeClock).
  void heal(base::Now now, Actions& actions);

  // No fault is on, waits or comes any more; those that are in force from the start do not count.
  bool at_peace() const { return faults_.over() && zombies_.empty(); }

  // Makes nothing more, sends what was made, closes every connection and accepts no other. The
  // truth is final afterwards.
  void begin_shutdown(base::Now now, Actions& actions);

  const Truth& truth() const { return truth_; }
  // Trades published of a pair (index into Settings::pairs), oldest first; the newest
  // trades_kept_max of them. Truth::pairs counts them all.
  const std::deque<TradeRecord>& trades(std::size_t pair) const {
    return feed_.tape(pair).trades();
  }
  std::uint64_t trades_forgotten(std::size_t pair) const {
    return feed_.tape(pair).trades_forgotten();
  }
  // One of these by its id; nullptr when it is not kept or was never published.
  const TradeRecord* trade(std::size_t pair, std::uint64_t id) const {
    return feed_.tape(pair).find(id);
  }
  // Those of these that bear a time from `from` to `to`, by the exchange's clock.
  std::vector<TradeRecord> trades_between(std::size_t pair, base::WallTime from,
                                          base::WallTime to) const;
  // As it stands, as of update_id(); nullptr while nobody wanted to see it (Settings::keep_books).
  const OrderBook* book(std::size_t pair) const { return books_.find(pair); }
  std::uint64_t update_id(std::size_t pair) const { return books_.last_id(pair); }
  const Settings& settings() const { return settings_; }

 private:
  struct Connection {
    MessageWindow messages;
    base::Instant notice, expiry;
    bool combined = true;
    bool leaving = false;              // by fault rotation
    std::vector<std::string> streams;  // as asked for, those that there are not included
  };
  using Connections = std::map<ConnectionId, Connection>;
  // A subscription that gets nothing.
  struct Zombie {
    ConnectionId connection;
    Stream stream;
    std::size_t fault;  // index into Truth::faults
  };
  struct Held {  // what came in while the exchange hung
    ConnectionId connection;
    base::Instant at;
    std::string text;
  };
  enum class TimerKind : std::uint8_t { depth, kline, notice, expiry };
  struct Timer {
    base::Instant at;
    TimerKind kind;
    std::uint64_t index = 0;    // a pair or a connection
    std::uint64_t variant = 0;  // as Stream's
    friend auto operator<=>(const Timer&, const Timer&) = default;
  };
  struct KlineState {
    KlineSeries series;
    base::Instant next_push = base::Instant::min();
    bool owed = false;                  // it changed since it was pushed
    bool closed = false;                // and that was told
    std::optional<base::Instant> wake;  // when a timer looks for its end
  };
  struct PairState {
    std::string symbol;              // "BTCUSDT"
    std::vector<KlineState> klines;  // as kKlineIntervals
    std::array<DepthJournal, kDepthPaces.size()> journals;
    std::uint64_t next_aggregate = 0;
    std::uint64_t last_aggregate_sent = 0, last_quote_sent = 0;
  };
  // What is to be sent of a publication; it may have to wait for the next one.
  struct Part {
    StreamKind kind;
    Publication publication;
    std::uint64_t first_aggregate;
    std::uint64_t update_id;
  };

  // binance.cc
  bool unreachable(base::Instant now) const;
  base::Instant next_timer() const;
  void fire_timer(base::Now now, Actions& actions);
  void send(ConnectionId connection, const Parcel& parcel, std::string_view text, Actions& actions);
  void send_shutdown(ConnectionId connection, base::Instant moment, Actions& actions);
  void forget(Connections::iterator connection);

  // binance_publish.cc
  void publish(const Publication& publication, base::Now now, Actions& actions);
  void publish_part(const Part& part, base::Now now, Actions& actions);
  void publish_trades(std::size_t pair, std::span<const Fill> fills, base::Now now,
                      Actions& actions);
  void publish_trade(const Stream& stream, const Fill& fill, base::Now now, Actions& actions);
  void publish_aggregates(const Part& part, Actions& actions);
  void publish_quote(const Part& part, Actions& actions);
  void count_fills(std::size_t pair, std::span<const Fill> fills, bool told, base::Now now,
                   Actions& actions);
  void push_klines(std::size_t pair, base::Now now, Actions& actions);
  void on_kline_timer(const Timer& timer, base::Now now, Actions& actions);
  void send_kline(const Stream& stream, const Kline& kline, bool closed, base::Instant moment,
                  Actions& actions);
  void journal(std::size_t pair, const OrderBook& book, base::Now now);
  void send_depth(const Stream& stream, base::Instant moment, base::Now now, Actions& actions);
  // Begins the text of a stream's event.
  void open(const Stream& stream);
  // The event that was written since, to all who listen; how often it was sent: a zombie is sent
  // nothing, by fault duplicate it is sent twice.
  std::uint32_t send_event(const Stream& stream, const Parcel& parcel, Actions& actions);
  std::uint32_t send_to(ConnectionId connection, const Stream& stream, const Parcel& parcel,
                        Actions& actions);

  // binance_requests.cc
  // `arrived`: what a client sends is limited by when it came, not by when it is read.
  void serve(ConnectionId id, base::Instant arrived, base::Now now, std::string_view text,
             Actions& actions);
  void answer(ConnectionId id, const BinanceRequest& request, Actions& actions);
  void subscribe(ConnectionId id, const std::string& name);
  void unsubscribe(ConnectionId id, const std::string& name);
  void refuse(ConnectionId id, const BinanceError& error, Actions& actions);

  // binance_faults.cc
  // `moment`: when it is due; `now` may be later.
  void commit(const Fault& fault, base::Instant moment, base::Now now, Actions& actions);
  void commit_waiting(base::Instant moment, base::Now now);
  void after(FaultKind kind, base::Instant moment, base::Now now, Actions& actions);
  bool silence_one(const Fault& fault, base::Instant moment, base::Now now);
  void close_all(FaultKind kind, Actions& actions);
  void announce_rotation(base::Instant moment, Actions& actions);
  void close_leaving(Actions& actions);
  void hold(ConnectionId connection, base::Instant at, std::string_view text);
  void answer_held(base::Now now, Actions& actions);
  void note(FaultKind kind, base::Now now, std::string detail, base::Instant until);
  bool make_zombie(base::Now now);
  bool is_zombie(const Stream& stream, ConnectionId connection) const;
  void bury_zombies(base::Now now);
  void swap_with_next(const Part& part, base::Now now, Actions& actions);
  void publish_swapped(base::Now now, Actions& actions);
  std::optional<HttpReply> spoiled_reply(base::Now now);

  Settings settings_;
  BinanceLimits limits_;
  Truth truth_;
  base::Instant start_;
  ExchangeClock clock_;
  MarketFeed feed_;
  BinanceBooks books_;
  BinanceRest rest_;
  RateLimit attempts_;
  Streams streams_;
  std::vector<PairState> pairs_;  // as Settings::pairs

  Connections connections_;
  std::set<Timer> timers_;
  bool shut_down_ = false;

  FaultTimeline faults_;
  base::Prng dice_;                      // of faults
  std::optional<std::size_t> silenced_;  // pair whose trade stream is silent
  std::vector<Zombie> zombies_;
  // What waits for the next of its pair and kind.
  std::map<std::pair<std::size_t, StreamKind>, Part> swapped_;
  std::vector<Held> held_;
  std::size_t held_bytes_ = 0;

  std::string text_;             // an event under the name of its stream
  std::size_t event_begin_ = 0;  // where in it the event itself begins
  std::vector<Aggregate> aggregates_;
};

}  // namespace tickwitness::sim
