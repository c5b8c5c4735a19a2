// One WebSocket over a transport, either role: the only file that knows Beast's websocket::stream.
// Internal to net/.
#pragma once

#include <functional>
#include <memory>
#include <string>
#include <string_view>

#include "net/http_message.h"
#include "net/transport.h"
#include "runtime/executor_asio.h"
#include "runtime/message_channel.h"

namespace tickwitness::net {

struct WsStreamLimits {
  std::size_t message_bytes_max;
  std::size_t send_queue_bytes_max;
  base::Duration write_timeout;  // of one frame
  base::Duration close_timeout;  // of the close handshake
};

class WsStream {
 public:
  struct Events {
    std::function<void()> on_open;
    std::function<void(base::Now received, std::string_view text)> on_message;
    // The kernel has taken a message of send() whole. May be null.
    std::function<void()> on_sent;
    // Once, unless abandoned.
    std::function<void(const runtime::Closed&)> on_closed;
  };

  virtual ~WsStream() = default;
  static std::shared_ptr<WsStream> make(runtime::AsioExecutor& executor, Transport transport,
                                        const WsStreamLimits& limits, Events events);

  // One of them, once.
  virtual void handshake(const std::string& host, const std::string& path) = 0;
  virtual void accept(const Request& request) = 0;

  // A text message in frames of at most `frame_bytes`; 0: one frame.
  virtual void send(std::string payload, std::size_t frame_bytes) = 0;
  virtual void ping() = 0;
  // The queue first, then the close handshake.
  virtual void close() = 0;
  // At once; on_closed follows with `why`. With `rst` the peer gets RST instead of FIN.
  virtual void cut(runtime::Closed why, bool rst) = 0;
  // At once and silently; no event is made any more.
  virtual void abandon() = 0;
  virtual std::size_t queued_bytes() const = 0;
};

// Reset, end of stream and so on in the words of CloseReason.
runtime::Closed closed_by(ErrorCode error);

}  // namespace tickwitness::net
