// The simulated Kraken.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/time.h"
#include "sim/exchange/bad_frames.h"
#include "sim/exchange/books.h"
#include "sim/exchange/exchange.h"
#include "sim/exchange/frames.h"
#include "sim/exchange/rest.h"
#include "sim/exchange/subscribers.h"

namespace tickwitness::sim {

class Kraken final : public Exchange {
 public:
  Kraken(Settings settings, base::Now start);

  void on_connect(ConnectionId connection, std::string_view target, base::Now now,
                  Actions& actions) override;
  void on_text(ConnectionId connection, base::Now now, std::string_view text,
               Actions& actions) override;
  void on_disconnect(ConnectionId connection, base::Now now) override;
  void step(base::Now now, Actions& actions) override;
  base::Instant next_deadline() const override;
  bool at_peace() const override { return Exchange::at_peace() && zombies_.empty(); }
  void begin_shutdown(base::Now now, Actions& actions) override;
  const OrderBook* book(std::size_t pair) const override { return books_.find(pair); }

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
  // Any target will do.
  bool knows(std::string_view) const override { return true; }
  HttpReply serve_rest(std::string_view method, std::string_view target, base::Now now) override;
  void greet(ConnectionId connection, Actions& actions);
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
  BookTop top_of(std::size_t pair, const OrderBook& book) const;
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
  // `moment`: when it is due; `now` may be later.
  void commit(const Fault& fault, base::Instant moment, base::Now now, Actions& actions);
  void commit_waiting(base::Instant moment, base::Now now, Actions& actions);
  void after(FaultKind kind, base::Instant moment, base::Now now, Actions& actions) override;
  bool silence_one(const Fault& fault, base::Instant moment, base::Now now);
  bool send_bad_frames(FaultKind kind, base::Now now, Actions& actions);
  void close_all(FaultKind kind, Actions& actions);
  void close_refused(Actions& actions);
  void hold(ConnectionId connection, std::optional<std::string> text);
  void answer_held(base::Now now, Actions& actions);
  void begin(FaultKind kind, base::Instant moment, base::Now now, base::Instant until,
             Actions& actions);
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
  std::optional<HttpReply> spoiled_reply(base::Now now) override;
  void forget_zombies() override { zombies_.clear(); }

  Books books_;
  Rest rest_;

  Connections connections_;
  std::vector<Subscribers> subscribers_;  // as Settings::pairs
  std::set<std::pair<base::Instant, ConnectionId>> heartbeats_;

  std::optional<Refused> refused_;  // what fault refuse_subscription hit
  std::vector<Zombie> zombies_;
  // What waits for the next trades or the next quote of its pair.
  std::map<std::pair<std::size_t, WireChannel>, Publication> swapped_;
  std::vector<base::WallTime> quotes_sent_;  // as Settings::pairs: the youngest
  std::optional<Maintenance> maintenance_;
  bool status_owed_ = false;  // it changed while the exchange hung
  std::uint64_t instrument_changes_ = 0;
  std::vector<Held> held_;
  std::size_t held_bytes_ = 0;
  std::string text_;
  std::vector<BookChange> changes_;
};

}  // namespace tickwitness::sim
