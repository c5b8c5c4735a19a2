#include "net/transport.h"

#include <boost/asio/post.hpp>
#include <boost/asio/ssl/stream.hpp>
#include <cstring>
#include <optional>
#include <utility>

namespace tickwitness::net {
namespace asio = boost::asio;
namespace ssl = asio::ssl;
using asio::ip::tcp;

struct Transport::State {
  State(tcp::socket from, TlsContext context, const runtime::Clock& time,
        std::shared_ptr<SocketBytes> bytes)
      : counted(std::move(from), std::move(bytes)), tls_context(std::move(context)), clock(&time) {
    if (tls_context) tls.emplace(counted, *tls_context);
  }

  tcp::socket& socket() { return counted.lowest_layer(); }

  CountedSocket counted;
  TlsContext tls_context;  // before `tls`, which refers to it
  std::optional<ssl::stream<CountedSocket&>> tls;
  const runtime::Clock* clock;
  base::Now last_read{};
  std::string unread;
  std::string verify_problem;
};

Transport::Transport(tcp::socket socket, TlsContext tls, const runtime::Clock& clock,
                     std::shared_ptr<SocketBytes> bytes)
    : state_(std::make_shared<State>(std::move(socket), std::move(tls), clock, std::move(bytes))) {
  ErrorCode ignored;
  state_->socket().set_option(tcp::no_delay(true), ignored);
}

Transport::~Transport() {
  if (state_) close();
}
Transport::Transport(Transport&&) noexcept = default;

bool Transport::tls() const {
  return state_->tls.has_value();
}
const std::string& Transport::verify_problem() const {
  return state_->verify_problem;
}
base::Now Transport::last_read() const {
  return state_->last_read;
}
Transport::executor_type Transport::get_executor() const {
  return state_->socket().get_executor();
}
void Transport::unread(std::string_view bytes) {
  state_->unread.insert(0, bytes);
}

void Transport::handshake_client(const std::string& host, DoneHandler done) {
  if (!state_->tls) {
    asio::post(get_executor(), [done = std::move(done)]() mutable { done({}); });
    return;
  }
  ErrorCode error;
  state_->tls->set_verify_mode(ssl::verify_peer, error);
  state_->tls->set_verify_callback(
      [state = state_.get(), host](bool accepted, ssl::verify_context& context) {
        if (!accepted && state->verify_problem.empty()) {
          state->verify_problem = describe_verify_failure(context, host);
        }
        return accepted;
      },
      error);
  if (error || !expect_host(state_->tls->native_handle(), host)) {
    asio::post(get_executor(), [done = std::move(done)]() mutable {
      done(make_error_code(boost::system::errc::invalid_argument));
    });
    return;
  }
  state_->tls->async_handshake(
      ssl::stream_base::client,
      [state = state_, done = std::move(done)](ErrorCode result) mutable { done(result); });
}

void Transport::handshake_server(DoneHandler done) {
  if (!state_->tls) {
    asio::post(get_executor(), [done = std::move(done)]() mutable { done({}); });
    return;
  }
  state_->tls->async_handshake(
      ssl::stream_base::server,
      [state = state_, done = std::move(done)](ErrorCode result) mutable { done(result); });
}

void Transport::read_some(asio::mutable_buffer buffer, IoHandler handler) {
  auto completed = [state = state_, handler = std::move(handler)](ErrorCode error,
                                                                  std::size_t bytes) mutable {
    if (bytes > 0) state->last_read = state->clock->now();
    handler(error, bytes);
  };
  if (!state_->unread.empty()) {
    const std::size_t bytes = std::min(buffer.size(), state_->unread.size());
    std::memcpy(buffer.data(), state_->unread.data(), bytes);
    state_->unread.erase(0, bytes);
    asio::post(get_executor(),
               [completed = std::move(completed), bytes]() mutable { completed({}, bytes); });
  } else if (state_->tls) {
    state_->tls->async_read_some(buffer, std::move(completed));
  } else {
    state_->counted.async_read_some(buffer, std::move(completed));
  }
}

void Transport::write_some(const GatherBuffers& buffers, IoHandler handler) {
  auto completed = [state = state_, handler = std::move(handler)](
                       ErrorCode error, std::size_t bytes) mutable { handler(error, bytes); };
  if (state_->tls) {
    state_->tls->async_write_some(buffers, std::move(completed));
  } else {
    state_->counted.async_write_some(buffers, std::move(completed));
  }
}

void Transport::finish(DoneHandler done) {
  // async_shutdown hands close_notify to the socket before it returns; the peer's own, which it
  // goes on to wait for, is of no interest.
  if (state_->tls) state_->tls->async_shutdown([state = state_](ErrorCode) {});
  asio::post(get_executor(), [state = state_, done = std::move(done)]() mutable {
    ErrorCode ignored;
    state->socket().shutdown(tcp::socket::shutdown_send, ignored);
    done({});
  });
}

void Transport::close() {
  ErrorCode ignored;
  state_->socket().close(ignored);
}

void Transport::reset() {
  ErrorCode ignored;
  state_->socket().set_option(asio::socket_base::linger(true, 0), ignored);
  state_->socket().close(ignored);
}

void Transport::set_send_buffer(std::size_t bytes) {
  ErrorCode ignored;
  state_->socket().set_option(asio::socket_base::send_buffer_size(static_cast<int>(bytes)),
                              ignored);
}

}  // namespace tickwitness::net
