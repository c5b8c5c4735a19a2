#include "app/demo_exchange.h"

#include <utility>

namespace tickwitness::app {
namespace {

constexpr std::size_t kUnansweredMax = 64;

net::HttpLimits shell_limits() {
  net::HttpLimits limits;
  limits.streams_max = 64;
  return limits;
}

net::Response response_of(const sim::HttpReply& reply) {
  auto response = net::Response::of(reply.status, reply.content_type, reply.body);
  if (reply.retry_after)
    response.headers.push_back({"Retry-After", std::to_string(reply.retry_after->count())});
  if (reply.used_weight)
    response.headers.push_back({"X-MBX-USED-WEIGHT-1M", std::to_string(*reply.used_weight)});
  return response;
}

}  // namespace

DemoExchange::DemoExchange(const Make& make, DemoNotes& notes)
    : notes_(notes),
      exchange_(make(executor_.clock().now())),
      ledger_(exchange_->settings(), sim::Promises()),
      sockets_(executor_, {},
               {.on_open =
                    [this](net::WsServer::Id id, const net::Request& request) {
                      exchange_->on_connect(id, request.target, executor_.clock().now(), actions_);
                      turn();
                    },
                .on_text =
                    [this](net::WsServer::Id id, base::Now received, std::string_view text) {
                      exchange_->on_text(id, received, text, actions_);
                      turn();
                    },
                .on_closed =
                    [this](net::WsServer::Id id, const runtime::Closed&) {
                      exchange_->on_disconnect(id, executor_.clock().now());
                    }}),
      http_(executor_, shell_limits(),
            [this](const net::Request& request, const net::Responder& responder) {
              on_request(request, responder);
            }),
      timer_(executor_.make_timer()) {}

DemoExchange::~DemoExchange() {
  join();
}

base::Result<std::uint16_t> DemoExchange::start() {
  const auto port = http_.listen({.address = "127.0.0.1", .port = 0});
  if (!port) return port;
  executor_.post([this] { turn(); });
  thread_ = std::thread([this] { executor_.run(); });
  return port;
}

void DemoExchange::on_request(const net::Request& request, const net::Responder& responder) {
  const base::Now now = executor_.clock().now();
  if (!request.upgrade) {
    const sim::HttpReply reply = exchange_->on_http(request.method, request.target, now);
    if (reply.unanswered) return keep_waiting(responder);
    ledger_.on_rest(reply.pair, reply.trades);
    if (!reply.trades.empty()) {
      notes_.add(RestNote{.pair = reply.pair, .trades = reply.trades});
    }
    return responder.respond(response_of(reply));
  }
  switch (exchange_->on_attempt(request.target, now)) {
    case sim::Exchange::Admission::accept:
      sockets_.accept(request, responder);
      return;
    case sim::Exchange::Admission::refuse:
      return responder.respond(net::Response::text(503, "The simulated exchange is down."));
    case sim::Exchange::Admission::too_many:
      return responder.respond(net::Response::text(429, "Too many connection attempts."));
    case sim::Exchange::Admission::bad_target:
      return responder.respond(net::Response::text(400, "There are no such streams."));
  }
}

// An answer that is let go would be sent as an error; beyond the limit the oldest is.
void DemoExchange::keep_waiting(const net::Responder& responder) {
  if (unanswered_.size() == kUnansweredMax) unanswered_.pop_front();
  unanswered_.push_back(responder);
}

void DemoExchange::turn() {
  exchange_->step(executor_.clock().now(), actions_);
  perform();
  if (!at_peace_ && exchange_->at_peace()) {
    at_peace_ = true;
    notes_.add_healed();
  }
  timer_->arm(exchange_->next_deadline(), [this] { turn(); });
}

void DemoExchange::perform() {
  const base::Now now = executor_.clock().now();
  for (auto& action : std::exchange(actions_, {})) {
    if (auto* send = std::get_if<sim::Send>(&action)) {
      ledger_.on_delivered(send->connection, now, send->parcel, send->text.size());
      note(*send, now);
      sockets_.send_raw(send->connection, std::move(send->text), send->fragment_bytes);
    } else if (const auto* close = std::get_if<sim::Close>(&action)) {
      sockets_.close(close->connection);
    } else if (const auto* reset = std::get_if<sim::Reset>(&action)) {
      sockets_.reset(reset->connection);
    }
  }
}

void DemoExchange::note(const sim::Send& send, base::Now now) {
  notes_.add(ShippedNote{.connection = send.connection,
                         .at = now.mono,
                         .print = MessagePrint::of(send.text),
                         .parcel = send.parcel});
}

void DemoExchange::begin_shutdown() {
  executor_.post([this] {
    exchange_->begin_shutdown(executor_.clock().now(), actions_);
    perform();
    timer_->cancel();
  });
}

void DemoExchange::join() {
  executor_.stop();
  if (thread_.joinable()) thread_.join();
}

}  // namespace tickwitness::app
