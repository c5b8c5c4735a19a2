// The real MessageChannel: WebSocket over TLS (certificate and host name verified, TLS 1.2 at
// least) or, for Endpoint::tls == false, over plain TCP. RFC 6455 without extensions.
#pragma once

#include <memory>

#include "net/socket_bytes.h"
#include "runtime/executor_asio.h"
#include "runtime/message_channel.h"

namespace tickwitness::net {

class TlsClientContexts;

class WsChannelFactory final : public runtime::MessageChannelFactory {
 public:
  // Certificate authorities are read at first use and kept as long as the factory.
  explicit WsChannelFactory(runtime::AsioExecutor& executor);
  ~WsChannelFactory() override;
  // Of all its channels since it was made, as they are on the wire. On the executor's thread.
  const SocketBytes& bytes() const { return *bytes_; }
  // The channel may outlive the factory, not the executor.
  std::unique_ptr<runtime::MessageChannel> make(const runtime::ChannelLimits& limits) override;

 private:
  runtime::AsioExecutor& executor_;
  std::shared_ptr<TlsClientContexts> contexts_;
  std::shared_ptr<SocketBytes> bytes_;
};

}  // namespace tickwitness::net
