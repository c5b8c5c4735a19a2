// The network between the engine's channels and the simulated exchange: streams of bytes with
// delay, partial reads, loss of what was on its way, and silence; and the channel that stands where
// the product has a WebSocket client.
#pragma once

#include <cstdint>
#include <deque>
#include <functional>
#include <map>
#include <memory>
#include <string>

#include "base/prng.h"
#include "runtime/message_channel.h"
#include "sim/exchange/kraken.h"
#include "sim/record/ledger.h"
#include "sim/world/event_hash.h"
#include "sim/world/pipe.h"
#include "sim/world/scheduler.h"
#include "sim/world/wire.h"

namespace tickwitness::sim {

// Not thread-safe.
class Network final : public runtime::MessageChannelFactory {
 public:
  // All outlive the network. `engine` is the role that channels are used on.
  Network(Scheduler& scheduler, Role& engine, const MachineClock& exchange_clock, Kraken& exchange,
          EventHash& history, base::Prng random);
  ~Network() override;

  std::unique_ptr<runtime::MessageChannel> make(const runtime::ChannelLimits& limits) override;

  // The record of the present process life; set before its first channel is made.
  void set_ledger(Ledger* ledger) { ledger_ = ledger; }
  // The product was told that connections which end now need no replacing.
  void set_finishing(bool finishing) { finishing_ = finishing; }
  void set_weather(const Weather& weather);

  // The exchange is driven from here: lets it do what is due and carries out what it says.
  void exchange_turn();
  void heal_exchange();
  void shut_exchange_down();

  // Bytes that are on their way or wait at a reader, over all connections.
  std::size_t bytes_in_flight() const;

 private:
  class Channel;
  struct Connection;

  void perform();
  void plan_turn();
  std::shared_ptr<Connection> open(std::uint64_t link, const runtime::ChannelLimits& limits,
                                   runtime::MessageChannel::Events events);
  void at_exchange(const std::shared_ptr<Connection>& connection, Pipe::Mark mark,
                   std::string_view bytes);
  void at_engine(const std::shared_ptr<Connection>& connection, Pipe::Mark mark,
                 std::string_view bytes);
  void wake(const std::shared_ptr<Connection>& connection);
  void read_one(const std::shared_ptr<Connection>& connection);
  void deliver(Connection& connection, const std::string& text);
  void end(Connection& connection, runtime::Closed why);
  void send(Connection& connection, const std::string& text);
  void close(const std::shared_ptr<Connection>& connection);
  void abandon(Connection& connection);

  Scheduler& scheduler_;
  Role& engine_;
  const MachineClock& exchange_clock_;
  Kraken& exchange_;
  EventHash& history_;
  base::Prng random_;
  Ledger* ledger_ = nullptr;
  bool finishing_ = false;
  Weather weather_;
  Actions actions_;
  Scheduler::EventId turn_ = 0;
  base::Instant turn_at_{};
  ConnectionId last_id_ = 0;
  std::uint64_t last_link_ = 0;
  // Until both ends have forgotten them.
  std::map<ConnectionId, std::shared_ptr<Connection>> connections_;
};

}  // namespace tickwitness::sim
