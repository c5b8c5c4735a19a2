#include "net/ws_stream.h"

#include <fmt/format.h>

#include <boost/asio/post.hpp>
#include <boost/asio/ssl/error.hpp>
#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/http/empty_body.hpp>
#include <boost/beast/http/string_body.hpp>
#include <boost/beast/websocket/stream.hpp>
#include <deque>
#include <optional>
#include <utility>

namespace tickwitness::net {
namespace asio = boost::asio;
namespace beast = boost::beast;
namespace http = beast::http;
namespace websocket = beast::websocket;
using runtime::Closed;
using runtime::CloseReason;

Closed closed_by(ErrorCode error) {
  const auto closed = [&](CloseReason reason) {
    return Closed{.reason = reason, .detail = error.message()};
  };
  if (error == asio::error::eof || error == asio::ssl::error::stream_truncated ||
      error == http::error::end_of_stream || error == http::error::partial_message) {
    return {.reason = CloseReason::remote, .detail = "the peer closed the connection"};
  }
  if (error == websocket::error::closed) return closed(CloseReason::remote);
  if (error == asio::error::timed_out) return closed(CloseReason::timeout);
  if (error == websocket::error::message_too_big || error == websocket::error::buffer_overflow) {
    return closed(CloseReason::oversize);
  }
  if (error == websocket::condition::protocol_violation ||
      error == websocket::condition::handshake_failed ||
      error.category() == make_error_code(http::error::end_of_stream).category()) {
    return closed(CloseReason::protocol);
  }
  return closed(CloseReason::reset);
}

namespace {

// What a message grew to is given back when it was larger than this.
constexpr std::size_t kReadBufferKept = 1U << 20;

class BeastWsStream final : public WsStream, public std::enable_shared_from_this<BeastWsStream> {
 public:
  BeastWsStream(runtime::AsioExecutor& executor, Transport transport, const WsStreamLimits& limits,
                Events events)
      : executor_(executor),
        limits_(limits),
        events_(std::move(events)),
        stream_(std::move(transport)),
        timer_(executor.make_timer()) {
    // Deadlines are this class's and its owner's; Beast's own timers are off.
    stream_.set_option(websocket::stream_base::timeout{websocket::stream_base::none(),
                                                       websocket::stream_base::none(), false});
    stream_.read_message_max(limits.message_bytes_max);
    stream_.auto_fragment(false);
    stream_.text(true);
    stream_.control_callback([this](websocket::frame_type type, beast::string_view) {
      if (type == websocket::frame_type::close) on_peer_close();
    });
  }

  void handshake(const std::string& host, const std::string& path) override {
    stream_.async_handshake(answer_, host, path, [self = shared_from_this()](ErrorCode error) {
      if (self->done_) return;
      if (!error) {
        self->opened();
      } else if (error == websocket::error::upgrade_declined) {
        const int status = static_cast<int>(self->answer_.result_int());
        self->finish({.reason = CloseReason::upgrade,
                      .detail = fmt::format("the server answered the WebSocket upgrade with {} {}",
                                            status, std::string_view(self->answer_.reason())),
                      .http_status = status});
      } else {
        self->finish(closed_by(error));
      }
    });
  }

  void accept(const Request& request) override {
    http::request<http::empty_body> upgrade{http::verb::get, request.target, 11};
    for (const Header& header : request.headers) upgrade.insert(header.name, header.value);
    arm(limits_.write_timeout, "the WebSocket upgrade");
    stream_.async_accept(upgrade, [self = shared_from_this()](ErrorCode error) {
      if (self->done_) return;
      self->timer_->cancel();
      if (error) {
        self->finish(closed_by(error));
      } else {
        self->opened();
      }
    });
  }

  void send(std::string payload, std::size_t frame_bytes) override {
    if (done_ || decided_) return;
    queued_bytes_ += payload.size();
    if (queued_bytes_ > limits_.send_queue_bytes_max) {
      cut({.reason = CloseReason::timeout,
           .detail = fmt::format("the peer takes too slowly: more than {} bytes wait to be sent",
                                 limits_.send_queue_bytes_max)},
          true);
      return;
    }
    queue_.push_back({std::move(payload), frame_bytes});
    if (open_ && !writing_) write_next();
  }

  void ping() override {
    if (!open_ || pinging_ || decided_ || done_) return;
    pinging_ = true;
    stream_.async_ping({}, [self = shared_from_this()](ErrorCode) { self->pinging_ = false; });
  }

  void close() override {
    if (decided_ || done_) return;
    if (!open_) {
      cut({.reason = CloseReason::local, .detail = "closed before it was open"}, false);
      return;
    }
    decided_ = Closed{.reason = CloseReason::local, .detail = "closed"};
    if (!writing_) begin_close();
  }

  void cut(Closed why, bool rst) override {
    if (done_) return;
    decided_ = std::move(why);
    if (rst) stream_.next_layer().reset();
    // on_closed is not made from within a call of the owner.
    asio::post(stream_.get_executor(), [self = shared_from_this()] { self->finish({}); });
  }

  void abandon() override { shut(); }

  std::size_t queued_bytes() const override { return queued_bytes_; }

 private:
  struct Outgoing {
    std::string payload;
    std::size_t frame_bytes;
  };

  void opened() {
    open_ = true;
    read_next();
    events_.on_open();
    if (!done_ && !writing_ && !queue_.empty()) write_next();
  }

  void read_next() {
    stream_.async_read(buffer_, [self = shared_from_this()](ErrorCode error, std::size_t) {
      self->on_read(error);
    });
  }

  void on_read(ErrorCode error) {
    if (done_) return;
    if (error) {
      Closed closed = closed_by(error);
      if (closed.reason == CloseReason::oversize) {
        closed.detail =
            fmt::format("a message above the limit of {} bytes came", limits_.message_bytes_max);
      }
      finish(closed);
      return;
    }
    if (!stream_.got_text()) {
      finish({.reason = CloseReason::protocol,
              .detail = "a binary message came where only text is spoken"});
      return;
    }
    if (!decided_) {
      const auto data = buffer_.cdata();
      events_.on_message(stream_.next_layer().last_read(),
                         {static_cast<const char*>(data.data()), data.size()});
      if (done_) return;
    }
    const bool large = buffer_.size() > kReadBufferKept;
    buffer_.clear();
    if (large) buffer_.shrink_to_fit();
    read_next();
  }

  // Beast answers the close frame by itself; a peer that then stays is not waited for.
  void on_peer_close() {
    const websocket::close_reason& reason = stream_.reason();
    const std::string_view text(reason.reason.data(), reason.reason.size());
    if (!decided_) {
      decided_ = Closed{.reason = CloseReason::remote, .detail = "the peer closed without a code"};
      if (reason.code != websocket::close_code::none) {
        decided_->detail =
            fmt::format("the peer closed with code {}{}{}", static_cast<int>(reason.code),
                        text.empty() ? "" : ": ", text);
      }
    }
    arm(limits_.close_timeout, "the close handshake");
  }

  void write_next() {
    writing_ = true;
    Outgoing& front = queue_.front();
    const std::size_t left = front.payload.size() - sent_;
    const std::size_t size = front.frame_bytes == 0 ? left : std::min(left, front.frame_bytes);
    const bool last = size == left;
    arm(limits_.write_timeout, "a write");
    stream_.async_write_some(last, asio::const_buffer(front.payload.data() + sent_, size),
                             [self = shared_from_this(), size, last](ErrorCode error, std::size_t) {
                               self->on_written(error, size, last);
                             });
  }

  void on_written(ErrorCode error, std::size_t size, bool last) {
    writing_ = false;
    // After an error the read says why, or the timer ends the wait for it.
    if (done_ || error) return;
    if (!decided_) timer_->cancel();
    queued_bytes_ -= size;
    sent_ += size;
    if (last) {
      queue_.pop_front();
      sent_ = 0;
      if (events_.on_sent) events_.on_sent();
    }
    if (!queue_.empty()) {
      write_next();
    } else if (decided_) {
      begin_close();
    }
  }

  void begin_close() {
    arm(limits_.close_timeout, "the close handshake");
    stream_.async_close(websocket::close_code::normal,
                        [self = shared_from_this()](ErrorCode) { self->finish({}); });
  }

  void arm(base::Duration limit, std::string_view what) {
    timer_->arm(executor_.clock().now().mono + limit, [this, what, limit] {
      const auto seconds = base::seconds(limit);
      finish({.reason = CloseReason::timeout,
              .detail = fmt::format("{} took longer than {:g} s", what, seconds)});
    });
  }

  void shut() {
    done_ = true;
    timer_->cancel();
    stream_.next_layer().close();
  }

  // `why` unless it was decided before.
  void finish(const Closed& why) {
    if (done_) return;
    const auto self = shared_from_this();  // on_closed may drop the owner
    shut();
    events_.on_closed(decided_ ? *decided_ : why);
  }

  runtime::AsioExecutor& executor_;
  WsStreamLimits limits_;
  Events events_;
  websocket::stream<Transport, false> stream_;
  websocket::response_type answer_;
  beast::flat_buffer buffer_;
  std::unique_ptr<runtime::Timer> timer_;  // of the write or the close handshake under way
  std::deque<Outgoing> queue_;
  std::size_t queued_bytes_ = 0;
  std::size_t sent_ = 0;           // of the front payload
  std::optional<Closed> decided_;  // why it ends, from the moment that is known
  bool open_ = false;
  bool writing_ = false;
  bool pinging_ = false;
  bool done_ = false;
};

}  // namespace

std::shared_ptr<WsStream> WsStream::make(runtime::AsioExecutor& executor, Transport transport,
                                         const WsStreamLimits& limits, Events events) {
  return std::make_shared<BeastWsStream>(executor, std::move(transport), limits, std::move(events));
}

}  // namespace tickwitness::net
