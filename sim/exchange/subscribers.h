// Who is subscribed to what of one pair.
#pragma once

#include <array>
#include <cstdint>
#include <vector>

#include "sim/exchange/request.h"

namespace tickwitness::sim {

using ConnectionId = std::uint64_t;

struct Subscriber {
  ConnectionId connection = 0;
  std::size_t interval = 0;  // ohlc: index into kIntervals
  bool on_trades = false;    // ticker: only when there was a trade
  std::size_t depth = 0;     // book: index into kDepths
};

// In the order of subscribing. At most one per channel and connection, as Kraken has it.
class Subscribers {
 public:
  const std::vector<Subscriber>& of(WireChannel channel) const { return at(channel); }

  const Subscriber* find(WireChannel channel, ConnectionId connection) const {
    for (const Subscriber& subscriber : at(channel))
      if (subscriber.connection == connection) return &subscriber;
    return nullptr;
  }

  void add(WireChannel channel, Subscriber subscriber) {
    lists_[index(channel)].push_back(subscriber);
  }

  void remove(WireChannel channel, ConnectionId connection) {
    std::erase_if(lists_[index(channel)],
                  [=](const Subscriber& s) { return s.connection == connection; });
  }

  void remove_all(ConnectionId connection) {
    for (const WireChannel channel :
         {WireChannel::trade, WireChannel::ticker, WireChannel::ohlc, WireChannel::book})
      remove(channel, connection);
  }

 private:
  static std::size_t index(WireChannel channel) { return static_cast<std::size_t>(channel); }
  const std::vector<Subscriber>& at(WireChannel channel) const { return lists_[index(channel)]; }
  std::array<std::vector<Subscriber>, 4> lists_;  // trade, ticker, ohlc, book
};

}  // namespace tickwitness::sim
