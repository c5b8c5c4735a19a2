// The simulated Kraken as a pure state machine: connections, requests and time in, actions out. It
// owns no socket, thread or clock, so the same exchange stands behind the loopback server of
// `tickwitness demo` and in virtual time. Which messages, which texts: docs/simulated-exchange.md.
//
// The shell reports what clients do (on_…), calls step() at next_deadline(), and carries out the
// actions in their order. Not thread-safe.
#pragma once

#include <cstdint>
#include <deque>
#include <map>
#include <set>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/prng.h"
#include "base/time.h"
#include "sim/exchange/actions.h"
#include "sim/exchange/bad_frames.h"
#include "sim/exchange/books.h"
#include "sim/exchange/exchange_clock.h"
#include "sim/exchange/frames.h"
#include "sim/exchange/market_feed.h"
#include "sim/exchange/parcel.h"
#include "sim/exchange/rate_limit.h"
#include "sim/exchange/rest.h"
#include "sim/exchange/settings.h"
#include "sim/exchange/subscribers.h"
#include "sim/exchange/truth.h"

namespace tickwitness::sim {

class Kraken {
 public:
  enum class Admission : std::uint8_t {
    accept,
    refuse,    // close the socket without an answer, as while the exchange is down or hangs
    too_many,  // answer HTTP 429
  };

  Kraken(Settings settings, base::Now start);
  Kraken(const Kraken&) = delete;
  Kraken& operator=(const Kraken&) = delete;

  // Before the WebSocket upgrade is answered. Attempts count against the limit.
  Admission on_attempt(base::Now now);

  // `connection`: a number the shell never uses twice. Actions are appended.
  void on_connect(ConnectionId connection, base::Now now, Actions& actions);
  void on_text(ConnectionId connection, base::Now now, std::string_view text, Actions& actions);
  // The client closed or the connection broke. Not needed after Close and Reset, and harmless.
  void on_disconnect(ConnectionId connection, base::Now now);

  // Does all that is due. May be called at any time; late calls catch up.
  void step(base::Now now, Actions& actions);
  base::Instant next_deadline() const;

  HttpReply on_http(std::string_view method, std::string_view target, base::Now now);

  // Every fault that is on ends, none waits or comes any more; connections that one made the
  // exchange refuse a subscription to are closed, so that their clients ask anew. A clock that is
  // ahead goes back by and by (ExchangeClock).
  void heal(base::Now now, Actions& actions);

  // No fault is on, waits or comes any more; those that are in force from the start do not count.
  bool at_peace() const {
    return faults_done_ == faults_.size() && waiting_.empty() && lasting_.empty() &&
           zombies_.empty();
  }

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
  // As it stands for subscribers; nullptr while nobody wanted to see it (Settings::keep_books).
  const OrderBook* book(std::size_t pair) const { return books_.find(pair); }
  // Status and precision of a pair are those of now.
  const Settings& settings() const { return settings_; }

 private:
  struct Connection {
    RateLimit requests;
    bool heartbeats = false;
    bool instruments = false;
    bool poisoned = false;  // was sent text that is not UTF-8: it will close, and gets nothing more
    bool subscribed = false;
    bool refused = false;  // a subscription, by fault
  };
  using Connections = std::map<ConnectionId, Connection>;
  struct Refused {
    WireChannel channel;
    std::string symbol;
  };
  // A subscription that gets nothing.
  struct Zombie {
    ConnectionId connection;
    WireChannel channel;
    std::size_t pair;
    std::size_t fault;  // index into Truth::faults
    friend bool operator==(const Zombie&, const Zombie&) = default;
  };
  // What came in while the exchange hung.
  struct Held {
    ConnectionId connection;
    std::optional<std::string> text;  // nothing: it connected
  };

  // kraken.cc
  void greet(ConnectionId connection, Actions& actions);
  bool unreachable(base::Instant now) const;
  void send(ConnectionId connection, const Parcel& parcel, const std::string& text,
            Actions& actions, std::size_t fragment_bytes = 0);
  void forget(Connections::iterator connection);
  void heartbeat(base::Now now, Actions& actions);

  // kraken_publish.cc
  void publish(const Publication& publication, base::Now now, Actions& actions);
  // Its trades or its quote.
  void publish_part(WireChannel part, const Publication& publication, base::Now now,
                    Actions& actions);
  void publish_trades(std::size_t pair, std::span<const Fill> fills, base::Now now,
                      Actions& actions);
  void publish_quote(const Publication& publication, base::Now now, Actions& actions);
  void publish_candles(std::size_t pair, base::WallTime stamp, Actions& actions);
  void publish_book(const Publication& publication, base::Now now, Actions& actions);
  // How often it was sent: a zombie is sent nothing, by fault duplicate it is sent twice.
  std::uint32_t send_update(const Subscriber& to, const Parcel& parcel, const std::string& text,
                            Actions& actions);

  // kraken_requests.cc
  void serve(ConnectionId id, base::Now now, std::string_view text, Actions& actions);
  void answer(ConnectionId id, const Request& request, base::Now now, Actions& actions);
  void subscribe(ConnectionId id, const Request& request, const std::string& symbol, base::Now now,
                 Actions& actions);
  void unsubscribe(ConnectionId id, const Request& request, const std::string& symbol,
                   base::Now now, Actions& actions);
  std::string subscribe_error(ConnectionId id, const Request& request, const std::string& symbol);
  void send_snapshot(ConnectionId id, const Request& request, std::size_t pair, base::Now now,
                     Actions& actions);
  void send_trade_snapshot(ConnectionId id, std::size_t pair, Actions& actions);
  void send_book_snapshot(ConnectionId id, std::uint64_t depth, std::size_t pair, Actions& actions);
  // `request`: nothing when it could not be read.
  void refuse(ConnectionId id, const RequestError& error, const Request* request,
              std::string_view symbol, base::Now now, Actions& actions);
  void acknowledge(ConnectionId id, const Request& request, std::string_view symbol, base::Now now,
                   Actions& actions);
  Parcel answer_parcel(SentKind kind, const Request& request, std::string_view symbol) const;
  Served served(base::Now now);
  std::optional<std::size_t> pair_index(std::string_view symbol) const;

  // kraken_faults.cc
  base::Instant next_fault() const;
  base::Instant next_end() const;
  // `moment`: when it is due; `now` may be later.
  void commit(const Fault& fault, base::Instant moment, base::Now now, Actions& actions);
  void commit_waiting(base::Instant moment, base::Now now, Actions& actions);
  void end_fault(base::Instant moment, base::Now now, Actions& actions);
  void after(FaultKind kind, base::Instant moment, base::Now now, Actions& actions);
  bool silence_one(const Fault& fault, base::Instant moment, base::Now now);
  bool send_bad_frames(FaultKind kind, base::Now now, Actions& actions);
  void close_all(FaultKind kind, Actions& actions);
  void close_refused(Actions& actions);
  void hold(ConnectionId connection, std::optional<std::string> text);
  void answer_held(base::Now now, Actions& actions);
  void begin(FaultKind kind, base::Instant moment, base::Now now, base::Instant until,
             Actions& actions);
  // It is on until then, or longer if it was already.
  void last(FaultKind kind, base::Instant until);
  bool is_on(FaultKind kind) const { return lasting_.contains(kind); }
  void note(FaultKind kind, base::Now now, std::string detail, base::Instant until);
  bool is_silenced(WireChannel channel, std::size_t pair) const;

  // kraken_feed_faults.cc
  bool make_zombie(base::Now now);
  bool is_zombie(WireChannel channel, std::size_t pair, ConnectionId connection) const;
  void bury_zombies(base::Now now);
  void swap_with_next(WireChannel part, const Publication& publication, base::Now now,
                      Actions& actions);
  void publish_swapped(base::Now now, Actions& actions);
  std::size_t drop_some(std::size_t pair, std::span<const Fill> fills,
                        std::array<Fill, Happening::kFillsMax>& kept);
  void falsify(std::size_t pair, const Subscriber& to, base::Now now,
               std::vector<BookChange>& changes, Parcel& parcel);
  void change_instrument(base::Now now, Actions& actions);
  void begin_maintenance(base::Instant moment, base::Now now, base::Instant until,
                         Actions& actions);
  void send_status_to_all(Actions& actions);
  std::optional<HttpReply> spoiled_reply();

  Settings settings_;
  Truth truth_;
  base::Instant start_;
  ExchangeClock clock_;
  base::Prng prng_;
  MarketFeed feed_;
  Books books_;
  Rest rest_;
  RateLimit attempts_;

  Connections connections_;
  std::vector<Subscribers> subscribers_;  // as Settings::pairs
  std::set<std::pair<base::Instant, ConnectionId>> heartbeats_;
  bool shut_down_ = false;

  std::vector<Fault> faults_;  // in the order of time
  std::size_t faults_done_ = 0;
  std::map<FaultKind, Fault> waiting_;          // due, but nothing is there yet for them to hit
  std::map<FaultKind, base::Instant> lasting_;  // what is on, and until when
  std::optional<Refused> refused_;              // what fault refuse_subscription hit
  std::optional<std::size_t> silenced_;         // pair whose trade subscription is silent
  base::Prng dice_;                             // of faults
  std::vector<Zombie> zombies_;
  // What waits for the next trades or the next quote of its pair.
  std::map<std::pair<std::size_t, WireChannel>, Publication> swapped_;
  std::vector<base::WallTime> quotes_sent_;  // as Settings::pairs: the youngest
  std::optional<Maintenance> maintenance_;
  bool status_owed_ = false;  // it changed while the exchange hung
  std::uint64_t instrument_changes_ = 0;
  base::Instant hung_until_ = base::Instant::min();
  std::vector<Held> held_;
  std::size_t held_bytes_ = 0;
  std::string text_;
  std::vector<BookChange> changes_;
};

}  // namespace tickwitness::sim
