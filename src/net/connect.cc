#include "net/connect.h"

#include <fmt/format.h>

#include <boost/asio/connect.hpp>
#include <boost/asio/post.hpp>
#include <utility>

#include "runtime/asio_native.h"

namespace tickwitness::net {
namespace asio = boost::asio;
using asio::ip::tcp;
using runtime::Closed;
using runtime::CloseReason;
namespace {

// A dead address must not use up the time of those behind it.
constexpr base::Duration kAttemptTimeout = std::chrono::milliseconds(2500);

}  // namespace

std::string host_and_port(const runtime::Endpoint& endpoint) {
  const bool v6 = endpoint.host.contains(':');
  return fmt::format("{}{}{}:{}", v6 ? "[" : "", endpoint.host, v6 ? "]" : "", endpoint.port);
}

Connector::Connector(runtime::AsioExecutor& executor, std::shared_ptr<TlsClientContexts> contexts,
                     runtime::Endpoint endpoint, std::shared_ptr<SocketBytes> bytes, Done done)
    : executor_(executor),
      contexts_(std::move(contexts)),
      endpoint_(std::move(endpoint)),
      bytes_(std::move(bytes)),
      done_(std::move(done)),
      resolver_(runtime::io_context_of(executor)),
      socket_(runtime::io_context_of(executor)),
      attempt_timer_(executor.make_timer()) {}

void Connector::start() {
  ErrorCode error;
  const asio::ip::address address = asio::ip::make_address(endpoint_.host, error);
  if (error) {
    resolve();
    return;
  }
  addresses_.emplace_back(address, endpoint_.port);
  asio::post(socket_.get_executor(), [self = shared_from_this()] { self->connect_next(); });
}

void Connector::cancel() {
  done_ = nullptr;
  attempt_timer_->cancel();
  resolver_.cancel();
  ErrorCode ignored;
  socket_.close(ignored);
  if (transport_) transport_->close();
}

void Connector::resolve() {
  stage_ = fmt::format("resolving {}", endpoint_.host);
  resolver_.async_resolve(
      endpoint_.host, std::to_string(endpoint_.port), tcp::resolver::numeric_service,
      [self = shared_from_this()](ErrorCode error, const tcp::resolver::results_type& results) {
        if (!self->done_) return;
        if (error) {
          self->fail(CloseReason::resolve,
                     fmt::format("cannot resolve {}: {}", self->endpoint_.host, error.message()));
          return;
        }
        for (const auto& entry : results) self->addresses_.push_back(entry.endpoint());
        self->connect_next();
      });
}

void Connector::connect_next() {
  if (!done_) return;
  if (!times_.resolved) times_.resolved = executor_.clock().now().mono;
  const tcp::endpoint address = addresses_[next_++];
  stage_ = fmt::format("connecting to {}", address.address().to_string());
  ErrorCode ignored;
  socket_.close(ignored);
  if (next_ < addresses_.size()) {
    attempt_timer_->arm(executor_.clock().now().mono + kAttemptTimeout, [this] {
      ErrorCode unused;
      socket_.close(unused);
    });
  }
  socket_.async_connect(
      address, [self = shared_from_this()](ErrorCode error) { self->on_connected(error); });
}

void Connector::on_connected(ErrorCode error) {
  attempt_timer_->cancel();
  if (!done_) return;
  if (!error) {
    times_.connected = executor_.clock().now().mono;
    handshake();
  } else if (next_ < addresses_.size()) {
    connect_next();
  } else {
    const bool timeout = error == asio::error::timed_out;
    fail(timeout ? CloseReason::timeout : CloseReason::refused,
         fmt::format("cannot connect to {}: {}", host_and_port(endpoint_), error.message()));
  }
}

void Connector::handshake() {
  TlsContext context;
  if (endpoint_.tls) {
    auto loaded = contexts_->get(endpoint_.ca_file);
    if (!loaded) {
      fail(CloseReason::tls, loaded.error().message);
      return;
    }
    context = *std::move(loaded);
    stage_ = "TLS handshake";
  }
  transport_ = std::make_unique<Transport>(std::move(socket_), std::move(context),
                                           executor_.clock(), bytes_);
  if (!endpoint_.tls) {
    succeed();
    return;
  }
  transport_->handshake_client(endpoint_.host, [self = shared_from_this()](ErrorCode error) {
    if (!self->done_) return;
    if (!error) {
      self->times_.secured = self->executor_.clock().now().mono;
      self->succeed();
      return;
    }
    const std::string& problem = self->transport_->verify_problem();
    self->fail(CloseReason::tls,
               fmt::format("TLS handshake with {} failed: {}", host_and_port(self->endpoint_),
                           problem.empty() ? error.message() : problem));
  });
}

void Connector::succeed() {
  const auto transport = std::move(transport_);
  std::exchange(done_, nullptr)(std::move(*transport));
}

void Connector::fail(CloseReason reason, std::string detail) {
  transport_.reset();
  std::exchange(done_,
                nullptr)(std::unexpected(Closed{.reason = reason, .detail = std::move(detail)}));
}

}  // namespace tickwitness::net
