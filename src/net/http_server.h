// HTTP/1.1 server: requests in, answers now or later; a connection may leave it to become an event
// stream (net/event_stream.h) or a WebSocket (net/ws_server.h). Everything on one executor's
// thread.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <string>

#include "base/result.h"
#include "base/time.h"
#include "net/http_message.h"
#include "net/socket_bytes.h"
#include "runtime/executor_asio.h"

namespace tickwitness::net {

struct ListenAddress {
  std::string address = "127.0.0.1";  // numeric, IPv4 or IPv6
  std::uint16_t port = 0;             // 0: any free one
  std::string certificate_file;       // PEM chain; empty: plain HTTP
  std::string key_file;               // PEM
};

struct HttpLimits {
  std::size_t header_bytes_max = 8U << 10;                  // above: 431
  std::size_t body_bytes_max = 64U << 10;                   // above: 413
  base::Duration header_timeout = std::chrono::seconds(5);  // TLS handshake too; above: 408
  base::Duration body_timeout = std::chrono::seconds(10);   // above: 408
  base::Duration idle_timeout = std::chrono::seconds(60);   // between requests; above: closed
  base::Duration write_timeout = std::chrono::seconds(30);  // without progress; above: closed
  std::size_t connections_max = 256;                        // above: 503
  std::size_t streams_max = 5500;                           // event streams, WebSockets; 503
  std::size_t connections_per_ip_max = 32;                  // loopback is not limited; 503
};

struct HttpCounts {
  std::uint64_t accepted = 0;
  std::uint64_t requests = 0;      // handed to the handler
  std::uint64_t refused_full = 0;  // connections_max or streams_max
  std::uint64_t refused_per_ip = 0;
  std::uint64_t bad_requests = 0;  // answered 400, 411, 413 or 431 by the server itself
  std::uint64_t timeouts = 0;      // header, body, write
  std::uint64_t tls_failures = 0;
  std::uint64_t accept_failures = 0;  // no descriptor or memory left for a connection
  SocketBytes bytes;                  // as they are on the wire, streams too
  std::size_t connections = 0;        // open now, without streams
  std::size_t streams = 0;            // open now
  // Handed to the handler and not answered to the last byte, nor taken as a stream.
  std::size_t in_flight = 0;
};

namespace internal {
class HttpConnection;
struct TakenConnection;
struct PendingResponse;
}  // namespace internal

// The way to answer one request. Copies are the same answer: the first call counts, later ones do
// nothing. When the last copy goes without an answer, 500 is sent. Not to outlive the executor.
class Responder {
 public:
  explicit Responder(std::shared_ptr<internal::PendingResponse> pending);
  void respond(Response response) const;

  // For net/ itself: the connection as it is after the request; null after an answer, when the peer
  // is gone, or when streams_max is reached (503 has been sent).
  std::unique_ptr<internal::TakenConnection> take() const;

 private:
  std::shared_ptr<internal::PendingResponse> pending_;
};

class HttpServer {
 public:
  using Handler = std::function<void(const Request&, Responder)>;

  HttpServer(runtime::AsioExecutor& executor, HttpLimits limits, Handler handler);
  // Cuts what is left; no handler is called afterwards.
  ~HttpServer();
  HttpServer(const HttpServer&) = delete;
  HttpServer& operator=(const HttpServer&) = delete;

  // Any number of addresses. Gives the port; errors name address, port, cause and remedy.
  base::Result<std::uint16_t> listen(const ListenAddress& address);

  // Accepts no more, lets answers under way finish, ends streams, cuts after `limit`; then calls
  // `on_stopped` once.
  void stop(base::Duration limit, std::function<void()> on_stopped);

  HttpCounts counts() const;

  class Impl;

 private:
  std::shared_ptr<Impl> impl_;
};

}  // namespace tickwitness::net
