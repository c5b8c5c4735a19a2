#include "net/ws_server.h"

#include <map>
#include <utility>

#include "net/http_server_impl.h"
#include "net/ws_stream.h"

namespace tickwitness::net {
using runtime::Closed;
using runtime::CloseReason;

class WsServer::Impl : public std::enable_shared_from_this<WsServer::Impl> {
 public:
  Impl(runtime::AsioExecutor& executor, const WsServerLimits& limits, Events events)
      : executor_(executor), limits_(limits), events_(std::move(events)) {}

  int accept(const Request& request, const Responder& responder);
  void shut() {
    const auto sessions = std::move(sessions_);
    sessions_.clear();
    for (const auto& [id, session] : sessions) session.stream->abandon();
  }
  WsStream* find(Id id) const {
    const auto session = sessions_.find(id);
    return session == sessions_.end() ? nullptr : session->second.stream.get();
  }
  std::size_t size() const { return sessions_.size(); }
  const WsServerCounts& counts() const { return counts_; }

 private:
  struct Session {
    std::shared_ptr<WsStream> stream;
    std::unique_ptr<internal::StreamLease> lease;
    std::shared_ptr<const Request> request;  // until it is open
  };

  WsStream::Events events_for(Id id);
  void on_open(Id id);
  void on_closed(Id id, const Closed& closed);

  runtime::AsioExecutor& executor_;
  WsServerLimits limits_;
  Events events_;
  std::map<Id, Session> sessions_;
  Id next_id_ = 1;
  WsServerCounts counts_;
};

int WsServer::Impl::accept(const Request& request, const Responder& responder) {
  if (!request.upgrade) {
    Response response = Response::text(426, "this address speaks WebSocket");
    response.headers.push_back({"Upgrade", "websocket"});
    responder.respond(std::move(response));
    return 426;
  }
  auto taken = responder.take();
  if (!taken) return 503;
  const Id id = next_id_++;
  auto stream = WsStream::make(executor_, std::move(taken->transport),
                               {.message_bytes_max = limits_.message_bytes_max,
                                .send_queue_bytes_max = limits_.send_queue_bytes_max,
                                .write_timeout = limits_.write_timeout,
                                .close_timeout = limits_.close_timeout},
                               events_for(id));
  taken->lease->on_end([weak = std::weak_ptr(stream)](bool cut) {
    const auto ended = weak.lock();
    if (!ended) return;
    if (cut) {
      ended->cut({.reason = CloseReason::local, .detail = "the server stopped"}, true);
    } else {
      ended->close();
    }
  });
  sessions_.emplace(
      id, Session{stream, std::move(taken->lease), std::make_shared<const Request>(request)});
  stream->accept(request);
  return 101;
}

WsStream::Events WsServer::Impl::events_for(Id id) {
  WsStream::Events events;
  events.on_open = [weak = weak_from_this(), id] {
    if (const auto server = weak.lock()) server->on_open(id);
  };
  events.on_message = [weak = weak_from_this(), id](base::Now received, std::string_view text) {
    const auto server = weak.lock();
    if (!server) return;
    ++server->counts_.received;
    if (server->events_.on_text) server->events_.on_text(id, received, text);
  };
  events.on_sent = [weak = weak_from_this()] {
    if (const auto server = weak.lock()) ++server->counts_.sent;
  };
  events.on_closed = [weak = weak_from_this(), id](const Closed& closed) {
    if (const auto server = weak.lock()) server->on_closed(id, closed);
  };
  return events;
}

void WsServer::Impl::on_open(Id id) {
  const auto session = sessions_.find(id);
  if (session == sessions_.end()) return;
  const auto request = std::exchange(session->second.request, nullptr);
  if (events_.on_open) events_.on_open(id, *request);
}

void WsServer::Impl::on_closed(Id id, const Closed& closed) {
  const auto session = sessions_.extract(id);
  if (session.empty()) return;
  const bool was_open = session.mapped().request == nullptr;
  if (was_open && events_.on_closed) events_.on_closed(id, closed);
}

WsServer::WsServer(runtime::AsioExecutor& executor, WsServerLimits limits, Events events)
    : impl_(std::make_shared<Impl>(executor, limits, std::move(events))) {}

WsServer::~WsServer() {
  impl_->shut();
}

int WsServer::accept(const Request& request, const Responder& responder) {
  return impl_->accept(request, responder);
}

void WsServer::send(Id id, std::string text) {
  if (WsStream* stream = impl_->find(id)) stream->send(std::move(text), 0);
}

void WsServer::send_raw(Id id, std::string payload, std::size_t frame_bytes) {
  if (WsStream* stream = impl_->find(id)) stream->send(std::move(payload), frame_bytes);
}

void WsServer::ping(Id id) {
  if (WsStream* stream = impl_->find(id)) stream->ping();
}

void WsServer::close(Id id) {
  if (WsStream* stream = impl_->find(id)) stream->close();
}

void WsServer::reset(Id id) {
  if (WsStream* stream = impl_->find(id)) {
    stream->cut({.reason = CloseReason::local, .detail = "reset"}, true);
  }
}

std::size_t WsServer::sessions() const {
  return impl_->size();
}

WsServerCounts WsServer::counts() const {
  return impl_->counts();
}

std::size_t WsServer::queued_bytes(Id id) const {
  const WsStream* stream = impl_->find(id);
  return stream == nullptr ? 0 : stream->queued_bytes();
}

}  // namespace tickwitness::net
