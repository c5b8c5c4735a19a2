#include "serve/server.h"

#include <utility>

namespace tickwitness::serve {
namespace {

bool clients_fault(runtime::CloseReason reason) {
  using runtime::CloseReason;
  return reason == CloseReason::timeout || reason == CloseReason::oversize ||
         reason == CloseReason::protocol;
}

}  // namespace

Server::Server(runtime::AsioExecutor& executor, Service& service, ServerSettings settings)
    : clock_(executor.clock()),
      service_(service),
      settings_(std::move(settings)),
      events_(executor, {}),
      sockets_(executor, {},
               {.on_open =
                    [this](net::WsServer::Id id, const net::Request&) {
                      socket_ids_.push_back(id);
                      sockets_.send(id, service_.first_text());
                    },
                .on_text = [](net::WsServer::Id, base::Now, std::string_view) {},
                .on_closed =
                    [this](net::WsServer::Id id, const runtime::Closed& closed) {
                      std::erase(socket_ids_, id);
                      if (clients_fault(closed.reason)) ++sockets_dropped_;
                    }}),
      http_(executor, settings_.limits,
            [this](const net::Request& request, const net::Responder& responder) {
              handle(request, responder);
            }) {}

base::Result<std::vector<std::uint16_t>> Server::start() {
  std::vector<std::uint16_t> ports;
  for (const auto& address : settings_.listen) {
    const auto port = http_.listen(address);
    if (!port) return std::unexpected(port.error());
    ports.push_back(*port);
  }
  service_.start();
  return ports;
}

void Server::stop(base::Duration limit, std::function<void()> on_stopped) {
  service_.stop();
  http_.stop(limit, std::move(on_stopped));
}

void Server::handle(const net::Request& request, const net::Responder& responder) {
  if (Service::is_query(request)) {
    return service_.answer_query(
        request, [responder](net::Response response) { responder.respond(std::move(response)); });
  }
  if (!Service::is_stream(request)) return responder.respond(service_.handle(request));
  const base::Instant began = clock_.now().mono;
  if (auto refused = service_.refuse_stream(request)) {
    return responder.respond(std::move(*refused));
  }
  const int status =
      request.path == "/ws"
          ? sockets_.accept(request, responder)
          : events_.accept(request, responder, service_.first_events(request),
                           {{"Cache-Control", "no-store"}, {"X-Accel-Buffering", "no"}});
  service_.count_stream(request, status, began);
}

void Server::publish(std::string_view event, const std::string& data, const net::Chunk& chunk) {
  events_.publish(chunk);
  if (socket_ids_.empty()) return;
  const std::string text = socket_text(event, data);
  for (const auto id : std::vector(socket_ids_)) sockets_.send(id, text);
}

TransportCounts Server::counts() const {
  const net::HttpCounts http = http_.counts();
  const net::EventTopicCounts events = events_.counts();
  const net::WsServerCounts sockets = sockets_.counts();
  return {.connections = http.connections,
          .event_clients = events.clients,
          .sockets = socket_ids_.size(),
          .requests = http.in_flight,
          .events_sent = events.chunks_written,
          .clients_lagged = events.clients_lagged,
          .clients_stalled = events.clients_stalled,
          .refused_full = http.refused_full,
          .refused_per_ip = http.refused_per_ip,
          .bad_requests = http.bad_requests,
          .timeouts = http.timeouts,
          .tls_failures = http.tls_failures,
          .accept_failures = http.accept_failures,
          .sockets_dropped = sockets_dropped_,
          .messages_in = sockets.received,
          .messages_out = sockets.sent,
          .bytes_in = http.bytes.in,
          .bytes_out = http.bytes.out};
}

}  // namespace tickwitness::serve
