// WebSocket sessions of a server, taken over from HttpServer by upgrade. Used by /ws and by the
// simulated exchange, which also sends what a sane server never would.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <string_view>

#include "base/time.h"
#include "net/http_message.h"
#include "net/http_server.h"
#include "runtime/executor_asio.h"
#include "runtime/message_channel.h"

namespace tickwitness::net {

struct WsServerLimits {
  std::size_t message_bytes_max = 64U << 10;    // from the client; above: closed, oversize
  std::size_t send_queue_bytes_max = 4U << 20;  // above: cut, timeout
  base::Duration write_timeout = std::chrono::seconds(30);  // without progress: cut, timeout
  base::Duration close_timeout = std::chrono::seconds(1);   // of the close handshake
};

// Text messages of all sessions since the start.
struct WsServerCounts {
  std::uint64_t received = 0;
  std::uint64_t sent = 0;  // taken whole by the kernel
};

// All calls and callbacks on the executor's thread.
class WsServer {
 public:
  using Id = std::uint64_t;  // never used twice
  struct Events {
    std::function<void(Id, const Request&)> on_open;
    std::function<void(Id, base::Now received, std::string_view text)> on_text;
    // Exactly once for each on_open. Not made for sessions cut by the destructor.
    std::function<void(Id, const runtime::Closed&)> on_closed;
  };

  WsServer(runtime::AsioExecutor& executor, WsServerLimits limits, Events events);
  // Cuts all sessions.
  ~WsServer();
  WsServer(const WsServer&) = delete;
  WsServer& operator=(const WsServer&) = delete;

  // Takes the connection over and shakes hands. Gives the status of the answer: 101; 426 when the
  // request asks for no WebSocket; 503 when there is no room for one, or nobody waits any more.
  int accept(const Request& request, const Responder& responder);

  // Calls with the id of a session that is gone do nothing. A text is queued and sent in one frame.
  void send(Id id, std::string text);
  // Bytes as they are, UTF-8 or not, in a text message of frames of at most `frame_bytes` (0: one
  // frame).
  void send_raw(Id id, std::string payload, std::size_t frame_bytes = 0);
  // Without a payload, for liveness tests of the client.
  void ping(Id id);
  // Sends what is queued, then shakes hands to close; on_closed follows.
  void close(Id id);
  // RST; what is queued is lost. on_closed follows.
  void reset(Id id);

  std::size_t sessions() const;
  WsServerCounts counts() const;
  // Bytes queued for one session and not yet taken by the kernel.
  std::size_t queued_bytes(Id id) const;

 private:
  class Impl;
  std::shared_ptr<Impl> impl_;
};

}  // namespace tickwitness::net
