// The socket shell around a simulated exchange: real HTTP and WebSockets on a loopback port of
// its own, on a thread of its own, carrying out what the pure exchange decides.
#pragma once

#include <deque>
#include <functional>
#include <memory>
#include <thread>

#include "app/demo_notes.h"
#include "base/result.h"
#include "net/http_server.h"
#include "net/ws_server.h"
#include "runtime/executor_asio.h"
#include "sim/exchange/exchange.h"
#include "sim/record/ledger.h"

namespace tickwitness::app {

class DemoExchange {
 public:
  using Make = std::function<std::unique_ptr<sim::Exchange>(base::Now start)>;
  // `notes` get all that is handed to sockets, and outlive the exchange.
  DemoExchange(const Make& make, DemoNotes& notes);
  ~DemoExchange();
  DemoExchange(const DemoExchange&) = delete;
  DemoExchange& operator=(const DemoExchange&) = delete;

  // Listens and runs; gives the port.
  base::Result<std::uint16_t> start();
  // Stops making market data, flushes, closes every connection.
  void begin_shutdown();
  // Joins the thread; afterwards the records are final and may be read.
  void join();
  const sim::Exchange& exchange() const { return *exchange_; }
  // Of what was handed to sockets, at that moment; nothing of connections and requests.
  const sim::Ledger& ledger() const { return ledger_; }

 private:
  void on_request(const net::Request& request, const net::Responder& responder);
  void keep_waiting(const net::Responder& responder);
  void turn();
  void perform();
  void note(const sim::Send& send, base::Now now);

  DemoNotes& notes_;
  runtime::AsioExecutor executor_;
  std::unique_ptr<sim::Exchange> exchange_;
  sim::Ledger ledger_;
  sim::Actions actions_;
  net::WsServer sockets_;
  net::HttpServer http_;
  std::deque<net::Responder> unanswered_;  // requests that wait in vain, by fault
  std::unique_ptr<runtime::Timer> timer_;
  bool at_peace_ = false;
  std::thread thread_;
};

}  // namespace tickwitness::app
