// Name to connected transport: resolve, TCP, TLS. Internal to net/.
#pragma once

#include <expected>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "net/transport.h"
#include "runtime/executor_asio.h"
#include "runtime/message_channel.h"

namespace tickwitness::net {

// A write, or a frame, that takes longer ends the connection.
inline constexpr base::Duration kWriteTimeout = std::chrono::seconds(10);

// "ws.kraken.com:443", "[::1]:80".
std::string host_and_port(const runtime::Endpoint& endpoint);

// The caller bounds the whole in time: cancel() is final and silent.
class Connector : public std::enable_shared_from_this<Connector> {
 public:
  using Done = std::move_only_function<void(std::expected<Transport, runtime::Closed>)>;

  Connector(runtime::AsioExecutor& executor, std::shared_ptr<TlsClientContexts> contexts,
            runtime::Endpoint endpoint, std::shared_ptr<SocketBytes> bytes, Done done);
  // Once. `done` is called once, later.
  void start();
  void cancel();
  // What is under way, for the message of a timeout: "resolving the name", "connecting to ::1" …
  const std::string& stage() const { return stage_; }
  // When each stage ended, as far as it came.
  struct Times {
    std::optional<base::Instant> resolved, connected, secured;
  };
  const Times& times() const { return times_; }

 private:
  void resolve();
  void connect_next();
  void on_connected(ErrorCode error);
  void handshake();
  void succeed();
  void fail(runtime::CloseReason reason, std::string detail);

  runtime::AsioExecutor& executor_;
  std::shared_ptr<TlsClientContexts> contexts_;
  runtime::Endpoint endpoint_;
  std::shared_ptr<SocketBytes> bytes_;  // null: not counted
  Done done_;
  std::string stage_ = "starting";
  Times times_;
  boost::asio::ip::tcp::resolver resolver_;
  boost::asio::ip::tcp::socket socket_;
  std::unique_ptr<runtime::Timer> attempt_timer_;
  std::vector<boost::asio::ip::tcp::endpoint> addresses_;
  std::size_t next_ = 0;
  std::unique_ptr<Transport> transport_;
};

}  // namespace tickwitness::net
