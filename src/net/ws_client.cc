#include "net/ws_client.h"

#include <fmt/format.h>

#include <utility>

#include "net/connect.h"
#include "net/ws_stream.h"

namespace tickwitness::net {
namespace {
using runtime::Closed;
using runtime::CloseReason;

constexpr base::Duration kCloseTimeout = std::chrono::seconds(1);

// From one open() to its on_closed.
class Session : public std::enable_shared_from_this<Session> {
 public:
  Session(runtime::AsioExecutor& executor, const runtime::ChannelLimits& limits,
          runtime::Endpoint endpoint, runtime::MessageChannel::Events events)
      : executor_(executor),
        limits_(limits),
        endpoint_(std::move(endpoint)),
        events_(std::move(events)),
        timer_(executor.make_timer()) {}

  void start(std::shared_ptr<TlsClientContexts> contexts, std::shared_ptr<SocketBytes> bytes) {
    timer_->arm(executor_.clock().now().mono + limits_.connect_timeout,
                [this] { on_connect_timeout(); });
    connector_ = std::make_shared<Connector>(
        executor_, std::move(contexts), endpoint_, std::move(bytes),
        [self = shared_from_this()](std::expected<Transport, Closed> result) {
          if (result) {
            self->upgrade(*std::move(result));
          } else {
            self->finish(result.error());
          }
        });
    connector_->start();
  }

  void send(std::string text) {
    if (stream_) stream_->send(std::move(text), 0);
  }

  void close() {
    if (done_ || closing_) return;
    closing_ = true;
    timer_->cancel();
    if (stream_) {
      timer_->arm(executor_.clock().now().mono + kCloseTimeout, [this] {
        stream_->abandon();
        finish({.reason = CloseReason::local, .detail = "closed, the peer did not answer"});
      });
      stream_->close();
      return;
    }
    connector_->cancel();
    executor_.post([self = shared_from_this()] {
      self->finish({.reason = CloseReason::local, .detail = "closed while connecting"});
    });
  }

  // The channel is gone: silence. Events may be on the stack, so they are kept until the last
  // operation has gone.
  void abandon() {
    done_ = true;
    timer_->cancel();
    if (connector_) connector_->cancel();
    if (stream_) stream_->abandon();
    stream_.reset();
  }

  bool done() const { return done_; }

 private:
  void upgrade(Transport transport) {
    upgrading_ = true;
    WsStream::Events events;
    events.on_open = [self = shared_from_this()] {
      self->upgrading_ = false;
      self->timer_->cancel();
      self->events_.on_open(self->executor_.clock().now());
    };
    events.on_message = [self = shared_from_this()](base::Now received, std::string_view text) {
      self->events_.on_message(received, text);
    };
    events.on_closed = [self = shared_from_this()](const Closed& closed) { self->finish(closed); };
    stream_ = WsStream::make(executor_, std::move(transport),
                             {.message_bytes_max = limits_.message_bytes_max,
                              .send_queue_bytes_max = limits_.send_queue_bytes_max,
                              .write_timeout = kWriteTimeout,
                              .close_timeout = kCloseTimeout},
                             std::move(events));
    stream_->handshake(host_header(), endpoint_.path);
  }

  std::string host_header() const {
    const std::uint16_t usual = endpoint_.tls ? 443 : 80;
    std::string with_port = host_and_port(endpoint_);
    if (endpoint_.port != usual) return with_port;
    return with_port.substr(0, with_port.rfind(':'));
  }

  void on_connect_timeout() {
    const std::string stage = upgrading_ ? "the WebSocket upgrade" : connector_->stage();
    connector_->cancel();
    if (stream_) stream_->abandon();
    finish({.reason = CloseReason::timeout,
            .detail = fmt::format("no connection to {} within {:g} s, stuck at: {}",
                                  host_and_port(endpoint_), base::seconds(limits_.connect_timeout),
                                  stage)});
  }

  void finish(const Closed& closed) {
    if (done_) return;
    const auto self = shared_from_this();  // on_closed may drop the channel
    done_ = true;
    timer_->cancel();
    stream_.reset();  // its events hold this session
    events_.on_closed(executor_.clock().now(), closed);
  }

  runtime::AsioExecutor& executor_;
  runtime::ChannelLimits limits_;
  runtime::Endpoint endpoint_;
  runtime::MessageChannel::Events events_;
  std::unique_ptr<runtime::Timer> timer_;  // of connecting, later of closing
  std::shared_ptr<Connector> connector_;
  std::shared_ptr<WsStream> stream_;
  bool upgrading_ = false;
  bool closing_ = false;
  bool done_ = false;
};

class WsChannel final : public runtime::MessageChannel {
 public:
  WsChannel(runtime::AsioExecutor& executor, const runtime::ChannelLimits& limits,
            std::shared_ptr<TlsClientContexts> contexts, std::shared_ptr<SocketBytes> bytes)
      : executor_(executor),
        limits_(limits),
        contexts_(std::move(contexts)),
        bytes_(std::move(bytes)) {}
  ~WsChannel() override {
    if (session_) session_->abandon();
  }
  WsChannel(const WsChannel&) = delete;
  WsChannel& operator=(const WsChannel&) = delete;

  void open(const runtime::Endpoint& endpoint, Events events) override {
    // The contract allows one connection at a time; a second open() replaces the first silently.
    if (session_ && !session_->done()) session_->abandon();
    session_ = std::make_shared<Session>(executor_, limits_, endpoint, std::move(events));
    session_->start(contexts_, bytes_);
  }
  void send(std::string text) override {
    if (session_) session_->send(std::move(text));
  }
  void close() override {
    if (session_) session_->close();
  }

 private:
  runtime::AsioExecutor& executor_;
  runtime::ChannelLimits limits_;
  std::shared_ptr<TlsClientContexts> contexts_;
  std::shared_ptr<SocketBytes> bytes_;
  std::shared_ptr<Session> session_;
};

}  // namespace

WsChannelFactory::WsChannelFactory(runtime::AsioExecutor& executor)
    : executor_(executor),
      contexts_(std::make_shared<TlsClientContexts>()),
      bytes_(std::make_shared<SocketBytes>()) {}
WsChannelFactory::~WsChannelFactory() = default;

std::unique_ptr<runtime::MessageChannel> WsChannelFactory::make(
    const runtime::ChannelLimits& limits) {
  return std::make_unique<WsChannel>(executor_, limits, contexts_, bytes_);
}

}  // namespace tickwitness::net
