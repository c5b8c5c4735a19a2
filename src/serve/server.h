// Carries serve/service.h over sockets: HTTP, the event stream and WebSockets. Decides nothing
// about what is answered.
#pragma once

#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "net/event_stream.h"
#include "net/http_server.h"
#include "net/ws_server.h"
#include "runtime/executor_asio.h"
#include "serve/service.h"

namespace tickwitness::serve {

struct ServerSettings {
  std::vector<net::ListenAddress> listen;
  net::HttpLimits limits;
};

// All calls on the executor's thread, but for the constructor.
class Server {
 public:
  // `service` is on the same executor, and its Outside leads to publish() and counts() here. Both
  // outlive the server.
  Server(runtime::AsioExecutor& executor, Service& service, ServerSettings settings);
  Server(const Server&) = delete;
  Server& operator=(const Server&) = delete;

  // Listens, then starts the service. Gives the ports, in the order of settings.listen. Errors name
  // the address and the remedy.
  base::Result<std::vector<std::uint16_t>> start();
  void stop(base::Duration limit, std::function<void()> on_stopped);

  void publish(std::string_view event, const std::string& data, const net::Chunk& chunk);
  TransportCounts counts() const;

 private:
  void handle(const net::Request& request, const net::Responder& responder);

  const runtime::Clock& clock_;
  Service& service_;
  ServerSettings settings_;
  net::EventTopic events_;
  net::WsServer sockets_;
  std::vector<net::WsServer::Id> socket_ids_;
  std::uint64_t sockets_dropped_ = 0;
  net::HttpServer http_;
};

}  // namespace tickwitness::serve
