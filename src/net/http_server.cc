#include "net/http_server.h"

#include <fmt/format.h>

#include <boost/asio/ip/v6_only.hpp>
#include <cerrno>
#include <utility>

#include "net/http_connection.h"
#include "net/http_server_impl.h"
#include "runtime/asio_native.h"

namespace tickwitness::net {
namespace asio = boost::asio;
using asio::ip::tcp;
using internal::HttpConnection;
namespace {

constexpr base::Duration kAcceptRetry = std::chrono::milliseconds(100);
// Connections above the limits that are still told so; further ones are just closed.
constexpr std::size_t kRefusalsMax = 64;

base::Error listen_error(const ListenAddress& at, const ErrorCode& error) {
  const bool v6 = at.address.contains(':');
  const std::string where =
      fmt::format("cannot listen on {}{}{}:{}", v6 ? "[" : "", at.address, v6 ? "]" : "", at.port);
  switch (error.value()) {
    case EADDRINUSE:
      return {
          fmt::format("{}: address already in use, another process listens there; stop it or "
                      "choose another port (--port, or listen: in the configuration)",
                      where)};
    case EACCES:
      return {
          fmt::format("{}: permission denied; ports below 1024 need CAP_NET_BIND_SERVICE, "
                      "choose a higher one",
                      where)};
    case EADDRNOTAVAIL:
      return {fmt::format("{}: no network interface of this machine has this address", where)};
    default:
      return {fmt::format("{}: {}", where, error.message())};
  }
}

bool out_of_resources(const ErrorCode& error) {
  return error.value() == EMFILE || error.value() == ENFILE || error.value() == ENOBUFS ||
         error.value() == ENOMEM;
}

std::string address_text(asio::ip::address address) {
  if (address.is_v6() && address.to_v6().is_v4_mapped()) {
    address = asio::ip::make_address_v4(asio::ip::v4_mapped, address.to_v6());
  }
  return address.to_string();
}

}  // namespace

base::Result<std::uint16_t> HttpServer::Impl::listen(const ListenAddress& at) {
  TlsContext tls;
  if (!at.certificate_file.empty() || !at.key_file.empty()) {
    auto context = make_tls_server_context(at.certificate_file, at.key_file);
    if (!context) return std::unexpected(context.error());
    tls = *std::move(context);
  }
  ErrorCode error;
  const asio::ip::address address = asio::ip::make_address(at.address, error);
  if (error) {
    return base::fail(fmt::format(
        "cannot listen on '{}': not a numeric address such as 127.0.0.1, 0.0.0.0 or ::1",
        at.address));
  }
  const tcp::endpoint endpoint(address, at.port);
  tcp::acceptor acceptor(runtime::io_context_of(executor));
  acceptor.open(endpoint.protocol(), error);
  if (!error) acceptor.set_option(tcp::acceptor::reuse_address(true), error);
  if (!error && address.is_v6()) acceptor.set_option(asio::ip::v6_only(true), error);
  if (!error) acceptor.bind(endpoint, error);
  if (!error) acceptor.listen(asio::socket_base::max_listen_connections, error);
  if (error) return std::unexpected(listen_error(at, error));
  const std::uint16_t port = acceptor.local_endpoint().port();
  listeners_.push_back(std::make_shared<Listener>(std::move(acceptor), std::move(tls), executor));
  accept_next(listeners_.back());
  return port;
}

void HttpServer::Impl::accept_next(const std::shared_ptr<Listener>& listener) {
  listener->acceptor.async_accept(
      [self = shared_from_this(), listener](ErrorCode error, tcp::socket socket) {
        if (self->stopping_) return;
        if (!error) self->admit(std::move(socket), listener->tls);
        if (!out_of_resources(error)) {
          self->accept_next(listener);
          return;
        }
        ++self->counts.accept_failures;
        // Try again when others may have closed something.
        listener->retry->arm(self->executor.clock().now().mono + kAcceptRetry,
                             [server = self.get(), weak = std::weak_ptr(listener)] {
                               const auto again = weak.lock();
                               if (again && !server->stopping_) server->accept_next(again);
                             });
      });
}

void HttpServer::Impl::admit(tcp::socket socket, const TlsContext& tls) {
  ErrorCode error;
  const tcp::endpoint peer = socket.remote_endpoint(error);
  if (error) return;  // gone already
  ++counts.accepted;
  const std::string address = address_text(peer.address());
  const bool loopback = asio::ip::make_address(address).is_loopback();
  const char* refusal = nullptr;
  if (counts.connections >= limits.connections_max) {
    ++counts.refused_full;
    refusal = "too many connections are open; try again later";
  } else if (!loopback && from(address) >= limits.connections_per_ip_max) {
    ++counts.refused_per_ip;
    refusal = "too many connections from this address";
  }
  if (refusal != nullptr && counts.connections >= limits.connections_max + kRefusalsMax) return;
  const auto connection = std::make_shared<HttpConnection>(
      shared_from_this(), Transport(std::move(socket), tls, executor.clock(), bytes), address,
      loopback);
  connections_.insert(connection);
  ++counts.connections;
  ++per_address_[address];
  if (refusal != nullptr) {
    connection->refuse(503, refusal);
  } else {
    connection->start();
  }
}

void HttpServer::Impl::remove(const std::shared_ptr<HttpConnection>& connection) {
  if (connections_.erase(connection) == 0) return;
  --counts.connections;
  leave_address(connection->remote_address());
  check_stopped();
}

std::size_t HttpServer::Impl::from(const std::string& address) const {
  const auto entry = per_address_.find(address);
  return entry == per_address_.end() ? 0 : entry->second;
}

void HttpServer::Impl::leave_address(const std::string& address) {
  const auto entry = per_address_.find(address);
  if (entry != per_address_.end() && --entry->second == 0) per_address_.erase(entry);
}

std::unique_ptr<internal::StreamLease> HttpServer::Impl::lease_stream(const std::string& address) {
  if (stopping_ || counts.streams >= limits.streams_max) return nullptr;
  ++counts.streams;
  ++per_address_[address];
  const std::uint64_t id = next_stream_++;
  streams.emplace(id, nullptr);
  return std::make_unique<internal::StreamLease>(shared_from_this(), id, address);
}

void HttpServer::Impl::release_stream(std::uint64_t id, const std::string& address) {
  streams.erase(id);
  --counts.streams;
  leave_address(address);
  check_stopped();
}

void HttpServer::Impl::stop(base::Duration limit, std::function<void()> on_stopped) {
  stopping_ = true;
  on_stopped_ = std::move(on_stopped);
  close_listeners();
  for (const auto& connection : std::vector(connections_.begin(), connections_.end())) {
    connection->stop();
  }
  const auto open = streams;  // ending one changes the map
  for (const auto& [id, end] : open) {
    if (end) end(false);
  }
  stop_timer->arm(executor.clock().now().mono + limit,
                  [self = shared_from_this()] { self->cut_all(); });
  check_stopped();
}

void HttpServer::Impl::close_listeners() {
  for (const auto& listener : listeners_) {
    ErrorCode ignored;
    listener->acceptor.close(ignored);
    listener->retry->cancel();
  }
  listeners_.clear();
}

void HttpServer::Impl::check_stopped() {
  if (!on_stopped_ || counts.connections > 0 || counts.streams > 0) return;
  stop_timer->cancel();
  executor.post(std::exchange(on_stopped_, nullptr));
}

void HttpServer::Impl::cut_all() {
  for (const auto& connection : std::vector(connections_.begin(), connections_.end())) {
    connection->cut();
  }
  const auto open = streams;
  for (const auto& [id, end] : open) {
    if (end) end(true);
  }
  // A stream that is still between two owners has no way to be cut; nobody waits for it.
  if (on_stopped_) executor.post(std::exchange(on_stopped_, nullptr));
}

void HttpServer::Impl::shut() {
  stopping_ = true;
  on_stopped_ = nullptr;
  close_listeners();
  stop_timer->cancel();
  cut_all();
}

namespace internal {

StreamLease::StreamLease(const std::shared_ptr<HttpServer::Impl>& server, std::uint64_t id,
                         std::string address)
    : server_(server), id_(id), address_(std::move(address)) {}

StreamLease::~StreamLease() {
  if (const auto server = server_.lock()) server->release_stream(id_, address_);
}

void StreamLease::on_end(std::function<void(bool)> end) {
  if (const auto server = server_.lock()) server->streams[id_] = std::move(end);
}

}  // namespace internal

Responder::Responder(std::shared_ptr<internal::PendingResponse> pending)
    : pending_(std::move(pending)) {}

void Responder::respond(Response response) const {
  pending_->respond(std::move(response));
}

std::unique_ptr<internal::TakenConnection> Responder::take() const {
  return pending_->take();
}

HttpServer::HttpServer(runtime::AsioExecutor& executor, HttpLimits limits, Handler handler)
    : impl_(std::make_shared<Impl>(executor, limits, std::move(handler))) {}

HttpServer::~HttpServer() {
  impl_->shut();
}

base::Result<std::uint16_t> HttpServer::listen(const ListenAddress& address) {
  return impl_->listen(address);
}

void HttpServer::stop(base::Duration limit, std::function<void()> on_stopped) {
  impl_->stop(limit, std::move(on_stopped));
}

HttpCounts HttpServer::counts() const {
  HttpCounts counts = impl_->counts;
  counts.bytes = *impl_->bytes;
  return counts;
}

}  // namespace tickwitness::net
