// An exchange that only sends: Kraken v2 over a real WebSocket on loopback, trades and quotes of
// what is subscribed in turn, at a fixed rate, to one client. It knows the moment at which it sent
// each.
#pragma once

#include <atomic>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "net/http_server.h"
#include "net/ws_server.h"
#include "runtime/executor_asio.h"
#include "sim/exchange/settings.h"

namespace tickwitness::bench {

// On its executor's thread, but for sent_at().
class LoadExchange {
 public:
  // Remembers the moments of the first `remembered` events, and sends no more than those; 0: sends
  // without end.
  LoadExchange(runtime::AsioExecutor& executor, std::uint32_t events_per_second,
               std::size_t remembered);
  base::Result<std::uint16_t> listen() { return http_.listen({}); }

  // Thread-safe, for events that have arrived somewhere. Just before the event's write() to the
  // socket.
  base::Instant sent_at(std::size_t event) const {
    return base::Instant(base::Duration(sent_at_[event].load(std::memory_order_acquire)));
  }

 private:
  void on_text(net::WsServer::Id id, std::string_view text);
  void turn();
  void send_event();

  runtime::AsioExecutor& executor_;
  std::uint32_t rate_;
  std::vector<std::atomic<base::Duration::rep>> sent_at_;
  std::vector<sim::PairSettings> pairs_;  // subscribed
  net::WsServer sockets_;
  net::HttpServer http_;
  std::unique_ptr<runtime::Timer> timer_;
  net::WsServer::Id receiver_ = 0;
  base::Instant began_{};
  std::uint64_t sent_ = 0;  // to the receiver
  std::string text_;
};

}  // namespace tickwitness::bench
