// The real ByteChannel: TCP, or TLS with its certificate and host name verified as for WebSockets.
#pragma once

#include <memory>

#include "runtime/byte_channel.h"
#include "runtime/executor_asio.h"

namespace tickwitness::net {

class TlsClientContexts;

class ByteClient final : public runtime::ByteChannel {
 public:
  // Of the limits those of the queue and of connecting are used. Certificate authorities are read
  // at first use and kept.
  explicit ByteClient(runtime::AsioExecutor& executor, const runtime::ChannelLimits& limits = {});
  ~ByteClient() override;
  ByteClient(const ByteClient&) = delete;
  ByteClient& operator=(const ByteClient&) = delete;

  void open(const runtime::Endpoint& endpoint, Events events) override;
  void send(std::string bytes) override;
  void close() override;

 private:
  class Session;
  runtime::AsioExecutor& executor_;
  runtime::ChannelLimits limits_;
  std::shared_ptr<TlsClientContexts> contexts_;
  std::shared_ptr<Session> session_;
};

}  // namespace tickwitness::net
