// What the simulated exchanges have in common: pure state machines, connections, requests and time
// in, actions out. An exchange owns no socket, thread or clock, so the same one stands behind the
// loopback server of `tickwitness demo` and in virtual time. Which messages, which texts:
// docs/simulated-exchange.md.
//
// The shell reports what clients do (on_…), calls step() at next_deadline(), and carries out the
// actions in their order. Pings and pongs of the WebSocket protocol are the shell's own business.
// Not thread-safe.
#pragma once

#include <cstdint>
#include <deque>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/prng.h"
#include "base/time.h"
#include "sim/exchange/actions.h"
#include "sim/exchange/exchange_clock.h"
#include "sim/exchange/fault_timeline.h"
#include "sim/exchange/http_reply.h"
#include "sim/exchange/market_feed.h"
#include "sim/exchange/order_book.h"
#include "sim/exchange/rate_limit.h"
#include "sim/exchange/settings.h"
#include "sim/exchange/truth.h"

namespace tickwitness::sim {

class Exchange {
 public:
  enum class Admission : std::uint8_t {
    accept,
    refuse,      // close the socket without an answer, as while the exchange is down or hangs
    too_many,    // answer HTTP 429
    bad_target,  // answer HTTP 400: no path of streams, or too many of them
  };

  virtual ~Exchange() = default;
  Exchange(const Exchange&) = delete;
  Exchange& operator=(const Exchange&) = delete;

  // Before the WebSocket upgrade is answered. Attempts count against the limit. `target` as in the
  // request line.
  Admission on_attempt(std::string_view target, base::Now now);

  // `connection`: a number the shell never uses twice; `target` was accepted. Actions are appended.
  virtual void on_connect(ConnectionId connection, std::string_view target, base::Now now,
                          Actions& actions) = 0;
  virtual void on_text(ConnectionId connection, base::Now now, std::string_view text,
                       Actions& actions) = 0;
  // The client closed or the connection broke. Not needed after Close and Reset, and harmless.
  virtual void on_disconnect(ConnectionId connection, base::Now now) = 0;

  // Does all that is due. May be called at any time; late calls catch up.
  virtual void step(base::Now now, Actions& actions) = 0;
  virtual base::Instant next_deadline() const = 0;

  HttpReply on_http(std::string_view method, std::string_view target, base::Now now);

  // Every fault that is on ends, none waits or comes any more; connections that one made the
  // exchange refuse a subscription to, or tell to go, are closed, so that their clients ask anew. A
  // clock that is ahead goes back by and by (ExchangeClock).
  void heal(base::Now now, Actions& actions);
  // No fault is on, waits or comes any more; those that are in force from the start do not count.
  virtual bool at_peace() const { return faults_.over(); }

  // Makes nothing more, sends what was made, closes every connection and accepts no other. The
  // truth is final afterwards.
  virtual void begin_shutdown(base::Now now, Actions& actions) = 0;

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
  // Of any trade that was published, where Settings::keep_fills; else nullptr.
  const Fill* fill(std::size_t pair, std::uint64_t id) const { return feed_.tape(pair).fill(id); }
  // Those of these that bear a time from `from` to `to`, by the exchange's clock.
  std::vector<TradeRecord> trades_between(std::size_t pair, base::WallTime from,
                                          base::WallTime to) const;
  // As it stands for subscribers; nullptr while nobody wanted to see it (Settings::keep_books).
  virtual const OrderBook* book(std::size_t pair) const = 0;
  // Status and precision of a pair are those of now.
  const Settings& settings() const { return settings_; }

 protected:
  Exchange(Settings settings, base::Now start);

  // Whether streams are to be had there.
  virtual bool knows(std::string_view target) const = 0;
  // A reply that a fault has spoilt.
  virtual std::optional<HttpReply> spoiled_reply(base::Now now) = 0;
  virtual HttpReply serve_rest(std::string_view method, std::string_view target, base::Now now) = 0;
  // That fault is over, at `moment`.
  virtual void after(FaultKind kind, base::Instant moment, base::Now now, Actions& actions) = 0;
  virtual void forget_zombies() = 0;

  // The moments of faults and their ends, not when they were carried out: a shell may be late.
  bool unreachable(base::Instant now) const;
  void note(FaultKind kind, base::Now now, std::string detail, base::Instant until);
  HttpReply spoil(std::string_view name, HttpReply reply);

  // Each of `connections`, a map, is ended by an `End` and counted; `forget` takes it out.
  template <class End, class Connections, class Forget>
  static void end_all(Connections& connections, std::uint64_t& counter, Actions& actions,
                      Forget forget) {
    while (!connections.empty()) {
      ++counter;
      actions.emplace_back(End{connections.begin()->first});
      forget(connections.begin());
    }
  }
  // Those that `which` wants ended, by a fault that closes.
  template <class Connections, class Which, class Forget>
  void close_some(Connections& connections, Actions& actions, Which which, Forget forget) {
    for (auto next = connections.begin(); next != connections.end();) {
      const auto connection = next++;
      if (!which(connection->second)) continue;
      ++truth_.disconnects;
      actions.emplace_back(Close{connection->first});
      forget(connection);
    }
  }

  Settings settings_;
  Truth truth_;
  base::Instant start_;
  ExchangeClock clock_;
  base::Prng prng_;
  MarketFeed feed_;
  RateLimit attempts_;
  bool shut_down_ = false;
  FaultTimeline faults_;
  base::Prng dice_;                      // of faults: no fault moves the market
  std::optional<std::size_t> silenced_;  // pair whose trade subscription is silent
};

// When a fault that begins at `moment` is over; Instant::max() for what lasts to the end.
base::Instant end_of(const Fault& fault, base::Instant moment);

// What clients say to a host that stands still waits in buffers of this size altogether.
inline constexpr std::size_t kHeldBytesMax = std::size_t{1} << 20;

}  // namespace tickwitness::sim
