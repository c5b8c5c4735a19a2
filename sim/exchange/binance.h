// The simulated Binance (spot).
#pragma once

#include <array>
#include <cstdint>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/time.h"
#include "sim/exchange/binance_books.h"
#include "sim/exchange/binance_frames.h"
#include "sim/exchange/binance_rest.h"
#include "sim/exchange/binance_settings.h"
#include "sim/exchange/binance_streams.h"
#include "sim/exchange/exchange.h"
#include "sim/exchange/message_window.h"

namespace tickwitness::sim {

class Binance final : public Exchange {
 public:
  // `settings` like binance_settings(); precisions are at most 8.
  Binance(Settings settings, base::Now start, BinanceLimits limits = {});

  // `target`: "/stream", "/stream?streams=btcusdt@trade/btcusdt@bookTicker", "/ws",
  // "/ws/btcusdt@trade"; under /ws events come without the name of their stream.
  void on_connect(ConnectionId connection, std::string_view target, base::Now now,
                  Actions& actions) override;
  void on_text(ConnectionId connection, base::Now now, std::string_view text,
               Actions& actions) override;
  void on_disconnect(ConnectionId connection, base::Now now) override;
  void step(base::Now now, Actions& actions) override;
  base::Instant next_deadline() const override;
  bool at_peace() const override { return Exchange::at_peace() && zombies_.empty(); }
  void begin_shutdown(base::Now now, Actions& actions) override;
  // As of update_id().
  const OrderBook* book(std::size_t pair) const override { return books_.find(pair); }
  std::uint64_t update_id(std::size_t pair) const { return books_.last_id(pair); }

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
  bool knows(std::string_view target) const override;
  HttpReply serve_rest(std::string_view method, std::string_view target, base::Now now) override;
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
  void after(FaultKind kind, base::Instant moment, base::Now now, Actions& actions) override;
  bool silence_one(const Fault& fault, base::Instant moment, base::Now now);
  void close_all(FaultKind kind, Actions& actions);
  void announce_rotation(base::Instant moment, Actions& actions);
  void close_leaving(Actions& actions);
  void hold(ConnectionId connection, base::Instant at, std::string_view text);
  void answer_held(base::Now now, Actions& actions);
  bool make_zombie(base::Now now);
  bool is_zombie(const Stream& stream, ConnectionId connection) const;
  void bury_zombies(base::Now now);
  void swap_with_next(const Part& part, base::Now now, Actions& actions);
  void publish_swapped(base::Now now, Actions& actions);
  std::optional<HttpReply> spoiled_reply(base::Now now) override;
  void forget_zombies() override { zombies_.clear(); }

  BinanceLimits limits_;
  BinanceBooks books_;
  BinanceRest rest_;
  Streams streams_;
  std::vector<PairState> pairs_;  // as Settings::pairs

  Connections connections_;
  std::set<Timer> timers_;

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
