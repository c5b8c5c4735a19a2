#include "net/byte_client.h"

#include <fmt/format.h>

#include <array>
#include <boost/asio/error.hpp>
#include <boost/asio/ssl/error.hpp>
#include <utility>

#include "net/connect.h"

namespace tickwitness::net {
namespace {
using runtime::Closed;
using runtime::CloseReason;

constexpr std::size_t kReadBytes = std::size_t{16} << 10;

Closed ended(const ErrorCode& error) {
  namespace asio = boost::asio;
  const bool end = error == asio::error::eof || error == asio::ssl::error::stream_truncated;
  if (end) return {.reason = CloseReason::remote, .detail = "the other side ended the connection"};
  const bool ssl = error.category() == asio::error::get_ssl_category();
  return {.reason = ssl ? CloseReason::tls : CloseReason::reset, .detail = error.message()};
}

}  // namespace

// From one open() to its on_closed.
class ByteClient::Session : public std::enable_shared_from_this<Session> {
 public:
  Session(runtime::AsioExecutor& executor, const runtime::ChannelLimits& limits,
          const runtime::Endpoint& endpoint, Events events)
      : executor_(executor),
        limits_(limits),
        endpoint_(endpoint),
        events_(std::move(events)),
        timer_(executor.make_timer()) {}

  void start(std::shared_ptr<TlsClientContexts> contexts) {
    timer_->arm(executor_.clock().now().mono + limits_.connect_timeout,
                [this] { on_connect_timeout(); });
    connector_ = std::make_shared<Connector>(
        executor_, std::move(contexts), endpoint_, nullptr,
        [self = shared_from_this()](std::expected<Transport, Closed> result) {
          if (!result) return self->finish(result.error());
          self->opened(*std::move(result));
        });
    connector_->start();
  }

  void send(const std::string& bytes) {
    if (done_ || !transport_) return;
    waiting_ += bytes;
    if (waiting_.size() > limits_.send_queue_bytes_max) {
      return finish_later({.reason = CloseReason::timeout,
                           .detail = fmt::format("{} bytes wait to be sent", waiting_.size())});
    }
    if (writing_.empty()) write();
  }

  void close() {
    if (!done_) finish_later({.reason = CloseReason::local, .detail = "closed"});
  }

  // The channel is gone: silence.
  void abandon() {
    done_ = true;
    release();
  }

  bool done() const { return done_; }

 private:
  void opened(Transport transport) {
    timer_->cancel();
    transport_ = std::make_unique<Transport>(std::move(transport));
    read();
    events_.on_open();
  }

  void read() {
    transport_->read_some(boost::asio::buffer(buffer_),
                          [self = shared_from_this()](ErrorCode error, std::size_t bytes) {
                            if (self->done_ || self->ending_) return;
                            if (error) return self->finish(ended(error));
                            self->events_.on_bytes(self->transport_->last_read(),
                                                   std::string_view(self->buffer_.data(), bytes));
                            if (!self->done_ && !self->ending_) self->read();
                          });
  }

  void write() {
    if (written_ == writing_.size()) {
      writing_.clear();
      written_ = 0;
      writing_.swap(waiting_);
    }
    if (writing_.empty()) return timer_->cancel();
    timer_->arm(executor_.clock().now().mono + kWriteTimeout, [this] {
      finish({.reason = CloseReason::timeout, .detail = "what was sent was not taken in time"});
    });
    GatherBuffers buffers;
    buffers.add(boost::asio::buffer(writing_.data() + written_, writing_.size() - written_));
    transport_->write_some(buffers,
                           [self = shared_from_this()](ErrorCode error, std::size_t bytes) {
                             if (self->done_ || self->ending_) return;
                             if (error) return self->finish(ended(error));
                             self->written_ += bytes;
                             self->write();
                           });
  }

  void on_connect_timeout() {
    finish({.reason = CloseReason::timeout,
            .detail = fmt::format("no connection to {} within {:g} s, stuck at: {}",
                                  host_and_port(endpoint_), base::seconds(limits_.connect_timeout),
                                  connector_->stage())});
  }

  // Never from within a call of the owner.
  void finish_later(Closed closed) {
    if (std::exchange(ending_, true)) return;
    release();
    executor_.post([self = shared_from_this(), closed = std::move(closed)] {
      if (!self->done_) self->finish(closed);
    });
  }

  void finish(const Closed& closed) {
    if (std::exchange(done_, true)) return;
    const auto self = shared_from_this();  // on_closed may drop the channel
    release();
    events_.on_closed(closed);
  }

  void release() {
    timer_->cancel();
    if (connector_) connector_->cancel();
    if (transport_) transport_->close();
  }

  runtime::AsioExecutor& executor_;
  runtime::ChannelLimits limits_;
  runtime::Endpoint endpoint_;
  Events events_;
  std::unique_ptr<runtime::Timer> timer_;  // of connecting, later of writing
  std::shared_ptr<Connector> connector_;
  std::unique_ptr<Transport> transport_;
  std::array<char, kReadBytes> buffer_{};
  std::string writing_, waiting_;
  std::size_t written_ = 0;  // of writing_
  bool ending_ = false;
  bool done_ = false;
};

ByteClient::ByteClient(runtime::AsioExecutor& executor, const runtime::ChannelLimits& limits)
    : executor_(executor), limits_(limits), contexts_(std::make_shared<TlsClientContexts>()) {}

ByteClient::~ByteClient() {
  if (session_) session_->abandon();
}

void ByteClient::open(const runtime::Endpoint& endpoint, Events events) {
  // The contract allows one connection at a time; a second open() replaces the first silently.
  if (session_ && !session_->done()) session_->abandon();
  session_ = std::make_shared<Session>(executor_, limits_, endpoint, std::move(events));
  session_->start(contexts_);
}

void ByteClient::send(std::string bytes) {
  if (session_) session_->send(bytes);
}

void ByteClient::close() {
  if (session_) session_->close();
}

}  // namespace tickwitness::net
